{#- Branches of a `case` that name what is wrong with the date of a fact. A date after
    today's wall clock would move the clock of the whole shop, so it is rejected; a date
    between as_of_date and today is fine: it is only not known yet. -#}
{% macro clv_date_rejection(delivered, typed, name) -%}
    when {{ delivered }} is null then '{{ name }}_missing'
    when {{ typed }} is null then '{{ name }}_not_a_date'
    when
        {{ typed }} >= cast('{{ clv_tomorrow() }}' as {{ dbt.type_timestamp() }})
        then '{{ name }}_in_the_future'
    when
        {{ typed }} < cast('1990-01-01' as {{ dbt.type_timestamp() }})
        then '{{ name }}_before_1990'
{%- endmacro %}


{#- The same for an attribute, which is missing rather than wrong. -#}
{% macro clv_is_plausible_date(typed) -%}
    {{ typed }} < cast('{{ clv_tomorrow() }}' as {{ dbt.type_timestamp() }})
    and {{ typed }} >= cast('1990-01-01' as {{ dbt.type_timestamp() }})
{%- endmacro %}


{#- A day of grace, for shops east of UTC. -#}
{% macro clv_tomorrow() %}
    {%- set day_after = run_started_at + modules.datetime.timedelta(days=2) -%}
    {{- return(day_after.strftime('%Y-%m-%d')) -}}
{% endmacro %}
