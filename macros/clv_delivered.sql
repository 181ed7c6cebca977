{#- An input as it came: every column of the contract, in the contract's names.
    Text is trimmed and '' is null; a column that was not delivered is null; all
    delivered columns, known or not, are kept side by side in `raw_row` as text.
    An input that the shop does not have gives no row. -#}
{% macro clv_delivered(name, required, optional=[]) %}
    {%- set relation = clv_input(name) -%}
    {%- set delivered = clv_delivered_columns(relation) if execute else {} -%}
    {%- if execute and relation is not none -%}
        {{ clv_check_columns(name, relation, required, delivered) }}
    {%- endif -%}

    select
    {%- for column in required + optional %}
        {% if column in delivered -%}
            {{ clv_tidy(delivered[column]) }}
        {%- else -%}
            cast(null as {{ dbt.type_string() }})
        {%- endif %} as {{ column }},
    {%- endfor %}
        {{ clv_row_as_text(delivered.values() | list) }} as raw_row
    {% if relation is not none and (delivered or not execute) -%}
    from {{ relation }}
    {%- else -%}
    from (select 1 as nothing) as no_such_input
    where 1 = 0
    {%- endif -%}
{% endmacro %}


{#- Delivered columns by lower-case name. Empty when the relation is not built yet,
    as while compiling or linting on an empty database. -#}
{% macro clv_delivered_columns(relation) %}
    {%- set columns = {} -%}
    {%- if relation is not none and clv_relation_exists(relation) -%}
        {%- set query = 'select * from ' ~ relation ~ ' where 1 = 0' -%}
        {%- for column in adapter.get_column_schema_from_query(query) -%}
            {%- do columns.update({column.name | lower: column}) -%}
        {%- endfor -%}
    {%- endif -%}
    {{ return(columns) }}
{% endmacro %}


{#- Whether the shop delivers a column of an input. -#}
{% macro clv_is_delivered(name, column) %}
    {{- return(column in clv_delivered_columns(clv_input(name))) -}}
{% endmacro %}


{% macro clv_relation_exists(relation) %}
    {%- if relation is not string -%}
        {{ return(load_relation(relation) is not none) }}
    {%- endif -%}
    {%- if '(' in relation -%}
        {{ return(flags.WHICH in ['run', 'build', 'test']) }}
    {%- endif -%}
    {%- set parts = relation | replace('"', '') | replace('`', '') -%}
    {%- set parts = parts.split('.') -%}
    {%- set parts = [target.database, target.schema][:3 - parts | length] + parts -%}
    {{ return(adapter.get_relation(parts[0], parts[1], parts[2]) is not none) }}
{% endmacro %}


{% macro clv_check_columns(name, relation, required, delivered) %}
    {%- set missing = required | reject('in', delivered) | list -%}
    {%- set place = relation if '(' not in relation | string else 'a query' -%}
    {%- if not delivered and flags.WHICH in ['run', 'build'] -%}
        {%- set or_none = "; `none` says that the shop has no such input" -%}
        {{ exceptions.raise_compiler_error(
            "Input `" ~ name ~ "` wants the table " ~ place ~ ". Found no such table."
            ~ " Build or load it first, or correct `clv_" ~ name ~ "_relation`"
            ~ (or_none if name != 'orders' else '') ~ "."
        ) }}
    {%- elif delivered and missing -%}
        {{ exceptions.raise_compiler_error(
            "Input `" ~ name ~ "` (" ~ place ~ ") wants the column(s) "
            ~ missing | join(', ') ~ ". Found: " ~ delivered.keys() | join(', ')
            ~ ". Rename them in an adapter view, as docs/input_contract.md shows, and"
            ~ " point `clv_" ~ name ~ "_relation` to it."
        ) }}
    {%- endif -%}
{% endmacro %}


{% macro clv_tidy(column) %}
    {%- if column.is_string() -%}
        nullif(trim({{ adapter.quote(column.name) }}), '')
    {%- elif column.name.lower().endswith('_id') and clv_has_fraction(column) -%}
        {{ clv_id_as_text(adapter.quote(column.name)) }}
    {%- else -%}
        {{ adapter.quote(column.name) }}
    {%- endif -%}
{% endmacro %}


{#- Whether a type writes whole numbers with a point: engines name it with its size, as
    in decimal(18,2), or without. -#}
{% macro clv_has_fraction(column) %}
    {%- set type = column.dtype.lower().split('(')[0] -%}
    {{- return(column.is_float() or type in ['decimal', 'numeric']) -}}
{% endmacro %}


{#- The same id may be 7 in one input and 7.0 in another, where a missing one made the
    whole column floating. Beyond 2^53 such a type does not hold every whole number:
    those, and fractions, stay as they are. -#}
{% macro clv_id_as_text(number) -%}
    case
        when
            {{ number }} = floor({{ number }})
            and abs({{ number }}) <= 9007199254740992
            then cast(cast({{ number }} as bigint) as {{ dbt.type_string() }})
        else cast({{ number }} as {{ dbt.type_string() }})
    end
{%- endmacro %}


{% macro clv_row_as_text(columns) %}
    {%- if not columns -%}
        cast('' as {{ dbt.type_string() }})
    {%- endif -%}
    {%- for column in columns -%}
        {%- set name = ('; ' if not loop.first else '') ~ column.name -%}
        '{{ name | replace("'", "''") }}=' || coalesce(
            cast({{ adapter.quote(column.name) }} as {{ dbt.type_string() }}), ''
        ){{ ' || ' if not loop.last }}
    {%- endfor -%}
{% endmacro %}
