-- One row per order, in the words of the input contract of dynamic_clv.

select
    receipt_number as order_id,
    shopper as customer_id,
    day_bought as ordered_at,
    dollars as amount
from {{ ref('till_receipts') }}
