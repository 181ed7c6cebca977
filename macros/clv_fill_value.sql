{#- What stands in for a missing value of a column, over all rows of a group. -#}
{% macro clv_fill_value(column, strategy) -%}
    {%- if strategy == 'mean' -%}
        avg({{ column }})
    {%- elif strategy == 'median' -%}
        percentile_cont(0.5) within group (order by {{ column }})
    {%- elif strategy == 'mode' -%}
        mode() within group (order by {{ column }})
    {%- elif strategy is number -%}
        max({{ strategy }})
    {%- else -%}
        max({{ clv_text(strategy) }})
    {%- endif -%}
{%- endmacro %}
