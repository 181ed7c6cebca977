-- One row per delivered order line, with its order where that is known.

with

lines as (

    select * from {{ ref('stg_clv__order_lines') }}

),

orders as (

    select * from {{ ref('int_clv__orders_cleaned') }}
    where is_refund = 0

)

select
    lines.order_id,
    lines.line_number,
    lines.product_id,
    lines.category,
    lines.quantity,
    lines.unit_price,
    orders.customer_id,
    orders.order_date,
    case
        when lines.delivery_status = 'accepted' and orders.order_id is null
            then 'rejected'
        else lines.delivery_status
    end as delivery_status,
    case
        when lines.delivery_status = 'accepted' and orders.order_id is null
            then 'order_unknown'
        else lines.rejection_reason
    end as rejection_reason,
    -- for the quarantine only
    case
        when
            lines.delivery_status = 'rejected'
            or (lines.delivery_status = 'accepted' and orders.order_id is null)
            then lines.raw_row
    end as raw_row
from lines
left join orders on lines.order_id = orders.order_id
