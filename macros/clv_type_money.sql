{#- Money: a fixed scale, so that sums are exact on every engine. -#}
{% macro clv_type_money() -%}
    decimal(18, 2)
{%- endmacro %}
