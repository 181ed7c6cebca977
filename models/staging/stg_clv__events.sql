-- One row per delivered behaviour event: typed, nothing dropped, a verdict beside it.

with

delivered as (

    {{ clv_delivered(
        'events',
        required=['customer_id', 'event_type', 'occurred_at'],
        optional=['event_id', 'session_id', 'search_keyword', 'product_id', 'device'],
    ) }}

),

typed as (

    select
        cast(event_id as {{ dbt.type_string() }}) as event_id,
        cast(customer_id as {{ dbt.type_string() }}) as customer_id,
        lower(cast(event_type as {{ dbt.type_string() }})) as event_type,
        cast(session_id as {{ dbt.type_string() }}) as session_id,
        lower(cast(search_keyword as {{ dbt.type_string() }})) as search_keyword,
        cast(product_id as {{ dbt.type_string() }}) as product_id,
        lower(cast(device as {{ dbt.type_string() }})) as device,
        occurred_at as delivered_occurred_at,
        {{ clv_safe_cast('occurred_at', dbt.type_timestamp()) }} as occurred_at,
        raw_row
    from delivered

),

judged as (

    select
        *,
        case
            when customer_id is null then 'customer_id_missing'
            when event_type is null then 'event_type_missing'
            {{ clv_date_rejection(
                'delivered_occurred_at', 'occurred_at', 'occurred_at'
            ) }}
        end as rejection_reason
    from typed

),

-- without an event_id, the same customer doing the same thing in the same moment is a
-- repeat of the tracker
ranked as (

    select
        *,
        row_number() over (
            partition by
                customer_id, occurred_at, event_type, event_id, search_keyword,
                product_id, {{ clv_is_sound() }}
            order by raw_row
        ) as key_rank,
        1 as is_same_as_first
    from judged

)

select
    event_id,
    customer_id,
    event_type,
    occurred_at,
    session_id,
    search_keyword,
    product_id,
    device,
    {{ clv_delivery_status() }} as delivery_status,
    {{ clv_rejection_reason() }} as rejection_reason,
    raw_row
from ranked
