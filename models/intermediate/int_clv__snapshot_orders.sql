-- One row per purchase or refund that only a snapshot tells of, shaped like an order.

with

snapshots as (

    select
        *,
        greatest(count_purchases, 1) as count_parts
    from {{ ref('int_clv__customer_snapshots_cleaned') }}
    where count_purchases > 0 or net_amount < 0

),

numbers as (

    {{ dbt.generate_series(clv_most_purchases()) }}

),

-- purchases of one day share its amount evenly in whole cents; the first has the rest
parts as (

    select
        snapshots.*,
        cast(numbers.generated_number as integer) as part_number,
        cast(
            floor(snapshots.net_amount * 100 / snapshots.count_parts) / 100.0
            as {{ clv_type_money() }}
        ) as part_amount
    from snapshots
    inner join numbers on numbers.generated_number <= snapshots.count_parts

)

select
    customer_id || ' on ' || cast(snapshot_date as {{ dbt.type_string() }}) || ' #'
    || cast(part_number as {{ dbt.type_string() }}) as order_id,
    customer_id,
    customer_bucket,
    case when net_amount < 0 then 1 else 0 end as is_refund,
    cast(null as {{ dbt.type_string() }}) as refunded_order_id,
    cast(snapshot_date as {{ dbt.type_timestamp() }}) as ordered_at,
    snapshot_date as order_date,
    cast(
        case
            when part_number = 1 then net_amount - part_amount * (count_parts - 1)
            else part_amount
        end as {{ clv_type_money() }}
    ) as net_amount,
    delivered_currency_code,
    cast(null as {{ dbt.type_string() }}) as channel,
    cast(null as {{ dbt.type_string() }}) as device
from parts
