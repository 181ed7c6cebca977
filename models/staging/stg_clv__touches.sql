-- One row per delivered campaign contact: typed, nothing dropped, a verdict beside it.

with

delivered as (

    {{ clv_delivered(
        'touches',
        required=['customer_id', 'touched_at'],
        optional=['touch_id', 'campaign', 'touch_channel'],
    ) }}

),

typed as (

    select
        cast(touch_id as {{ dbt.type_string() }}) as touch_id,
        cast(customer_id as {{ dbt.type_string() }}) as customer_id,
        cast(campaign as {{ dbt.type_string() }}) as campaign,
        lower(cast(touch_channel as {{ dbt.type_string() }})) as touch_channel,
        touched_at as delivered_touched_at,
        {{ clv_safe_cast('touched_at', dbt.type_timestamp()) }} as touched_at,
        raw_row
    from delivered

),

judged as (

    select
        *,
        case
            when customer_id is null then 'customer_id_missing'
            {{ clv_date_rejection('delivered_touched_at', 'touched_at', 'touched_at') }}
        end as rejection_reason
    from typed

),

ranked as (

    select
        *,
        row_number() over (
            partition by
                customer_id, touched_at, touch_id, campaign, touch_channel,
                {{ clv_is_sound() }}
            order by raw_row
        ) as key_rank,
        1 as is_same_as_first
    from judged

)

select
    touch_id,
    customer_id,
    campaign,
    touch_channel,
    touched_at,
    {{ clv_delivery_status() }} as delivery_status,
    {{ clv_rejection_reason() }} as rejection_reason,
    raw_row
from ranked
