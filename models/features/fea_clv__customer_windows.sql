-- One row per customer and period in which something happened: what the network reads.

with

activity as (

    select * from {{ ref('int_clv__customer_periods') }}

),

clock as (

    select
        as_of_date,
        period_days
    from {{ ref('fea_clv__as_of_dates') }}
    where role = 'today'

),

-- whole periods back from as_of_date: every cut-off falls between two of them
placed as (

    select
        activity.*,
        cast(floor(
            ({{ dbt.datediff(
                'activity.activity_date', 'clock.as_of_date', 'day'
            ) }} - 1) * 1.0 / clock.period_days
        ) as integer) as periods_before_today
    from activity
    cross join clock
    where activity.activity_date < clock.as_of_date

)

select
    customer_id,
    customer_bucket,
    periods_before_today,
    {% for channel in clv_channels() %}
        {{ clv_sum_of_channel(channel) }} as {{ channel }},
    {% endfor %}
    count(*) as count_active_days
from placed
group by customer_id, customer_bucket, periods_before_today
order by customer_bucket, customer_id
