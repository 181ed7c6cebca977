{#- A sum of whole numbers, which a 64-bit number holds exactly in whatever order they
    come: half the work of adding up decimals. A `case`, because DuckDB filters anew for
    each aggregate. -#}
{% macro clv_sum_of_counts(column, condition) -%}
    sum(case when {{ condition }} then {{ column }} else 0 end)
{%- endmacro %}
