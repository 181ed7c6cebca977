{#- Makes sure that a CSV file can be read whole, or says in a sentence why not. -#}
{% macro clv_check_csv(path, delimiter) %}
    {{- return(adapter.dispatch('clv_check_csv', 'dynamic_clv')(path, delimiter)) -}}
{% endmacro %}


{% macro default__clv_check_csv(path, delimiter) %}{% endmacro %}


{#- Cut at every double quote, odd parts stand outside of quotes and even ones inside.
    An outside part touches a quoted cell only with a delimiter or a line end; an empty
    one is a doubled quote. The query counts the lines that are not blank and names the
    first bad one. -#}
{% macro duckdb__clv_check_csv(path, delimiter) %}
    {{ clv_check_csv_size(path) }}
    {%- set edges = "('" ~ delimiter ~ "', chr(10))" -%}
    {%- set query -%}
    with

    file as (

        select string_split(replace(replace(
            try(decode(content)), chr(13) || chr(10), chr(10)
        ), chr(13), chr(10)), '"') as parts
        from read_blob({{ clv_text(path) }})

    ),

    parts as (

        select
            unnest(parts) as part,
            unnest(range(1, len(parts) + 1)) as part_number,
            len(parts) as count_parts
        from file

    ),

    numbered as (

        select
            part_number,
            count_parts,
            part_number % 2 = 1 as is_outside,
            case when part_number % 2 = 1 then part else 'quoted' end as text_outside,
            part_number > 1 and left(part, 1) not in {{ edges }} as ends_badly,
            part_number < count_parts and right(part, 1) not in {{ edges }}
            and part <> chr(65279) as begins_badly,
            1 + coalesce(sum(length(part) - length(replace(part, chr(10), ''))) over (
                order by part_number rows between unbounded preceding and 1 preceding
            ), 0) as first_line,
            part <> '' as is_filled,
            length(part) - length(replace(part, chr(10), '')) as count_line_ends
        from parts

    ),

    outside as (

        select trim(
            regexp_replace(
                string_agg(text_outside, '' order by part_number), '\n+', chr(10), 'g'
            ),
            chr(10)
        ) as text_outside
        from numbered

    )

    select
        cast((
            select length(text_outside) - length(replace(text_outside, chr(10), '')) + 1
            from outside
        ) as bigint) as count_lines,
        cast(min(case
            when count_parts % 2 = 0 and part_number = count_parts then first_line
            when is_outside and is_filled and ends_badly then first_line
            when is_outside and is_filled and begins_badly
                then first_line + count_line_ends
        end) as bigint) as first_bad_line
    from numbered
    {%- endset -%}
    {%- set found = run_query(query).rows[0] -%}
    {%- if found[0] is none -%}
        {{ clv_csv_error(
            path, "text in UTF-8", "bytes that are not UTF-8",
            "Save the file as UTF-8, without changing its content"
        ) }}
    {%- elif found[1] is not none -%}
        {{ clv_csv_error(
            path, "every quoted cell to be closed",
            "a double quote out of place in line " ~ found[1],
            "Close the cell, or write the quote twice inside a quoted cell"
        ) }}
    {%- endif -%}
    {%- set cells = clv_csv_cells(path, delimiter, ['cell_1', 'cell_2'], 'false') -%}
    {%- set count_rows = run_query('select count(*) from ' ~ cells).rows[0][0] -%}
    {%- if count_rows != found[0] -%}
        {{ clv_csv_error(
            path, "each of its " ~ found[0] ~ " lines to be a row",
            count_rows ~ " rows",
            "Save the file again as plain CSV, one row per line"
        ) }}
    {%- endif -%}
{% endmacro %}


{#- A file must be held in memory to be checked, so there is a limit: 512 MiB. -#}
{% macro clv_check_csv_size(path) %}
    {%- set files = run_query(
        'select size from read_blob(' ~ clv_text(path) ~ ')'
    ) if run_query('select * from glob(' ~ clv_text(path) ~ ')').rows else none -%}
    {%- if files is none -%}
        {{ clv_csv_error(
            path, "a CSV file", "no such file",
            "Check the path; it starts in the folder where dbt runs"
        ) }}
    {%- elif files.rows | length > 1 or files.rows[0][0] > 536870912 -%}
        {{ clv_csv_error(
            path, "one CSV file of at most 512 MiB",
            files.rows | length ~ " file(s), the first with " ~ files.rows[0][0]
            ~ " bytes",
            "Load it into your warehouse first and name that table in the var"
        ) }}
    {%- elif files.rows[0][0] == 0 -%}
        {{ clv_csv_error(
            path, "a line with the names of the columns", "an empty file",
            "Deliver the file again, or set the var to `none` if the shop has no such"
            ~ " input"
        ) }}
    {%- endif -%}
{% endmacro %}


{% macro clv_csv_error(path, wanted, found, advice) %}
    {{ exceptions.raise_compiler_error(
        "The file `" ~ path ~ "`: wanted " ~ wanted ~ ". Found " ~ found ~ ". "
        ~ advice ~ "."
    ) }}
{% endmacro %}
