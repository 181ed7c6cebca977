-- One row per model trained to score customers: whether it does, why, and how good.

with

trained as (

    select * from {{ ref('ml_clv__trained_models') }}
    where purpose = 'published'

),

decisions as (

    select
        *,
        row_number() over (
            order by as_of_date desc, decided_at desc
        ) as place_of_all,
        row_number() over (
            partition by model_version
            order by as_of_date desc, decided_at desc
        ) as place
    from {{ ref('ml_clv__promotions') }}

),

champion as (

    select
        trained.model_version,
        trained.trained_at,
        trained.as_of_date
    from trained
    inner join decisions on trained.model_version = decisions.champion_version
    where decisions.place_of_all = 1

),

evaluations as (

    select
        model_version,
        max(case when metric = 'normalised_gini' then value end) as normalised_gini,
        max(case when metric = 'area_under_curve' then value end) as area_under_curve,
        max(
            case when metric = 'mean_absolute_error_of_median' then value end
        ) as mean_absolute_error_of_median,
        max(case when metric = 'total_bias' then value end) as total_bias
    from {{ ref('ml_clv__evaluations') }}
    where model_name = 'cnn_lstm' and split = 'test' and decile = 0
    group by model_version

),

-- who was never judged and is older than the champion will not be
registered as (

    select
        trained.*,
        decisions.decision,
        decisions.reason as decision_reason,
        decisions.decided_at,
        case
            when champion.model_version = trained.model_version then 'champion'
            when decisions.decision = 'rejected' then 'rejected'
            when decisions.decision is not null then 'retired'
            when
                trained.as_of_date < champion.as_of_date
                or trained.as_of_date = champion.as_of_date
                and trained.trained_at <= champion.trained_at
                then 'retired'
            else 'challenger'
        end as model_status
    from trained
    left join decisions
        on trained.model_version = decisions.model_version and decisions.place = 1
    left join champion on 1 = 1

)

select
    cast(registered.model_version as {{ dbt.type_string() }}) as model_version,
    cast(registered.model_status as {{ dbt.type_string() }}) as model_status,
    cast(registered.model_kind as {{ dbt.type_string() }}) as model_kind,
    cast(registered.as_of_date as date) as as_of_date,
    cast(registered.trained_at as {{ dbt.type_timestamp() }}) as trained_at,
    cast(registered.train_reason as {{ dbt.type_string() }}) as train_reason,
    cast(registered.decision as {{ dbt.type_string() }}) as decision,
    cast(registered.decision_reason as {{ dbt.type_string() }}) as decision_reason,
    cast(registered.decided_at as {{ dbt.type_timestamp() }}) as decided_at,
    cast(registered.back_test_version as {{ dbt.type_string() }})
        as back_test_version,
    cast(evaluations.normalised_gini as {{ clv_type_double() }})
        as test_normalised_gini,
    cast(evaluations.area_under_curve as {{ clv_type_double() }})
        as test_area_under_curve,
    cast(evaluations.mean_absolute_error_of_median as {{ clv_type_double() }})
        as test_mean_absolute_error_of_median,
    cast(evaluations.total_bias as {{ clv_type_double() }}) as test_total_bias
from registered
left join evaluations on registered.back_test_version = evaluations.model_version
