{#- Rows that an input delivered, counted at the door and not after our steps. -#}
{% macro clv_count_delivered(name) -%}
    {%- set relation = clv_input(name) -%}
    {%- if relation is none -%}
        select 0
    {%- else -%}
        select count(*) from {{ relation }}
    {%- endif -%}
{%- endmacro %}
