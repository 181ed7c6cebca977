-- One row per behaviour event of a person.

with

events as (

    select * from {{ ref('int_clv__events_screened') }}
    where delivery_status = 'accepted'

)

select
    customer_id,
    {{ clv_customer_bucket('customer_id') }} as customer_bucket,
    event_type,
    occurred_at,
    event_date,
    is_session_start,
    {{ clv_keyword_group('search_keyword') }} as keyword_group,
    product_id,
    device
from events
