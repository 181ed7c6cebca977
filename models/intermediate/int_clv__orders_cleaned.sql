-- One row per order or refund: its net amount, one currency, on the day it happened.

with

orders as (

    select * from {{ ref('int_clv__orders_converted') }}
    where delivery_status = 'accepted'

),

snapshot_orders as (

    select * from {{ ref('int_clv__snapshot_orders') }}

),

-- a refund or cancellation is negative whichever sign it came with
netted as (

    select
        *,
        case
            when order_type = 'order'
                then
                    amount - abs(discount_amount)
                    + {{ 'tax_amount' if var('clv_include_tax') else '0' }}
                    + {{ 'shipping_amount' if var('clv_include_shipping') else '0' }}
            else -abs(amount)
        end as delivered_net_amount
    from orders

)

select
    order_id,
    customer_id,
    {{ clv_customer_bucket('customer_id') }} as customer_bucket,
    case when order_type = 'order' then 0 else 1 end as is_refund,
    refunded_order_id,
    ordered_at,
    cast(ordered_at as date) as order_date,
    cast(
        delivered_net_amount * rate_to_reporting as {{ clv_type_money() }}
    ) as net_amount,
    currency_code as delivered_currency_code,
    channel,
    device
from netted

union all

select
    order_id,
    customer_id,
    customer_bucket,
    is_refund,
    refunded_order_id,
    ordered_at,
    order_date,
    net_amount,
    delivered_currency_code,
    channel,
    device
from snapshot_orders
