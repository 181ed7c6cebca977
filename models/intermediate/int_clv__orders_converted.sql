-- One row per delivered order or refund, in the reporting currency where a rate exists.

with

orders as (

    select * from {{ ref('stg_clv__orders') }}

),

rates as (

    select * from {{ ref('int_clv__exchange_rates_cleaned') }}

),

-- the newest rate known on the day of the order; never a later one
rated as (

    select
        orders.*,
        case
            when orders.currency_code = '{{ var("clv_reporting_currency") }}' then 1
            else rates.rate_to_reporting
        end as rate_to_reporting
    from orders
    left join rates
        on
            orders.currency_code = rates.currency_code
            and cast(orders.ordered_at as date) >= rates.valid_from_date
            and cast(orders.ordered_at as date) < rates.valid_until_date

),

checked as (

    select
        *,
        case
            when rate_to_reporting is null then 'exchange_rate_missing'
            when
                greatest(
                    abs(amount), abs(discount_amount), abs(tax_amount),
                    abs(shipping_amount)
                ) * rate_to_reporting >= {{ clv_largest_amount() }}
                then 'amount_out_of_range'
        end as conversion_problem
    from rated

)

select
    order_id,
    customer_id,
    order_type,
    refunded_order_id,
    ordered_at,
    amount,
    discount_amount,
    tax_amount,
    shipping_amount,
    currency_code,
    rate_to_reporting,
    channel,
    device,
    case
        when delivery_status = 'accepted' and conversion_problem is not null
            then 'rejected'
        else delivery_status
    end as delivery_status,
    case
        when delivery_status = 'accepted' then conversion_problem
        else rejection_reason
    end as rejection_reason,
    -- for the quarantine only
    case
        when
            delivery_status <> 'merged'
            and coalesce(rejection_reason, conversion_problem) is not null
            then raw_row
    end as raw_row
from checked
