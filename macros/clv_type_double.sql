{#- A 64-bit number: dbt's own `type_float` is 32-bit on DuckDB and Spark. -#}
{% macro clv_type_double() -%}
    {{ return(adapter.dispatch('clv_type_double', 'dynamic_clv')()) }}
{%- endmacro %}


{% macro default__clv_type_double() -%}
    double
{%- endmacro %}


{#- PostgreSQL spells it in two words. -#}
{% macro postgres__clv_type_double() -%}
    double precision
{%- endmacro %}
