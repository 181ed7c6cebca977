-- One row per customer and day with an event: how many, of which kind.

{{ config(
    materialized='incremental',
    incremental_strategy='append',
    on_schema_change='append_new_columns',
    meta={'clv_keeps_rows': 'until_full_refresh'},
    pre_hook='{{ dynamic_clv.clv_forget_events(this) }}',
) }}

{% set since = clv_events_since() if is_incremental() %}

with

events as (

    select * from {{ ref('int_clv__events_cleaned') }}
    {% if since %}
        where event_date >= cast('{{ since }}' as date)
    {% endif %}

),

events_window as (

    select * from {{ ref('int_clv__events_window') }}

)

select
    events.customer_id,
    events.event_date,
    {% for type, name in {
        'page_view': 'count_page_views', 'search': 'count_searches',
        'add_to_cart': 'count_cart_adds', 'share': 'count_shares',
    }.items() %}
        cast(
            count(*) filter (where events.event_type = '{{ type }}') as integer
        ) as {{ name }},
    {% endfor %}
    cast(sum(events.is_session_start) as integer) as count_sessions,
    {% for group in ['leaving', 'price', 'service'] %}
        cast(
            count(*) filter (where events.keyword_group = '{{ group }}') as integer
        ) as count_{{ group }}_searches,
    {% endfor %}
    max(events_window.settings_hash) as settings_hash
from events
cross join events_window
group by events.customer_id, events.event_date
