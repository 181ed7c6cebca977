-- At every cut-off, net amounts of the customers who are looked at add up to their
-- orders and refunds before it.

with

cutoffs as (

    select * from {{ ref('fea_clv__cutoffs') }}

),

behaviour as (

    select
        as_of_date,
        sum(net_amount) as net_amount,
        sum(count_orders) as count_orders
    from {{ ref('fea_clv__customer_behaviour') }}
    group by as_of_date

),

orders as (

    select * from {{ ref('int_clv__orders_cleaned') }}

),

-- refunds of somebody who never ordered are nobody's behaviour
buyers as (

    select
        customer_id,
        min(order_date) as first_order_date
    from orders
    where is_refund = 0
    group by customer_id

),

-- a refund before the first order counts from that order on
counted as (

    select
        orders.customer_bucket,
        greatest(orders.order_date, buyers.first_order_date) as counts_from_date,
        sum(orders.net_amount) as net_amount,
        sum(1 - orders.is_refund) as count_orders
    from orders
    inner join buyers on orders.customer_id = buyers.customer_id
    group by
        orders.customer_bucket,
        greatest(orders.order_date, buyers.first_order_date)

),

facts as (

    select
        cutoffs.as_of_date,
        sum(counted.net_amount) as net_amount,
        sum(counted.count_orders) as count_orders
    from cutoffs
    inner join counted
        on
            cutoffs.customer_bucket = counted.customer_bucket
            and counted.counts_from_date < cutoffs.as_of_date
    group by cutoffs.as_of_date

)

select
    behaviour.as_of_date,
    behaviour.net_amount as net_amount_of_customers,
    facts.net_amount as net_amount_of_facts
from behaviour
left join facts on behaviour.as_of_date = facts.as_of_date
where
    coalesce(behaviour.count_orders <> facts.count_orders, true)
    or abs(behaviour.net_amount - facts.net_amount)
    > 0.01 + 1e-9 * abs(facts.net_amount)
