{#- The value tier of a customer, from deciles that count from the best. Yours to
    override. -#}
{% macro clv_tier(decile) %}
    {{- return(adapter.dispatch('clv_tier', 'dynamic_clv')(decile)) -}}
{% endmacro %}


{% macro default__clv_tier(decile) -%}
    case
        when {{ decile }} = 1 then 'top'
        when {{ decile }} <= 3 then 'high'
        when {{ decile }} <= 7 then 'medium'
        else 'low'
    end
{%- endmacro %}
