-- One row per prospect, cut-off and horizon: whether a first order came, and more.

with

prospects as (

    select * from {{ ref('fea_clv__prospects') }}

),

cutoffs as (

    select distinct
        as_of_date,
        horizon_days
    from {{ ref('fea_clv__as_of_dates') }}
    where role <> 'today'

),

orders as (

    select * from {{ ref('int_clv__orders_cleaned') }}

)

select
    prospects.customer_id,
    prospects.customer_bucket,
    prospects.as_of_date,
    cutoffs.horizon_days,
    {{ clv_exact_sum('orders.net_amount') }} as net_amount_in_horizon,
    cast(coalesce(sum(1 - orders.is_refund), 0) as integer) as count_orders_in_horizon,
    coalesce(max(1 - orders.is_refund), 0) as has_order_in_horizon
from prospects
inner join cutoffs on prospects.as_of_date = cutoffs.as_of_date
left join orders
    on
        prospects.customer_id = orders.customer_id
        and prospects.as_of_date <= orders.order_date
        and orders.order_date < {{ dbt.dateadd(
            'day', 'cutoffs.horizon_days', 'cutoffs.as_of_date'
        ) }}
group by
    prospects.customer_id, prospects.customer_bucket, prospects.as_of_date,
    cutoffs.horizon_days
