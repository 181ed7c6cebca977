-- One row per delivered event, with robots turned away and visits told apart.
-- depends_on: {{ ref('int_clv__events_window') }}

{{ config(
    materialized='incremental',
    incremental_strategy='append',
    on_schema_change='append_new_columns',
    meta={'clv_keeps_rows': 'until_full_refresh'},
    pre_hook='{{ dynamic_clv.clv_forget_events(this) }}',
) }}

{% set since = clv_events_since() if is_incremental() %}

with

-- a day more is read than is written: a visit may have begun on the day before
events as (

    select * from {{ ref('stg_clv__events') }}
    {% if since %}
        where {{ clv_event_is_since(since, margin_days=1) }}
    {% endif %}

),

counted as (

    select
        *,
        count(*) over (
            partition by
                customer_id, delivery_status,
                {{ dbt.date_trunc('hour', 'occurred_at') }}
        ) as count_events_in_hour
    from events

),

screened as (

    select
        event_id,
        customer_id,
        event_type,
        occurred_at,
        cast(occurred_at as date) as event_date,
        session_id,
        search_keyword,
        product_id,
        device,
        case
            when {{ clv_is_robot() }} then 'rejected'
            else delivery_status
        end as delivery_status,
        case
            when {{ clv_is_robot() }} then 'robot_traffic'
            else rejection_reason
        end as rejection_reason,
        raw_row
    from counted

),

-- the event before, of all and of the same session where the shop has such ids
followed as (

    select
        *,
        lag(occurred_at) over (
            partition by customer_id, delivery_status
            order by occurred_at, event_type, event_id, search_keyword, product_id
        ) as previous_event_at,
        {% if clv_is_delivered('events', 'session_id') %}
            lag(occurred_at) over (
                partition by customer_id, delivery_status, session_id
                order by occurred_at, event_type, event_id, search_keyword, product_id
            )
        {% else %}
            cast(null as {{ dbt.type_timestamp() }})
        {% endif %} as previous_in_session_at,
        case when session_id is null then 1800 else 86400 end as most_silent_seconds
    from screened

),

-- a session is the shop's own, until its id is silent for a day, or else begins after
-- half an hour of silence
visited as (

    select
        *,
        case when session_id is null then previous_event_at else previous_in_session_at
        end as previous_at
    from followed

)

select
    event_id,
    customer_id,
    event_type,
    occurred_at,
    event_date,
    search_keyword,
    product_id,
    device,
    case
        when delivery_status <> 'accepted' then 0
        when previous_at is null then 1
        when
            {{ dbt.datediff('previous_at', 'occurred_at', 'second') }}
            > most_silent_seconds
            then 1
        else 0
    end as is_session_start,
    delivery_status,
    rejection_reason,
    case when delivery_status = 'rejected' then raw_row end as raw_row
from visited
{% if since %}
    where event_date >= cast('{{ since }}' as date) or event_date is null
{% endif %}
