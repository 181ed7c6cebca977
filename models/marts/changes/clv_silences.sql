-- One row per customer and last order after which the customer was quiet on some date.
-- A table of its own, so that engines know how few rows clv_churn_alerts looks up.

with

quiet as (

    select
        customer_id,
        last_order_date,
        as_of_date
    from {{ ref('clv_state_history') }}
    where alert_status = 'quiet'

),

silences as (

    select
        customer_id,
        last_order_date,
        min(as_of_date) as first_seen,
        max(as_of_date) as last_seen
    from quiet
    group by customer_id, last_order_date

),

dates as (

    select
        as_of_date,
        lead(as_of_date) over (order by as_of_date) as next_as_of_date
    from (select distinct as_of_date from {{ ref('clv_state_history') }}) as built

)

select
    silences.customer_id,
    silences.last_order_date,
    silences.first_seen,
    silences.last_seen,
    dates.next_as_of_date as resolved_at
from silences
inner join dates on silences.last_seen = dates.as_of_date
