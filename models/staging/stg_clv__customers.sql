-- One row per delivered customer record: typed, nothing dropped, a verdict beside it.

with

delivered as (

    {{ clv_delivered(
        'customers',
        required=['customer_id'],
        optional=[
            'signed_up_at', 'age', 'gender', 'region', 'acquisition_channel',
        ],
    ) }}

),

-- an attribute that cannot be read is a missing attribute; the customer stays
typed as (

    select
        cast(customer_id as {{ dbt.type_string() }}) as customer_id,
        {{ clv_safe_cast('signed_up_at', dbt.type_timestamp()) }} as typed_signed_up_at,
        {{ clv_safe_cast('age', clv_type_double()) }} as age,
        lower(cast(gender as {{ dbt.type_string() }})) as gender,
        lower(cast(region as {{ dbt.type_string() }})) as region,
        lower(
            cast(acquisition_channel as {{ dbt.type_string() }})
        ) as acquisition_channel,
        raw_row
    from delivered

),

judged as (

    select
        *,
        case
            when {{ clv_is_plausible_date('typed_signed_up_at') }}
                then typed_signed_up_at
        end as signed_up_at,
        case when customer_id is null then 'customer_id_missing' end as rejection_reason
    from typed

),

-- records of one customer are merged: the earliest one wins, as a later record must not
-- change what was known before it; one without a date counts as known from the start
ranked as (

    select
        *,
        row_number() over (
            partition by customer_id, {{ clv_is_sound() }}
            order by
                case when signed_up_at is null then 0 else 1 end asc,
                signed_up_at,
                raw_row asc
        ) as key_rank,
        1 as is_same_as_first
    from judged

)

select
    customer_id,
    signed_up_at,
    age,
    gender,
    region,
    acquisition_channel,
    {{ clv_delivery_status() }} as delivery_status,
    {{ clv_rejection_reason() }} as rejection_reason,
    raw_row
from ranked
