{#- Lets a column of a table that earlier versions built hold nulls: history is never
    rebuilt, so its constraints do not follow the contract by themselves. -#}
{% macro clv_allow_null(relation, column) -%}
    {%- if is_incremental() -%}
        alter table {{ relation }} alter column {{ column }} drop not null
    {%- endif -%}
{%- endmacro %}
