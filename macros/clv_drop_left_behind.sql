{#- Drops the helper tables of an incremental Python model: dbt-duckdb makes them out of
    its own transaction, believes them temporary and leaves one behind per build. -#}
{% macro clv_drop_left_behind(relation) %}
    {{- return(adapter.dispatch('clv_drop_left_behind', 'dynamic_clv')(relation)) -}}
{% endmacro %}


{% macro default__clv_drop_left_behind(relation) -%}{%- endmacro %}


{#- Only DuckDB leaves them, beside the model. Other schemas and attached databases,
    which may be read-only, are not ours. -#}
{% macro duckdb__clv_drop_left_behind(relation) %}
    {%- if execute -%}
        {%- set left_behind -%}
            select table_catalog, table_schema, table_name
            from information_schema.tables
            where
                starts_with(table_name, '{{ relation.identifier }}__dbt_tmp')
                and lower(table_schema) = lower('{{ relation.schema }}')
                and lower(table_catalog) = lower('{{ relation.database }}')
        {%- endset -%}
        {%- for row in run_query(left_behind).rows -%}
            {%- do run_query('drop table "' ~ row.values() | join('"."') ~ '"') -%}
        {%- endfor -%}
    {%- endif -%}
{% endmacro %}
