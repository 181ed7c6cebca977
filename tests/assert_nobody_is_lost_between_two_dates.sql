-- Who left a state and who stayed are those who were in it; who came and who stayed are
-- those who are in it: in heads and in value, at every pair of consecutive dates.

with

moves as (

    select * from {{ ref('clv_segment_transitions') }}

),

dates as (

    select
        as_of_date,
        lag(as_of_date) over (order by as_of_date) as previous_as_of_date
    from (select distinct as_of_date from {{ ref('clv_state_history') }}) as built

),

states as (

    {% for kind in clv_state_kinds() %}
        select
            as_of_date,
            '{{ kind }}' as state_kind,
            {{ kind }} as state,
            count(*) as count_customers,
            sum(predicted_clv) as predicted_clv
        from {{ ref('clv_state_history') }}
        group by as_of_date, {{ kind }}
        {{ 'union all' if not loop.last }}
    {% endfor %}

),

expected as (

    select
        dates.as_of_date,
        'before' as side,
        states.state_kind,
        states.state,
        states.count_customers,
        states.predicted_clv
    from dates
    inner join states on dates.previous_as_of_date = states.as_of_date

    union all

    select
        dates.as_of_date,
        'after' as side,
        states.state_kind,
        states.state,
        states.count_customers,
        states.predicted_clv
    from dates
    inner join states on dates.as_of_date = states.as_of_date
    where dates.previous_as_of_date is not null

),

added_up as (

    select
        as_of_date,
        'before' as side,
        state_kind,
        from_state as state,
        sum(count_customers) as count_customers,
        sum(predicted_clv_before) as predicted_clv
    from moves
    where from_state <> 'absent'
    group by as_of_date, state_kind, from_state

    union all

    select
        as_of_date,
        'after' as side,
        state_kind,
        to_state as state,
        sum(count_customers) as count_customers,
        sum(predicted_clv_after) as predicted_clv
    from moves
    where to_state <> 'absent'
    group by as_of_date, state_kind, to_state

)

select
    coalesce(expected.as_of_date, added_up.as_of_date) as as_of_date,
    coalesce(expected.side, added_up.side) as side,
    coalesce(expected.state_kind, added_up.state_kind) as state_kind,
    coalesce(expected.state, added_up.state) as state,
    expected.count_customers as count_expected,
    added_up.count_customers as count_added_up
from expected
full outer join added_up
    on
        expected.as_of_date = added_up.as_of_date
        and expected.side = added_up.side
        and expected.state_kind = added_up.state_kind
        and expected.state = added_up.state
where
    coalesce(expected.count_customers <> added_up.count_customers, true)
    or coalesce(expected.predicted_clv <> added_up.predicted_clv, true)
