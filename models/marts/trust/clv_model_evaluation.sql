-- One row per trained model, rival, split and metric: how good, beside the baselines.

with

evaluations as (

    select * from {{ ref('ml_clv__evaluations') }}
    where decile = 0

)

select
    cast(model_version as {{ dbt.type_string() }}) as model_version,
    cast(model_name as {{ dbt.type_string() }}) as model_name,
    cast(split as {{ dbt.type_string() }}) as split,
    cast(metric as {{ dbt.type_string() }}) as metric,
    cast(as_of_date as date) as as_of_date,
    cast(horizon_days as integer) as horizon_days,
    cast(value as {{ clv_type_double() }}) as metric_value,
    cast(count_customers as integer) as count_customers
from evaluations
