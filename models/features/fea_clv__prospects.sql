-- One row per prospect and cut-off: who was known by then and had not ordered yet.

{% set channels = [
    'count_page_views', 'count_searches', 'count_cart_adds', 'count_sessions',
    'count_touches',
] %}

with

cutoffs as (

    select * from {{ ref('fea_clv__cutoffs') }}

),

-- one comparison of dates: with an `or` in a join, DuckDB tries every pair of rows
customers as (

    select
        *,
        coalesce(signed_up_at, cast('1900-01-01' as {{ dbt.type_timestamp() }}))
            as known_from
    from {{ ref('int_clv__customers_cleaned') }}

),

browsing as (

    select * from {{ ref('fea_clv__browsing_behaviour') }}

),

buyers as (

    select
        customer_id,
        as_of_date
    from {{ ref('fea_clv__purchase_rhythm') }}

),

referrals as (

    select * from {{ ref('int_clv__referrals_cleaned') }}

),

-- who signed up stays known; a mere visitor is forgotten after a silent year, because
-- shops that give every browser an id would carry millions of passers-by for ever
known as (

    select
        customers.customer_id,
        cutoffs.as_of_date
    from cutoffs
    inner join customers
        on
            customers.customer_bucket = cutoffs.customer_bucket
            and customers.signed_up_at < cutoffs.as_of_date

    union

    select
        customer_id,
        as_of_date
    from browsing
    where least(days_since_last_event, days_since_last_touch) <= 365

),

prospects as (

    select
        known.customer_id,
        known.as_of_date
    from known
    left join buyers
        on
            known.customer_id = buyers.customer_id
            and known.as_of_date = buyers.as_of_date
    where buyers.customer_id is null

),

-- as for customers, a record is known from the day of its sign-up on, not before
described as (

    select
        prospects.customer_id,
        prospects.as_of_date,
        {{ dbt.datediff('customers.signed_up_at', 'prospects.as_of_date', 'day') }}
            as days_since_sign_up,
        customers.age,
        customers.gender,
        customers.region,
        customers.acquisition_channel,
        coalesce(customers.is_customer_record_missing, 1)
            as is_customer_record_missing
    from prospects
    left join customers
        on
            prospects.customer_id = customers.customer_id
            and customers.known_from < prospects.as_of_date

)

select
    described.customer_id,
    {{ clv_customer_bucket('described.customer_id') }} as customer_bucket,
    described.as_of_date,
    greatest(described.days_since_sign_up, browsing.days_since_first_seen)
        as days_since_first_seen,
    -- a sign of life is what the person did: a campaign contact is none
    coalesce(
        least(described.days_since_sign_up, browsing.days_since_last_event),
        browsing.days_since_first_seen
    ) as days_since_last_seen,
    {% for channel in channels %}
        {% for days in [30, 90] %}
            coalesce(browsing.{{ channel }}_last_{{ days }}d, 0)
                as {{ channel }}_last_{{ days }}d,
        {% endfor %}
    {% endfor %}
    described.is_customer_record_missing,
    case when referrals.referred_customer_id is null then 0 else 1 end as is_referred,
    described.age,
    described.gender,
    described.region,
    described.acquisition_channel
from described
left join browsing
    on
        described.customer_id = browsing.customer_id
        and described.as_of_date = browsing.as_of_date
left join referrals
    on
        described.customer_id = referrals.referred_customer_id
        and referrals.referred_date < described.as_of_date
