{#- A CSV file as an input, read in place: clv_orders_relation: "{{ clv_csv_file(
    'shop/orders.csv') }}". Every column is text, every line is a row: one with too few
    cells is filled up with nulls, one with too many is kept whole in `overlong_row`, so
    that staging quarantines it. A file that cannot be read whole stops the build. -#}
{% macro clv_csv_file(path, delimiter=',') %}
    {{- return(adapter.dispatch('clv_csv_file', 'dynamic_clv')(path, delimiter)) -}}
{% endmacro %}


{% macro default__clv_csv_file(path, delimiter) %}
    {{ exceptions.raise_compiler_error(
        "`clv_csv_file` reads files in place only on DuckDB. Received: " ~ path
        ~ ". Load the file into your warehouse first, with all columns as text, and"
        ~ " name that table in the var `clv_<input>_relation`."
    ) }}
{% endmacro %}


{#- Cells beyond the header are read too, so that no line is cut off unseen. -#}
{% macro duckdb__clv_csv_file(path, delimiter) %}
    {%- if not execute -%}
        {{ return('(select 1 as nothing)') }}
    {%- endif -%}
    {%- set columns = clv_csv_header(path, delimiter) -%}
    {%- set cells = [] -%}
    {%- for number in range(1, columns | length + 33) -%}
        {%- do cells.append('cell_' ~ number) -%}
    {%- endfor -%}
    {%- set spare = cells[columns | length:] | join(', ') -%}
    {%- set is_overlong = "concat_ws(''," ~ spare ~ ") <> ''" -%}
    {%- set sql -%}
        (
            select
            {%- for column in columns %}
                case when not ({{ is_overlong }}) then {{ cells[loop.index0] }} end
                    as {{ adapter.quote(column) }},
            {%- endfor %}
                case
                    when {{ is_overlong }}
                        then concat_ws('{{ delimiter }}', {{ cells | join(', ') }})
                end as overlong_row
            from {{ clv_csv_cells(path, delimiter, cells, 'true') }}
        )
    {%- endset -%}
    {{ return(sql) }}
{% endmacro %}


{#- Said out loud rather than sniffed: sniffing fails on mixed line ends, on one column
    and on an empty file, and it guesses types. -#}
{% macro clv_csv_cells(path, delimiter, cells, has_header) -%}
    read_csv(
        {{ clv_text(path) }},
        auto_detect = false, header = {{ has_header }}, delim = '{{ delimiter }}',
        quote = '"', escape = '"', new_line = '\n', strict_mode = false,
        null_padding = true, parallel = false, max_line_size = 67108864,
        columns = { {%- for cell in cells %}'{{ cell }}': 'varchar'
            {{- ', ' if not loop.last }}{% endfor -%} }
    )
{%- endmacro %}


{#- Names of the columns, after making sure that the file can be read whole. -#}
{% macro clv_csv_header(path, delimiter) %}
    {{ clv_check_csv(path, delimiter) }}
    {%- set cells = [] -%}
    {%- for number in range(1, 501) -%}
        {%- do cells.append('cell_' ~ number) -%}
    {%- endfor -%}
    {%- set query -%}
        select * from {{ clv_csv_cells(path, delimiter, cells, 'false') }} limit 1
    {%- endset -%}
    {%- set columns = [] -%}
    {%- set names = run_query(query).rows[0].values() | list -%}
    {%- set last = namespace(cell=0) -%}
    {%- for name in names -%}
        {%- set last.cell = loop.index if name else last.cell -%}
    {%- endfor -%}
    {%- for name in names[:last.cell] -%}
        {%- set named = (name or '').replace('"', '') | trim -%}
        {%- do columns.append(named or 'column_' ~ loop.index) -%}
    {%- endfor -%}
    {%- set lower = columns | map('lower') | list -%}
    {%- if lower | unique | list | length < lower | length -%}
        {{ clv_csv_error(
            path, "each column name once", columns | join(', '),
            "Rename the columns that share a name"
        ) }}
    {%- endif -%}
    {{ return(columns) }}
{% endmacro %}


{% macro clv_text(value) -%}
    '{{ value | replace("'", "''") }}'
{%- endmacro %}
