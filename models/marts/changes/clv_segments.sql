-- One row per customer or prospect: newest value tier, stage and segment, and the move.

-- The history is read by name, not from one CTE, which some engines would keep whole.
-- It keeps the words of its time. A tier follows from its decile, so that of both dates
-- is asked for in the words of today; a segment that today's list lacks has no place.
with

dates as (

    select
        as_of_date,
        row_number() over (order by as_of_date desc) as dates_back
    from (select distinct as_of_date from {{ ref('clv_state_history') }}) as built

),

newest as (

    select history.*
    from {{ ref('clv_state_history') }} as history
    inner join dates on history.as_of_date = dates.as_of_date
    where dates.dates_back = 1

),

earlier as (

    select history.*
    from {{ ref('clv_state_history') }} as history
    inner join dates on history.as_of_date = dates.as_of_date
    where dates.dates_back = 2

)

select
    newest.customer_id,
    newest.as_of_date,
    newest.horizon_days,
    newest.currency_code,
    newest.clv_tier,
    newest.lifecycle_stage,
    newest.rfm_segment,
    newest.recency_score,
    newest.frequency_score,
    newest.monetary_score,
    newest.predicted_clv,
    newest.historic_clv,
    newest.churn_probability,
    newest.days_since_last_order,
    newest.usual_gap_days,
    newest.value_at_risk,
    newest.alert_status,
    earlier.as_of_date as previous_as_of_date,
    earlier.clv_tier as previous_clv_tier,
    earlier.lifecycle_stage as previous_lifecycle_stage,
    earlier.rfm_segment as previous_rfm_segment,
    earlier.predicted_clv as previous_predicted_clv,
    cast(
        case
            when earlier.customer_id is null then 'new'
            when
                {{ clv_tier('newest.clv_decile') }}
                = {{ clv_tier('earlier.clv_decile') }}
                then 'same'
            when newest.clv_decile < earlier.clv_decile then 'up'
            else 'down'
        end as {{ dbt.type_string() }}
    ) as tier_movement,
    cast(
        case
            when earlier.customer_id is null then 'new'
            when newest.rfm_segment = earlier.rfm_segment then 'same'
            when
                {{ clv_rfm_segment_place('newest.rfm_segment') }}
                < {{ clv_rfm_segment_place('earlier.rfm_segment') }}
                then 'up'
            when
                {{ clv_rfm_segment_place('newest.rfm_segment') }}
                > {{ clv_rfm_segment_place('earlier.rfm_segment') }}
                then 'down'
            else 'unknown'
        end as {{ dbt.type_string() }}
    ) as segment_movement
from newest
left join earlier on newest.customer_id = earlier.customer_id
