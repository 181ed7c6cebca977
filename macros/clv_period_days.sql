{#- Days in one period. Periods are equal and counted back from as_of_date, never from
    a calendar, so a month is 30 days. -#}
{% macro clv_period_days() %}
    {%- set days = {'day': 1, 'week': 7, 'month': 30} -%}
    {%- if var('clv_period') not in days -%}
        {{ exceptions.raise_compiler_error(
            "`clv_period` wants day, week or month. Received: " ~ var('clv_period')
        ) }}
    {%- endif -%}
    {{ return(days[var('clv_period')]) }}
{% endmacro %}
