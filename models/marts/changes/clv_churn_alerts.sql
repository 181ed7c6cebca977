-- One row per silence of a valuable customer: when it was first seen, and how it ended.
-- A silence is one alert in whatever order its dates are built: its id rests on the
-- last order, not on the first build that noticed.

with

silences as (

    select * from {{ ref('clv_silences') }}

),

-- Read by name three times and not from one CTE, which some engines would keep whole.
seen_first as (

    select
        silences.customer_id,
        silences.last_order_date,
        history.churn_probability
    from silences
    inner join {{ ref('clv_state_history') }} as history
        on
            silences.customer_id = history.customer_id
            and silences.first_seen = history.as_of_date

),

seen_last as (

    select
        silences.first_seen,
        silences.last_seen,
        silences.resolved_at,
        history.*
    from silences
    inner join {{ ref('clv_state_history') }} as history
        on
            silences.customer_id = history.customer_id
            and silences.last_seen = history.as_of_date

),

afterwards as (

    select
        silences.customer_id,
        silences.resolved_at,
        history.last_order_date,
        history.alert_status
    from silences
    inner join {{ ref('clv_state_history') }} as history
        on
            silences.customer_id = history.customer_id
            and silences.resolved_at = history.as_of_date

)

select
    md5(
        seen_last.customer_id
        || '|'
        || cast(seen_last.last_order_date as {{ dbt.type_string() }})
    ) as alert_id,
    seen_last.customer_id,
    seen_last.first_seen,
    seen_last.last_seen,
    seen_last.resolved_at,
    cast(
        case
            when seen_last.resolved_at is null then null
            when afterwards.customer_id is null then 'no_longer_known'
            when afterwards.last_order_date > seen_last.last_order_date
                then 'ordered_again'
            when afterwards.last_order_date = seen_last.last_order_date
                then afterwards.alert_status
            else 'last_order_withdrawn'
        end as {{ dbt.type_string() }}
    ) as resolved_reason,
    seen_last.last_order_date,
    seen_last.days_since_last_order,
    seen_last.usual_gap_days,
    seen_first.churn_probability as churn_probability_first_seen,
    seen_last.churn_probability,
    seen_last.value_at_risk,
    seen_last.currency_code,
    seen_last.horizon_days,
    seen_last.predicted_clv,
    seen_last.historic_clv,
    seen_last.clv_tier,
    seen_last.lifecycle_stage,
    seen_last.rfm_segment
from seen_last
inner join seen_first
    on
        seen_last.customer_id = seen_first.customer_id
        and seen_last.last_order_date = seen_first.last_order_date
left join afterwards
    on
        seen_last.customer_id = afterwards.customer_id
        and seen_last.resolved_at = afterwards.resolved_at
