-- One row per customer and cut-off: orders, spend, refunds and habits up to then.

with

cutoffs as (

    select * from {{ ref('fea_clv__cutoffs') }}

),

orders as (

    select
        *,
        extract(hour from ordered_at) as order_hour,
        {{ clv_weekday('order_date') }} as weekday
    from {{ ref('int_clv__orders_cleaned') }}

),

seen as (

    select
        cutoffs.as_of_date,
        orders.*,
        {{ dbt.datediff('orders.order_date', 'cutoffs.as_of_date', 'day') }} as days_ago
    from cutoffs
    inner join orders
        on
            orders.customer_bucket = cutoffs.customer_bucket
            and orders.order_date < cutoffs.as_of_date

),

summed as (

    select
        customer_id,
        customer_bucket,
        as_of_date,
        {{ clv_exact_sum('net_amount') }} as net_amount,
        cast(sum(1 - is_refund) as integer) as count_orders,
        {% for days in [30, 90, 365] %}
            {{ clv_exact_sum('net_amount', 'days_ago <= ' ~ days) }}
                as net_amount_last_{{ days }}d,
            count(*) filter (where days_ago <= {{ days }} and is_refund = 0)
                as count_orders_last_{{ days }}d,
        {% endfor %}
        {{ clv_exact_sum('net_amount', 'days_ago > 90 and days_ago <= 180') }}
            as net_amount_previous_90d,
        count(*) filter (where days_ago > 90 and days_ago <= 180 and is_refund = 0)
            as count_orders_previous_90d,
        cast(max(net_amount) as {{ clv_type_double() }}) as max_order_amount,
        cast(sum(is_refund) as integer) as count_refunds,
        -{{ clv_exact_sum('net_amount', 'is_refund = 1') }} as refund_amount,
        {% for habit, condition in clv_order_habits().items() %}
            sum(case when is_refund = 0 and {{ condition }} then 1 else 0 end)
                as count_orders_{{ habit }},
        {% endfor %}
        {{ clv_latest('channel') }} as last_channel,
        {{ clv_latest('device') }} as last_device
    from seen
    group by customer_id, customer_bucket, as_of_date

)

select
    customer_id,
    customer_bucket,
    as_of_date,
    net_amount,
    count_orders,
    net_amount / count_orders as average_order_amount,
    max_order_amount,
    {% for days in [30, 90, 365] %}
        net_amount_last_{{ days }}d,
        count_orders_last_{{ days }}d,
    {% endfor %}
    net_amount_previous_90d,
    count_orders_previous_90d,
    count_refunds,
    refund_amount,
    count_refunds * 1.0 / count_orders as refund_rate,
    {% for habit in clv_order_habits() %}
        count_orders_{{ habit }} * 1.0 / count_orders as {{ habit }}_order_rate,
    {% endfor %}
    last_channel,
    last_device
from summed
where count_orders > 0
