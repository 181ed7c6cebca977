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
    order_date,
    quantity,
    cast(
        quantity * coalesce(unit_price, 0) as {{ clv_type_double() }}
    ) as line_amount
from lines
