-- One row per customer of customers, orders, events or snapshots; attributes may be
-- missing.

with

records as (

    select * from {{ ref('stg_clv__customers') }}
    where delivery_status = 'accepted'

),

orders as (

    select * from {{ ref('int_clv__orders_cleaned') }}

),

event_days as (

    select * from {{ ref('int_clv__event_days') }}

),

snapshots as (

    select * from {{ ref('int_clv__customer_snapshots_cleaned') }}

),

-- the first snapshot that says who somebody is counts whole, and from its day on
described as (

    select
        *,
        row_number() over (
            partition by customer_id order by snapshot_date
        ) as snapshot_number
    from snapshots
    where age is not null or gender is not null or region is not null

),

-- a record of the customers input comes before any snapshot
attributes as (

    select
        customer_id,
        signed_up_at,
        age,
        gender,
        region,
        acquisition_channel,
        0 as is_customer_record_missing
    from records

    union all

    select
        described.customer_id,
        cast(described.snapshot_date as {{ dbt.type_timestamp() }}) as signed_up_at,
        described.age,
        described.gender,
        described.region,
        cast(null as {{ dbt.type_string() }}) as acquisition_channel,
        1 as is_customer_record_missing
    from described
    left join records on described.customer_id = records.customer_id
    where described.snapshot_number = 1 and records.customer_id is null

),

-- an order by somebody the customer table forgot is still money
known as (

    select customer_id from records
    union
    select customer_id from orders
    union
    select customer_id from event_days
    union
    select customer_id from snapshots

)

select
    known.customer_id,
    {{ clv_customer_bucket('known.customer_id') }} as customer_bucket,
    attributes.signed_up_at,
    case
        when attributes.age > 0 and attributes.age <= 120 then attributes.age
    end as age,
    {{ clv_gender('attributes.gender') }} as gender,
    attributes.region,
    attributes.acquisition_channel,
    coalesce(attributes.is_customer_record_missing, 1) as is_customer_record_missing
from known
left join attributes on known.customer_id = attributes.customer_id
