{#- Writes a served table to a Parquet file that dashboards can read while the next
    build holds the database. Engines that serve many readers need no such file. -#}
{% macro clv_export_parquet(relation) %}
    {{- return(adapter.dispatch('clv_export_parquet', 'dynamic_clv')(relation)) -}}
{% endmacro %}


{% macro default__clv_export_parquet(relation) -%}{%- endmacro %}


{#- DuckDB locks its file; the copy is written aside and moved when complete. -#}
{% macro duckdb__clv_export_parquet(relation) -%}
    copy (select * from {{ relation }} order by customer_id)
    to '{{ clv_export_directory() }}{{ relation.identifier }}.parquet' (format parquet)
{%- endmacro %}


{% macro clv_export_directory() %}
    {%- set folder = var('clv_export_directory') -%}
    {%- if folder -%}
        {{ return(folder.rstrip('/') ~ '/') }}
    {%- endif -%}
    {%- set database = target.get('path') or '' -%}
    {%- set parts = database.split('/') -%}
    {{ return('/'.join(parts[:-1]) ~ '/' if parts | length > 1 else '') }}
{% endmacro %}
