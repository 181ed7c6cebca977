-- One row per delivered exchange rate: typed, nothing dropped, a verdict beside it.

with

delivered as (

    {{ clv_delivered(
        'exchange_rates',
        required=['currency_code', 'rate_date', 'rate_to_reporting'],
    ) }}

),

typed as (

    select
        upper(cast(currency_code as {{ dbt.type_string() }})) as currency_code,
        rate_date as delivered_rate_date,
        rate_to_reporting as delivered_rate_to_reporting,
        cast(
            {{ clv_safe_cast('rate_date', dbt.type_timestamp()) }} as date
        ) as rate_date,
        {{ clv_safe_cast('rate_to_reporting', clv_type_double()) }}
            as rate_to_reporting,
        raw_row
    from delivered

),

-- the upper bound also catches NaN, which engines sort above every number
judged as (

    select
        *,
        case
            when currency_code is null then 'currency_code_missing'
            {{ clv_date_rejection('delivered_rate_date', 'rate_date', 'rate_date') }}
            when
                delivered_rate_to_reporting is null
                then 'rate_to_reporting_missing'
            when rate_to_reporting is null then 'rate_to_reporting_not_a_number'
            when
                not (rate_to_reporting > 0 and rate_to_reporting < 1e9)
                then 'rate_to_reporting_out_of_range'
        end as rejection_reason
    from typed

),

ranked as (

    {{ clv_ranked(
        'judged',
        key=['currency_code', 'rate_date'],
        content=['rate_to_reporting'],
        best_first=['rate_to_reporting desc'],
    ) }}

)

select
    currency_code,
    rate_date,
    rate_to_reporting,
    {{ clv_delivery_status() }} as delivery_status,
    {{ clv_rejection_reason() }} as rejection_reason,
    raw_row
from ranked
