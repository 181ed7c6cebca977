-- One row per silence of a valuable customer: when it was first seen, and how it ended.
-- A silence is one alert in whatever order its dates are built: its id rests on the
-- last order, not on the first build that noticed.

with

history as (

    select * from {{ ref('clv_state_history') }}

),

quiet as (

    select * from history
    where alert_status = 'quiet'

),

silences as (

    select
        customer_id,
        last_order_date,
        min(as_of_date) as first_seen,
        max(as_of_date) as last_seen
    from quiet
    group by customer_id, last_order_date

),

dates as (

    select
        as_of_date,
        lead(as_of_date) over (order by as_of_date) as next_as_of_date
    from (select distinct as_of_date from history) as built

),

followed as (

    select
        silences.*,
        dates.next_as_of_date as resolved_at
    from silences
    inner join dates on silences.last_seen = dates.as_of_date

),

-- of those who are still quiet nothing is asked
afterwards as (

    select
        history.customer_id,
        history.as_of_date,
        history.last_order_date,
        history.alert_status
    from history
    inner join followed
        on
            history.customer_id = followed.customer_id
            and history.as_of_date = followed.resolved_at

)

select
    md5(
        followed.customer_id
        || '|'
        || cast(followed.last_order_date as {{ dbt.type_string() }})
    ) as alert_id,
    followed.customer_id,
    followed.first_seen,
    followed.last_seen,
    followed.resolved_at,
    cast(
        case
            when followed.resolved_at is null then null
            when afterwards.customer_id is null then 'no_longer_known'
            when afterwards.last_order_date > followed.last_order_date
                then 'ordered_again'
            when afterwards.last_order_date = followed.last_order_date
                then afterwards.alert_status
            else 'last_order_withdrawn'
        end as {{ dbt.type_string() }}
    ) as resolved_reason,
    followed.last_order_date,
    quiet.days_since_last_order,
    quiet.usual_gap_days,
    first_quiet.churn_probability as churn_probability_first_seen,
    quiet.churn_probability,
    quiet.value_at_risk,
    quiet.currency_code,
    quiet.horizon_days,
    quiet.predicted_clv,
    quiet.historic_clv,
    quiet.clv_tier,
    quiet.lifecycle_stage,
    quiet.rfm_segment
from followed
inner join quiet
    on
        followed.customer_id = quiet.customer_id
        and followed.last_seen = quiet.as_of_date
inner join quiet as first_quiet
    on
        followed.customer_id = first_quiet.customer_id
        and followed.first_seen = first_quiet.as_of_date
left join afterwards
    on
        followed.customer_id = afterwards.customer_id
        and followed.resolved_at = afterwards.as_of_date
