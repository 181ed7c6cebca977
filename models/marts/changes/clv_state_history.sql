-- One row per customer or prospect and as_of_date: where they stood then.
-- A build replaces its own date whole and reads no other: dates may come in any order.

{{ config(
    materialized='incremental',
    incremental_strategy='delete+insert',
    unique_key='as_of_date',
    on_schema_change='append_new_columns',
    full_refresh=false,
    meta={'clv_keeps_rows': 'always'},
) }}

with

predictions as (

    select * from {{ ref('clv_scores_ranked') }}

),

behaviour as (

    select * from {{ ref('fea_clv__customer_behaviour') }}

),

customers as (

    select
        predictions.customer_id,
        predictions.as_of_date,
        predictions.horizon_days,
        predictions.historic_clv,
        predictions.churn_probability,
        predictions.clv_tier,
        predictions.lifecycle_stage,
        behaviour.purchase_days,
        behaviour.recency_days,
        behaviour.t_days,
        behaviour.days_since_last_order,
        behaviour.mean_interpurchase_days
    from predictions
    inner join behaviour
        on
            predictions.customer_id = behaviour.customer_id
            and predictions.as_of_date = behaviour.as_of_date

),

-- half of those who came back did so within this many days
shop as (

    select
        percentile_cont(0.5) within group (
            order by mean_interpurchase_days
        ) as usual_gap_days
    from customers

),

-- One gap of the shop is counted in: two orders within a week are no rhythm yet. The
-- usual amount is that of a horizon at the customer's own pace; a shorter life counts
-- as a whole horizon.
measured as (

    select
        customers.*,
        (customers.recency_days + shop.usual_gap_days) * 1.0
        / customers.purchase_days as usual_gap_days,
        greatest(cast(customers.historic_clv as {{ clv_type_double() }}), 0)
        * customers.horizon_days
        / greatest(customers.t_days, customers.horizon_days) as usual_amount,
        {{ clv_quintile('customers.days_since_last_order', 'desc') }} as recency_score,
        {{ clv_quintile('customers.purchase_days') }} as frequency_score,
        {{ clv_quintile('customers.historic_clv') }} as monetary_score
    from customers
    cross join shop

),

judged as (

    select
        *,
        {{ clv_rfm_segment() }} as rfm_segment,
        {{ clv_alert_status() }} as alert_status
    from measured

)

select
    predictions.customer_id,
    predictions.as_of_date,
    predictions.horizon_days,
    predictions.currency_code,
    predictions.clv_decile,
    predictions.clv_tier,
    predictions.lifecycle_stage,
    cast(coalesce(judged.rfm_segment, 'prospect') as {{ dbt.type_string() }})
        as rfm_segment,
    cast(judged.recency_score as integer) as recency_score,
    cast(judged.frequency_score as integer) as frequency_score,
    cast(judged.monetary_score as integer) as monetary_score,
    predictions.predicted_clv,
    predictions.historic_clv,
    predictions.churn_probability,
    cast(
        {{ dbt.dateadd(
            'day', '-1 * judged.days_since_last_order', 'predictions.as_of_date'
        ) }} as date
    ) as last_order_date,
    cast(judged.days_since_last_order as integer) as days_since_last_order,
    cast(judged.usual_gap_days as {{ clv_type_double() }}) as usual_gap_days,
    cast(
        predictions.churn_probability * coalesce(judged.usual_amount, 0)
        as {{ clv_type_money() }}
    ) as value_at_risk,
    cast(coalesce(judged.alert_status, 'prospect') as {{ dbt.type_string() }})
        as alert_status,
    predictions.scored_at
from predictions
left join judged on predictions.customer_id = judged.customer_id
