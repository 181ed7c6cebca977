{#- A sum that is the same in whatever order the rows come: added up as decimals, and
    only then a 64-bit number. -#}
{% macro clv_exact_sum(column, condition='1 = 1') -%}
    cast(coalesce(sum(cast({{ column }} as {{ clv_type_money() }})) filter (
        where {{ condition }}
    ), 0) as {{ clv_type_double() }})
{%- endmacro %}
