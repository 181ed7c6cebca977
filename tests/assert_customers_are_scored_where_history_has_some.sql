-- Nobody with an order is scored although somebody was before: orders did not come, or
-- the clock stands before all of them. What is served stays as it is. A backfill serves
-- nothing and may go back to before the first order: it asks no date after its own.

{% set history = clv_held('clv_prediction_history') if not flags.EMPTY else none %}
{% set is_served = flags.WHICH != 'build' or clv_is_about_to_build('clv_predictions') %}

with

today as (

    select max(as_of_date) as as_of_date
    from {{ ref('fea_clv__as_of_dates') }}
    where role = 'today'

),

scored as (

    select count(*) as count_customers
    from {{ ref('ml_clv__scores') }}
    where model_kind not in ('prospect_conversion', 'prospect_rate')

),

-- read by name, as a ref() would close a circle
history as (

    {% if history is none %}
        select cast(null as date) as first_date
    {% else %}
        select min(as_of_date) as first_date
        from {{ history }}
        where data_quality_flag <> 'prospect'
    {% endif %}

)

select
    today.as_of_date,
    scored.count_customers,
    history.first_date as first_date_with_customers
from history
cross join scored
cross join today
where
    scored.count_customers = 0
    and history.first_date is not null
    and (
        {{ 'true' if is_served else 'false' }}
        or history.first_date <= today.as_of_date
    )
