-- One row per customer that any input knows; attributes may be missing.

with

records as (

    select * from {{ ref('stg_clv__customers') }}
    where delivery_status = 'accepted'

),

orders as (

    select * from {{ ref('int_clv__orders_cleaned') }}

),

events as (

    select * from {{ ref('int_clv__events_cleaned') }}

),

-- an order by somebody the customer table forgot is still money
known as (

    select customer_id from records
    union
    select customer_id from orders
    union
    select customer_id from events

)

select
    known.customer_id,
    {{ clv_customer_bucket('known.customer_id') }} as customer_bucket,
    records.signed_up_at,
    case when records.age > 0 and records.age <= 120 then records.age end as age,
    {{ clv_gender('records.gender') }} as gender,
    records.region,
    records.acquisition_channel,
    case when records.customer_id is null then 1 else 0 end
        as is_customer_record_missing
from known
left join records on known.customer_id = records.customer_id
