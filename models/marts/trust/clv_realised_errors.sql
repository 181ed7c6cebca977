-- One row per past as_of_date whose horizon is over, and subject: said, and come.

{{ config(
    materialized='incremental',
    incremental_strategy='append',
    on_schema_change='append_new_columns',
    full_refresh=false,
    meta={'clv_keeps_rows': 'always'},
) }}

with

today as (

    select max(as_of_date) as as_of_date
    from {{ ref('fea_clv__as_of_dates') }}
    where role = 'today'

),

history as (

    select
        *,
        case when data_quality_flag = 'prospect' then 'prospects' else 'customers' end
            as subject
    from {{ ref('clv_prediction_history') }}

),

-- predictions whose horizon is over, each date once
finished as (

    select history.*
    from history
    inner join today
        on
            {{ dbt.datediff('history.as_of_date', 'today.as_of_date', 'day') }}
            >= history.horizon_days
    {% if is_incremental() %}
        where
            history.as_of_date not in (
                select known.as_of_date from {{ this }} as known
            )
    {% endif %}

),

orders as (

    select * from {{ ref('int_clv__orders_cleaned') }}

),

outcomes as (

    select
        finished.customer_id,
        finished.as_of_date,
        finished.subject,
        finished.model_version,
        finished.horizon_days,
        finished.predicted_clv,
        finished.predicted_clv_median,
        finished.churn_probability,
        coalesce(sum(orders.net_amount), 0) as net_amount,
        coalesce(max(1 - orders.is_refund), 0) as has_order
    from finished
    left join orders
        on
            finished.customer_id = orders.customer_id
            and finished.as_of_date <= orders.order_date
            and finished.horizon_days
            > {{ dbt.datediff('finished.as_of_date', 'orders.order_date', 'day') }}
    group by
        finished.customer_id,
        finished.as_of_date,
        finished.subject,
        finished.model_version,
        finished.horizon_days,
        finished.predicted_clv,
        finished.predicted_clv_median,
        finished.churn_probability

),

-- equal chances share their ranks evenly
ranked as (

    select
        *,
        rank() over (
            partition by as_of_date, subject
            order by churn_probability desc
        ) as rank_of_chance,
        count(*) over (
            partition by as_of_date, subject, churn_probability
        ) as count_equals
    from outcomes

),

sums as (

    select
        as_of_date,
        subject,
        max(model_version) as model_version,
        max(horizon_days) as horizon_days,
        count(*) as count_customers,
        sum(has_order) as count_buyers,
        sum(predicted_clv) as predicted_amount,
        sum(net_amount) as actual_amount,
        avg(abs(predicted_clv_median - net_amount)) as median_error,
        sum(1 - churn_probability) as expected_buyers,
        sum(
            case
                when has_order = 1 then rank_of_chance + (count_equals - 1) / 2.0
                else 0
            end
        ) as rank_sum
    from ranked
    group by as_of_date, subject

)

select
    cast(as_of_date as date) as as_of_date,
    cast(subject as {{ dbt.type_string() }}) as subject,
    cast(model_version as {{ dbt.type_string() }}) as model_version,
    cast(horizon_days as integer) as horizon_days,
    cast(count_customers as integer) as count_customers,
    cast(predicted_amount as {{ clv_type_money() }}) as predicted_amount,
    cast(actual_amount as {{ clv_type_money() }}) as actual_amount,
    cast(expected_buyers as {{ clv_type_double() }}) as expected_buyers,
    cast(count_buyers as integer) as count_buyers,
    cast(median_error as {{ clv_type_double() }}) as mean_absolute_error_of_median,
    cast(
        (rank_sum - count_buyers * (count_buyers + 1) / 2.0)
        / nullif(count_buyers * (count_customers - count_buyers), 0)
        as {{ clv_type_double() }}
    ) as area_under_curve
from sums
