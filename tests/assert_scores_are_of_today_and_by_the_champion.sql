-- A score of another day or horizon, or of a model that is not in office.

with

today as (

    select distinct
        as_of_date,
        horizon_days
    from {{ ref('fea_clv__as_of_dates') }}
    where role = 'today'

),

trained as (

    select * from {{ ref('ml_clv__trained_models') }}

),

-- the newest decision of this clock that names a model which is still there
decisions as (

    select
        decisions.champion_version,
        row_number() over (
            order by decisions.as_of_date desc, decisions.decided_at desc
        ) as place
    from {{ ref('ml_clv__promotions') }} as decisions
    inner join today on decisions.as_of_date <= today.as_of_date
    inner join trained on decisions.champion_version = trained.model_version

),

in_office as (

    select champion_version as model_version
    from decisions
    where place = 1

    union all

    select model_version
    from trained
    where purpose = 'prospects'

)

select
    scores.customer_id,
    scores.as_of_date,
    scores.horizon_days,
    scores.model_version
from {{ ref('ml_clv__scores') }} as scores
left join today
    on
        scores.as_of_date = today.as_of_date
        and scores.horizon_days = today.horizon_days
left join in_office on scores.model_version = in_office.model_version
where
    today.as_of_date is null
    or in_office.model_version is null
