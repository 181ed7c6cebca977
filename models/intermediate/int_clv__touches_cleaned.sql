-- One row per campaign contact with a customer.

with

touches as (

    select * from {{ ref('stg_clv__touches') }}
    where delivery_status = 'accepted'

)

select
    customer_id,
    touched_at,
    cast(touched_at as date) as touch_date,
    campaign,
    touch_channel
from touches
