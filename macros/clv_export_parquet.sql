{#- Writes a served table to a Parquet file that dashboards can read while the next
    build holds the database. Engines that serve many readers need no such file. -#}
{% macro clv_export_parquet(relation) %}
    {{- return(adapter.dispatch('clv_export_parquet', 'dynamic_clv')(relation)) -}}
{% endmacro %}


{% macro default__clv_export_parquet(relation) -%}{%- endmacro %}


{#- DuckDB locks its file. A file beside others is written aside and moved when it is
    complete; an object store does that by itself. A build with --empty has nobody to
    show, and would overwrite the copy of one that has. -#}
{% macro duckdb__clv_export_parquet(relation) -%}
    {%- if not flags.EMPTY -%}
        {%- set folder = clv_export_directory() -%}
        {%- set file = clv_export_file(relation.schema, relation.identifier) -%}
        copy (select * from {{ relation }} order by customer_id)
        to {{ clv_text(folder ~ file) }}
        (format parquet {{ ', use_tmp_file true' if '://' not in folder }})
    {%- endif -%}
{%- endmacro %}


{#- The copies of a developer and of production may lie in one folder: each is named
    after its schema. DuckDB's own, `main`, goes without saying. -#}
{% macro clv_export_file(schema, table) %}
    {%- set place = '' if schema | lower == 'main' else schema ~ '.' -%}
    {{ return(place ~ table ~ '.parquet') }}
{% endmacro %}


{#- Says at the start, and not after the training, that the folder cannot be used. The
    file that tries it is the one in which the copy is written aside. -#}
{% macro clv_check_export() %}
    {{- return(adapter.dispatch('clv_check_export', 'dynamic_clv')()) -}}
{% endmacro %}


{% macro default__clv_check_export() -%}{%- endmacro %}


{% macro duckdb__clv_check_export() %}
    {%- set folder = clv_export_directory() -%}
    {%- if
        var('clv_export_directory') and '://' not in folder and not flags.EMPTY
    -%}
        {%- set table = graph.nodes['model.dynamic_clv.clv_predictions'] -%}
        {%- do try_or_compiler_error(
            clv_var_problem('clv_export_directory', 'a folder that dbt can write to')
            ~ ' Make the folder, or leave the var empty: then the copy lies beside the'
            ~ ' database file.',
            run_query,
            'copy (select 1 as nothing where false) to '
            ~ clv_text(folder ~ 'tmp_' ~ clv_export_file(table.schema, table.alias))
            ~ ' (format parquet, use_tmp_file false)',
        ) -%}
    {%- endif -%}
{% endmacro %}


{% macro clv_export_directory() %}
    {%- set folder = var('clv_export_directory') -%}
    {%- if folder -%}
        {{ return(folder.rstrip('/') ~ '/') }}
    {%- endif -%}
    {%- set database = target.get('path') or '' -%}
    {%- set parts = database.split('/') -%}
    {{ return('/'.join(parts[:-1]) ~ '/' if parts | length > 1 else '') }}
{% endmacro %}
