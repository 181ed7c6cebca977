-- One row per delivered referral: typed, nothing dropped, a verdict beside it.

with

delivered as (

    {{ clv_delivered(
        'referrals',
        required=['referrer_customer_id', 'referred_customer_id', 'referred_at'],
        optional=['referral_id'],
    ) }}

),

typed as (

    select
        cast(referral_id as {{ dbt.type_string() }}) as referral_id,
        cast(referrer_customer_id as {{ dbt.type_string() }}) as referrer_customer_id,
        cast(referred_customer_id as {{ dbt.type_string() }}) as referred_customer_id,
        referred_at as delivered_referred_at,
        {{ clv_safe_cast('referred_at', dbt.type_timestamp()) }} as referred_at,
        raw_row
    from delivered

),

judged as (

    select
        *,
        case
            when referrer_customer_id is null then 'referrer_customer_id_missing'
            when referred_customer_id is null then 'referred_customer_id_missing'
            when
                referrer_customer_id = referred_customer_id
                then 'customer_refers_themselves'
            {{ clv_date_rejection(
                'delivered_referred_at', 'referred_at', 'referred_at'
            ) }}
        end as rejection_reason
    from typed

),

-- a customer can be won only once: the earliest referral counts
ranked as (

    {{ clv_ranked(
        'judged',
        key=['referred_customer_id'],
        content=['referrer_customer_id'],
        best_first=['referred_at'],
    ) }}

)

select
    referral_id,
    referrer_customer_id,
    referred_customer_id,
    referred_at,
    {{ clv_delivery_status() }} as delivery_status,
    {{ clv_rejection_reason() }} as rejection_reason,
    raw_row
from ranked
