-- One row per product line of a cleaned order.

with

lines as (

    select * from {{ ref('int_clv__order_lines_matched') }}
    where delivery_status = 'accepted'

)

select
    order_id,
    line_number,
    product_id,
    category,
    customer_id,
    {{ clv_customer_bucket('customer_id') }} as customer_bucket,
    order_date,
    quantity,
    cast(quantity as decimal(38, 4)) * coalesce(unit_price, 0) as line_amount
from lines
