-- One row per as_of_date, kind of state, state on the date before and state on it.
-- Only pairs of dates that are new, or of which one was built again, are counted.

{{ config(
    materialized='incremental',
    incremental_strategy='delete+insert',
    unique_key='as_of_date',
    on_schema_change='append_new_columns',
) }}

with

history as (

    select * from {{ ref('clv_state_history') }}

),

dates as (

    select
        as_of_date,
        max(scored_at) as scored_at
    from history
    group by as_of_date

),

pairs as (

    select
        as_of_date,
        lag(as_of_date) over (order by as_of_date) as previous_as_of_date,
        greatest(
            scored_at, lag(scored_at) over (order by as_of_date)
        ) as scored_at
    from dates

),

counted as (

    {% if is_incremental() %}
        select distinct
            as_of_date,
            previous_as_of_date,
            scored_at
        from {{ this }}
    {% else %}
        select * from pairs
        where 1 = 0
    {% endif %}

),

changed as (

    select pairs.*
    from pairs
    left join counted
        on
            pairs.as_of_date = counted.as_of_date
            and pairs.previous_as_of_date = counted.previous_as_of_date
            and pairs.scored_at = counted.scored_at
    where pairs.previous_as_of_date is not null and counted.as_of_date is null

),

before as (

    select
        changed.as_of_date,
        history.customer_id,
        history.clv_tier,
        history.lifecycle_stage,
        history.rfm_segment,
        history.predicted_clv
    from changed
    inner join history on changed.previous_as_of_date = history.as_of_date

),

after as (

    select
        history.as_of_date,
        history.customer_id,
        history.clv_tier,
        history.lifecycle_stage,
        history.rfm_segment,
        history.predicted_clv
    from changed
    inner join history on changed.as_of_date = history.as_of_date

),

moves as (

    {% for kind in ['clv_tier', 'lifecycle_stage', 'rfm_segment'] %}
        select
            coalesce(before.as_of_date, after.as_of_date) as as_of_date,
            '{{ kind }}' as state_kind,
            coalesce(before.{{ kind }}, 'absent') as from_state,
            coalesce(after.{{ kind }}, 'absent') as to_state,
            before.predicted_clv as predicted_clv_before,
            after.predicted_clv as predicted_clv_after
        from before
        full outer join after
            on
                before.customer_id = after.customer_id
                and before.as_of_date = after.as_of_date
        {{ 'union all' if not loop.last }}
    {% endfor %}

),

counted_moves as (

    select
        as_of_date,
        state_kind,
        from_state,
        to_state,
        count(*) as count_customers,
        sum(coalesce(predicted_clv_before, 0)) as predicted_clv_before,
        sum(coalesce(predicted_clv_after, 0)) as predicted_clv_after
    from moves
    group by as_of_date, state_kind, from_state, to_state

)

select
    counted_moves.as_of_date,
    changed.previous_as_of_date,
    cast(counted_moves.state_kind as {{ dbt.type_string() }}) as state_kind,
    cast(counted_moves.from_state as {{ dbt.type_string() }}) as from_state,
    cast(counted_moves.to_state as {{ dbt.type_string() }}) as to_state,
    cast(counted_moves.count_customers as integer) as count_customers,
    cast(counted_moves.predicted_clv_before as {{ clv_type_money() }})
        as predicted_clv_before,
    cast(counted_moves.predicted_clv_after as {{ clv_type_money() }})
        as predicted_clv_after,
    changed.scored_at
from counted_moves
inner join changed on counted_moves.as_of_date = changed.as_of_date
