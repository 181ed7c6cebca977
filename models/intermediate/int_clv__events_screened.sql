-- One row per delivered event, with robots turned away.

with

events as (

    select * from {{ ref('stg_clv__events') }}

),

counted as (

    select
        *,
        count(*) over (
            partition by
                customer_id, delivery_status,
                {{ dbt.date_trunc('hour', 'occurred_at') }}
        ) as count_events_in_hour
    from events

)

select
    event_id,
    customer_id,
    event_type,
    occurred_at,
    session_id,
    search_keyword,
    product_id,
    device,
    case
        when {{ clv_is_robot() }} then 'rejected'
        else delivery_status
    end as delivery_status,
    case
        when {{ clv_is_robot() }} then 'robot_traffic'
        else rejection_reason
    end as rejection_reason,
    raw_row
from counted
