-- One row per customer and cut-off: who the customer is, with flags for the unknown.

{% set imputation = var('clv_imputation') if var('clv_imputation') is mapping else {} %}

with

-- one comparison of dates: with an `or` in a join, DuckDB tries every pair of rows
customers as (

    select
        *,
        coalesce(signed_up_at, cast('1900-01-01' as {{ dbt.type_timestamp() }}))
            as known_from
    from {{ ref('int_clv__customers_cleaned') }}

),

behaviour as (

    select * from {{ ref('fea_clv__customer_behaviour') }}

),

referrals as (

    select * from {{ ref('int_clv__referrals_cleaned') }}

),

-- a record is known from the day of its sign-up on, not before
known as (

    select
        behaviour.customer_id,
        behaviour.customer_bucket,
        behaviour.as_of_date,
        behaviour.t_days,
        customers.signed_up_at,
        {% for column in imputation %}
            customers.{{ column }},
        {% endfor %}
        coalesce(customers.is_customer_record_missing, 1)
            as is_customer_record_missing
    from behaviour
    left join customers
        on
            behaviour.customer_id = customers.customer_id
            and customers.known_from < behaviour.as_of_date

),

-- what stands in for a missing value is learned from the customers of that cut-off
fills as (

    select
        {% for column, strategy in imputation.items() %}
            {{ clv_fill_value(column, strategy) }} as {{ column }},
        {% endfor %}
        as_of_date
    from known
    group by as_of_date

),

made as (

    select
        behaviour.as_of_date,
        referrals.referrer_customer_id as customer_id,
        count(*) as count_referrals_made
    from behaviour
    inner join referrals
        on
            behaviour.customer_id = referrals.referrer_customer_id
            and referrals.referred_date < behaviour.as_of_date
    group by behaviour.as_of_date, referrals.referrer_customer_id

)

select
    known.customer_id,
    known.customer_bucket,
    known.as_of_date,
    greatest(
        known.t_days,
        coalesce({{ dbt.datediff('known.signed_up_at', 'known.as_of_date', 'day') }}, 0)
    ) as tenure_days,
    case when known.signed_up_at is null then 1 else 0 end as is_signed_up_at_missing,
    known.is_customer_record_missing,
    {% for column in imputation %}
        coalesce(known.{{ column }}, fills.{{ column }}) as {{ column }},
        case when known.{{ column }} is null then 1 else 0 end
            as is_{{ column }}_missing,
    {% endfor %}
    coalesce(made.count_referrals_made, 0) as count_referrals_made,
    case when referrals.referred_customer_id is null then 0 else 1 end as is_referred
from known
inner join fills on known.as_of_date = fills.as_of_date
left join made
    on known.customer_id = made.customer_id and known.as_of_date = made.as_of_date
left join referrals
    on
        known.customer_id = referrals.referred_customer_id
        and referrals.referred_date < known.as_of_date
