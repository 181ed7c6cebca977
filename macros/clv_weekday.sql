{#- Day of the week, Monday 0 to Sunday 6, counted from a Monday: engines disagree about
    which day a week starts on. -#}
{% macro clv_weekday(date) -%}
    mod({{ dbt.datediff("cast('1970-01-05' as date)", date, 'day') }}, 7)
{%- endmacro %}
