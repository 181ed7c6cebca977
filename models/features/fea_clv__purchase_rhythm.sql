-- One row per customer and cut-off: frequency, recency and T, and the gaps between.

with

cutoffs as (

    select * from {{ ref('fea_clv__cutoffs') }}

),

orders as (

    select * from {{ ref('int_clv__orders_cleaned') }}
    where is_refund = 0

),

-- two orders on one day are one purchase, as in the papers on BG/NBD
purchases as (

    select distinct
        customer_id,
        customer_bucket,
        order_date
    from orders

),

gaps as (

    select
        customer_id,
        customer_bucket,
        order_date,
        {{ dbt.datediff(
            'lag(order_date) over (partition by customer_id order by order_date)',
            'order_date',
            'day'
        ) }} as gap_days
    from purchases

),

-- whole numbers add up to the same in whatever order the rows come
summed as (

    select
        gaps.customer_id,
        cutoffs.as_of_date,
        count(*) as purchase_days,
        min(gaps.order_date) as first_order_date,
        max(gaps.order_date) as last_order_date,
        count(gaps.gap_days) as count_gaps,
        cast(sum(gaps.gap_days) as {{ clv_type_double() }}) as gap_days,
        cast(
            sum(cast(gaps.gap_days as bigint) * gaps.gap_days)
            as {{ clv_type_double() }}
        ) as squared_gap_days,
        max(gaps.gap_days) as max_interpurchase_days
    from cutoffs
    inner join gaps
        on
            gaps.customer_bucket = cutoffs.customer_bucket
            and gaps.order_date < cutoffs.as_of_date
    group by gaps.customer_id, cutoffs.as_of_date

)

select
    customer_id,
    as_of_date,
    purchase_days,
    purchase_days - 1 as frequency,
    {{ dbt.datediff('first_order_date', 'last_order_date', 'day') }} as recency_days,
    {{ dbt.datediff('first_order_date', 'as_of_date', 'day') }} as t_days,
    {{ dbt.datediff('last_order_date', 'as_of_date', 'day') }} as days_since_last_order,
    gap_days / nullif(count_gaps, 0) as mean_interpurchase_days,
    case
        when count_gaps > 1 then
            sqrt(
                greatest(squared_gap_days - gap_days * gap_days / count_gaps, 0)
                / (count_gaps - 1)
            )
    end as stddev_interpurchase_days,
    max_interpurchase_days
from summed
