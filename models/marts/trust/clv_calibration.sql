-- One row per trained model, rival, split and decile: what was said, what came.

with

evaluations as (

    select * from {{ ref('ml_clv__evaluations') }}
    where decile > 0

)

select
    cast(model_version as {{ dbt.type_string() }}) as model_version,
    cast(model_name as {{ dbt.type_string() }}) as model_name,
    cast(split as {{ dbt.type_string() }}) as split,
    cast(decile as integer) as decile,
    cast(as_of_date as date) as as_of_date,
    cast(horizon_days as integer) as horizon_days,
    cast(
        max(case when metric = 'predicted_amount' then value end)
        as {{ clv_type_money() }}
    ) as predicted_amount,
    cast(
        max(case when metric = 'actual_amount' then value end)
        as {{ clv_type_money() }}
    ) as actual_amount,
    cast(
        max(case when metric = 'interval_coverage' then value end)
        as {{ clv_type_double() }}
    ) as interval_coverage,
    cast(max(count_customers) as integer) as count_customers
from evaluations
group by model_version, model_name, split, decile, as_of_date, horizon_days
