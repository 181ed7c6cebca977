-- One row per delivered snapshot, in the reporting currency where a rate exists.

with

snapshots as (

    select * from {{ ref('stg_clv__customer_snapshots') }}

),

rates as (

    select * from {{ ref('int_clv__exchange_rates_cleaned') }}

),

-- the newest rate known on the day of the snapshot; without money none is needed
rated as (

    select
        snapshots.*,
        case
            when
                snapshots.currency_code = '{{ var("clv_reporting_currency") }}'
                or snapshots.purchase_amount = 0
                then 1
            else rates.rate_to_reporting
        end as rate_to_reporting
    from snapshots
    left join rates
        on
            snapshots.currency_code = rates.currency_code
            and snapshots.snapshot_date >= rates.valid_from_date
            and snapshots.snapshot_date < rates.valid_until_date

),

checked as (

    select
        *,
        case
            when rate_to_reporting is null then 'exchange_rate_missing'
            when
                abs(purchase_amount) * rate_to_reporting >= {{ clv_largest_amount() }}
                then 'purchase_amount_out_of_range'
        end as conversion_problem
    from rated

)

select
    customer_id,
    snapshot_date,
    count_purchases,
    purchase_amount,
    currency_code,
    rate_to_reporting,
    count_page_views,
    search_keyword,
    age,
    gender,
    region,
    case
        when delivery_status = 'accepted' and conversion_problem is not null
            then 'rejected'
        else delivery_status
    end as delivery_status,
    case
        when delivery_status = 'accepted' then conversion_problem
        else rejection_reason
    end as rejection_reason,
    raw_row
from checked
