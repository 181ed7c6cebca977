-- Every dollar on a receipt is in the cleaned orders.

select
    (select sum(dollars) from {{ ref('till_receipts') }}) as dollars_delivered,
    (select sum(net_amount) from {{ ref('int_clv__orders_cleaned') }}) as dollars_cleaned
where dollars_delivered <> dollars_cleaned
