-- One row per as_of_date, kind of state, state on the date before and state on it.
-- Only pairs of dates that are new, or of which one was built again, are counted.

{{ config(
    materialized='incremental',
    incremental_strategy='delete+insert',
    unique_key='as_of_date',
    on_schema_change='append_new_columns',
    meta={'clv_keeps_rows': 'until_full_refresh'},
) }}

-- The history is read by name, not from one CTE, which some engines would keep whole.
with

dates as (

    select
        as_of_date,
        max(scored_at) as scored_at
    from {{ ref('clv_state_history') }}
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
    inner join {{ ref('clv_state_history') }} as history
        on changed.previous_as_of_date = history.as_of_date

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
    inner join {{ ref('clv_state_history') }} as history
        on changed.as_of_date = history.as_of_date

),

-- everybody once, in the few ways of moving that there are
moves as (

    select
        coalesce(before.as_of_date, after.as_of_date) as as_of_date,
        {% for kind in clv_state_kinds() %}
            coalesce(before.{{ kind }}, 'absent') as from_{{ kind }},
            coalesce(after.{{ kind }}, 'absent') as to_{{ kind }},
        {% endfor %}
        count(*) as count_customers,
        sum(coalesce(before.predicted_clv, 0)) as predicted_clv_before,
        sum(coalesce(after.predicted_clv, 0)) as predicted_clv_after
    from before
    full outer join after
        on
            before.customer_id = after.customer_id
            and before.as_of_date = after.as_of_date
    group by
        {% for kind in clv_state_kinds() %}
            coalesce(before.{{ kind }}, 'absent'),
            coalesce(after.{{ kind }}, 'absent'),
        {% endfor %}
        coalesce(before.as_of_date, after.as_of_date)

),

moves_by_kind as (

    {% for kind in clv_state_kinds() %}
        select
            as_of_date,
            '{{ kind }}' as state_kind,
            from_{{ kind }} as from_state,
            to_{{ kind }} as to_state,
            sum(count_customers) as count_customers,
            sum(predicted_clv_before) as predicted_clv_before,
            sum(predicted_clv_after) as predicted_clv_after
        from moves
        group by as_of_date, from_{{ kind }}, to_{{ kind }}
        {{ 'union all' if not loop.last }}
    {% endfor %}

)

select
    moves_by_kind.as_of_date,
    changed.previous_as_of_date,
    cast(moves_by_kind.state_kind as {{ dbt.type_string() }}) as state_kind,
    cast(moves_by_kind.from_state as {{ dbt.type_string() }}) as from_state,
    cast(moves_by_kind.to_state as {{ dbt.type_string() }}) as to_state,
    cast(moves_by_kind.count_customers as integer) as count_customers,
    cast(moves_by_kind.predicted_clv_before as {{ clv_type_money() }})
        as predicted_clv_before,
    cast(moves_by_kind.predicted_clv_after as {{ clv_type_money() }})
        as predicted_clv_after,
    changed.scored_at
from moves_by_kind
inner join changed on moves_by_kind.as_of_date = changed.as_of_date
