-- One row per customer and day on which something happened; silent days have no row.

with

orders as (

    select * from {{ ref('int_clv__orders_cleaned') }}

),

lines as (

    select * from {{ ref('int_clv__order_lines_cleaned') }}

),

event_days as (

    select * from {{ ref('int_clv__event_days') }}

),

touches as (

    select * from {{ ref('int_clv__touches_cleaned') }}

),

-- one visit at least; a snapshot of silence leaves the day silent
snapshots as (

    select * from {{ ref('int_clv__customer_snapshots_cleaned') }}
    where count_page_views > 0 or keyword_group is not null

),

-- each source counts its own columns; the others are zero there
stacked as (

    {{ clv_daily_counts('orders', 'order_date', {
        'count_orders': 'sum(1 - is_refund)',
        'net_amount': 'sum(net_amount)',
        'count_refunds': 'sum(is_refund)',
    }) }}
    union all
    {{ clv_daily_counts('lines', 'order_date', {'count_items': 'sum(quantity)'}) }}
    union all
    {{ clv_daily_counts('event_days', 'event_date', {
        'count_page_views': 'sum(count_page_views)',
        'count_searches': 'sum(count_searches)',
        'count_cart_adds': 'sum(count_cart_adds)',
        'count_shares': 'sum(count_shares)',
        'count_sessions': 'sum(count_sessions)',
        'count_leaving_searches': 'sum(count_leaving_searches)',
        'count_price_searches': 'sum(count_price_searches)',
        'count_service_searches': 'sum(count_service_searches)',
    }) }}
    union all
    {{ clv_daily_counts('snapshots', 'snapshot_date', {
        'count_page_views': 'sum(count_page_views)',
        'count_searches': 'count(keyword_group)',
        'count_sessions': 'count(*)',
        'count_leaving_searches':
            "count(*) filter (where keyword_group = 'leaving')",
        'count_price_searches': "count(*) filter (where keyword_group = 'price')",
        'count_service_searches':
            "count(*) filter (where keyword_group = 'service')",
    }) }}
    union all
    {{ clv_daily_counts('touches', 'touch_date', {'count_touches': 'count(*)'}) }}

)

select
    customer_id,
    activity_date,
    {% for column in clv_channels() %}
        sum({{ column }}) as {{ column }},
    {% endfor %}
    {{ clv_customer_bucket('customer_id') }} as customer_bucket
from stacked
group by customer_id, activity_date
