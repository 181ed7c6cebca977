-- Nobody has ordered although somebody had before: orders did not come, or the clock
-- stands before all of them. Nothing is trained or served then. A backfill serves
-- nothing and may go to before the first order: it asks no later date than its own.

{% set history = clv_held('clv_prediction_history') if not flags.EMPTY else none %}
{% set is_served = flags.WHICH != 'build' or clv_is_about_to_build('clv_predictions') %}

with

today as (

    select max(as_of_date) as as_of_date
    from {{ ref('fea_clv__as_of_dates') }}
    where role = 'today'

),

customers as (

    select count(*) as count_customers
    from {{ ref('fea_clv__customer_behaviour') }} as behaviour
    inner join today on behaviour.as_of_date = today.as_of_date

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
    customers.count_customers,
    history.first_date as first_date_with_customers
from history
cross join customers
cross join today
where
    customers.count_customers = 0
    and history.first_date is not null
    and (
        {{ 'true' if is_served else 'false' }}
        or history.first_date <= today.as_of_date
    )
