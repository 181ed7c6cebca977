-- One row per currency and rate, with the days on which it holds.

with

rates as (

    select * from {{ ref('stg_clv__exchange_rates') }}

)

select
    currency_code,
    rate_to_reporting,
    rate_date as valid_from_date,
    coalesce(
        lead(rate_date) over (partition by currency_code order by rate_date),
        cast('9999-12-31' as date)
    ) as valid_until_date
from rates
where delivery_status = 'accepted'
