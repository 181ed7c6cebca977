{#- Days in one period. Periods are equal and counted back from as_of_date, never from
    a calendar, so a month is 30 days. dbt asks while it parses; what is no period is
    named later, together with all other vars, by clv_check_config. -#}
{% macro clv_period_days() %}
    {{- return(clv_periods().get(var('clv_period'), 7)) -}}
{% endmacro %}


{% macro clv_periods() %}
    {{- return({'day': 1, 'week': 7, 'month': 30}) -}}
{% endmacro %}
