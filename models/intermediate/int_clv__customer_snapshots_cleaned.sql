-- One row per customer and snapshot date: what no finer input tells of that day.

with

snapshots as (

    select * from {{ ref('int_clv__customer_snapshots_converted') }}
    where delivery_status = 'accepted'

),

-- what orders and events tell one by one, a snapshot would tell a second time
finer as (

    select
        ({{ clv_count_delivered('orders') }}) as count_order_rows,
        ({{ clv_count_delivered('events') }}) as count_event_rows

)

select
    snapshots.customer_id,
    {{ clv_customer_bucket('snapshots.customer_id') }} as customer_bucket,
    snapshots.snapshot_date,
    case
        when finer.count_order_rows = 0 then cast(snapshots.count_purchases as integer)
        else 0
    end as count_purchases,
    cast(
        case
            when finer.count_order_rows = 0
                then snapshots.purchase_amount * snapshots.rate_to_reporting
            else 0
        end as {{ clv_type_money() }}
    ) as net_amount,
    snapshots.currency_code as delivered_currency_code,
    case
        when finer.count_event_rows = 0
            then cast(snapshots.count_page_views as {{ dbt.type_bigint() }})
        else 0
    end as count_page_views,
    case
        when finer.count_event_rows = 0
            then {{ clv_keyword_group('snapshots.search_keyword') }}
    end as keyword_group,
    snapshots.age,
    snapshots.gender,
    snapshots.region
from snapshots
cross join finer
