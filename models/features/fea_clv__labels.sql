-- One row per customer, cut-off and horizon: what happened in the horizon after it.

with

as_of_dates as (

    select distinct
        as_of_date,
        horizon_days
    from {{ ref('fea_clv__as_of_dates') }}
    where role <> 'today'

),

cutoffs as (

    select
        cutoffs.as_of_date,
        cutoffs.customer_bucket,
        as_of_dates.horizon_days
    from {{ ref('fea_clv__cutoffs') }} as cutoffs
    inner join as_of_dates on cutoffs.as_of_date = as_of_dates.as_of_date

),

customers as (

    select
        customer_id,
        customer_bucket,
        as_of_date
    from {{ ref('fea_clv__customer_behaviour') }}

),

orders as (

    select
        customer_id,
        customer_bucket,
        order_date,
        sum(net_amount) as net_amount,
        sum(1 - is_refund) as count_orders
    from {{ ref('int_clv__orders_cleaned') }}
    group by customer_id, customer_bucket, order_date

),

outcomes as (

    select
        orders.customer_id,
        cutoffs.as_of_date,
        cutoffs.horizon_days,
        sum(orders.net_amount) as net_amount,
        sum(orders.count_orders) as count_orders
    from cutoffs
    inner join orders
        on
            orders.customer_bucket = cutoffs.customer_bucket
            and orders.order_date >= cutoffs.as_of_date
            and orders.order_date < {{ dbt.dateadd(
                'day', 'cutoffs.horizon_days', 'cutoffs.as_of_date'
            ) }}
    group by orders.customer_id, cutoffs.as_of_date, cutoffs.horizon_days

)

select
    customers.customer_id,
    customers.customer_bucket,
    customers.as_of_date,
    cutoffs.horizon_days,
    cast(
        coalesce(outcomes.net_amount, 0) as {{ clv_type_double() }}
    ) as net_amount_in_horizon,
    cast(coalesce(outcomes.count_orders, 0) as integer) as count_orders_in_horizon,
    case when outcomes.count_orders > 0 then 1 else 0 end as has_order_in_horizon
from customers
inner join cutoffs
    on
        customers.customer_bucket = cutoffs.customer_bucket
        and customers.as_of_date = cutoffs.as_of_date
left join outcomes
    on
        customers.customer_id = outcomes.customer_id
        and customers.as_of_date = outcomes.as_of_date
        and cutoffs.horizon_days = outcomes.horizon_days
