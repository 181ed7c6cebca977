{#- Of a step that is read several times: worked out at each reading. Written down whole
    it takes a large shop more memory than there is. -#}
{% macro clv_inlined() -%}
    {{ return(adapter.dispatch('clv_inlined', 'dynamic_clv')()) }}
{%- endmacro %}


{#- Spark does so anyway, and has no words for it. -#}
{% macro default__clv_inlined() -%}
{%- endmacro %}


{% macro duckdb__clv_inlined() -%}
    not materialized
{%- endmacro %}


{% macro postgres__clv_inlined() -%}
    not materialized
{%- endmacro %}
