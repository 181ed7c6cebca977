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
        'count_orders': '1 - is_refund',
        'net_amount': 'net_amount',
        'count_refunds': 'is_refund',
    }) }}
    union all
    {{ clv_daily_counts('lines', 'order_date', {'count_items': 'quantity'}) }}
    union all
    {{ clv_daily_counts('event_days', 'event_date', {
        'count_page_views': 'count_page_views',
        'count_searches': 'count_searches',
        'count_cart_adds': 'count_cart_adds',
        'count_shares': 'count_shares',
        'count_sessions': 'count_sessions',
        'count_leaving_searches': 'count_leaving_searches',
        'count_price_searches': 'count_price_searches',
        'count_service_searches': 'count_service_searches',
    }) }}
    union all
    {{ clv_daily_counts('snapshots', 'snapshot_date', {
        'count_page_views': 'coalesce(count_page_views, 0)',
        'count_searches': 'case when keyword_group is not null then 1 else 0 end',
        'count_sessions': '1',
        'count_leaving_searches': "case keyword_group when 'leaving' then 1 else 0 end",
        'count_price_searches': "case keyword_group when 'price' then 1 else 0 end",
        'count_service_searches': "case keyword_group when 'service' then 1 else 0 end",
    }) }}
    union all
    {{ clv_daily_counts('touches', 'touch_date', {'count_touches': '1'}) }}

)

select
    customer_id,
    activity_date,
    {% for column in clv_channels() %}
        cast(sum({{ column }}) as {{ clv_type_double() }}) as {{ column }},
    {% endfor %}
    {{ clv_customer_bucket('customer_id') }} as customer_bucket
from stacked
group by customer_id, activity_date
