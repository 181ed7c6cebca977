-- One row per customer and cut-off: what the customer had done by then. No later fact.

with

orders as (

    select * from {{ ref('fea_clv__order_behaviour') }}

),

rhythm as (

    select * from {{ ref('fea_clv__purchase_rhythm') }}

),

browsing as (

    select * from {{ ref('fea_clv__browsing_behaviour') }}

),

categories as (

    select * from {{ ref('fea_clv__category_behaviour') }}

),

joined as (

    select
        orders.*,
        rhythm.frequency,
        rhythm.recency_days,
        rhythm.t_days,
        rhythm.purchase_days,
        rhythm.days_since_last_order,
        rhythm.mean_interpurchase_days,
        rhythm.stddev_interpurchase_days,
        rhythm.max_interpurchase_days,
        orders.net_amount / rhythm.purchase_days as monetary_value,
        {% for column in clv_browsing_columns() %}
            coalesce(browsing.{{ column }}, 0) as {{ column }},
        {% endfor %}
        browsing.days_since_last_event,
        browsing.days_since_last_touch,
        categories.favourite_category,
        coalesce(categories.favourite_category_share, 0) as favourite_category_share,
        coalesce(categories.count_categories, 0) as count_categories,
        coalesce(categories.category_concentration, 0) as category_concentration
    from orders
    inner join rhythm
        on
            orders.customer_id = rhythm.customer_id
            and orders.as_of_date = rhythm.as_of_date
    left join browsing
        on
            orders.customer_id = browsing.customer_id
            and orders.as_of_date = browsing.as_of_date
    left join categories
        on
            orders.customer_id = categories.customer_id
            and orders.as_of_date = categories.as_of_date

)

select
    *,
    {{ clv_trend('net_amount_last_90d', 'net_amount_previous_90d') }}
        as spend_trend_90d,
    {{ clv_trend('count_orders_last_90d', 'count_orders_previous_90d') }}
        as order_trend_90d,
    {{ clv_trend('count_page_views_last_30d', 'count_page_views_previous_30d') }}
        as page_view_trend_30d,
    {{ clv_lifecycle_stage() }} as lifecycle_stage
from joined
