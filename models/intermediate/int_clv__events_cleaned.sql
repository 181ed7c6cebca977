-- One row per behaviour event of a person.

with

events as (

    select * from {{ ref('int_clv__events_screened') }}
    where delivery_status = 'accepted'

),

previous as (

    select
        *,
        lag(occurred_at) over (
            partition by customer_id
            order by occurred_at, event_type, coalesce(event_id, '')
        ) as previous_event_at,
        row_number() over (
            partition by customer_id, session_id
            order by occurred_at, event_type, coalesce(event_id, '')
        ) as event_number_in_session
    from events

)

-- a session is the shop's own, or else begins after half an hour of silence
select
    customer_id,
    {{ clv_customer_bucket('customer_id') }} as customer_bucket,
    event_type,
    occurred_at,
    cast(occurred_at as date) as event_date,
    case
        when session_id is not null
            then case when event_number_in_session = 1 then 1 else 0 end
        when previous_event_at is null then 1
        when
            {{ dbt.datediff('previous_event_at', 'occurred_at', 'second') }} > 1800
            then 1
        else 0
    end as is_session_start,
    {{ clv_keyword_group('search_keyword') }} as keyword_group,
    product_id,
    device
from previous
