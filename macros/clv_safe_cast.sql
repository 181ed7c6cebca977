{#- Cast that gives null, never an error, when the value does not fit the type. -#}
{% macro clv_safe_cast(expression, type) %}
    {{- return(adapter.dispatch('clv_safe_cast', 'dynamic_clv')(expression, type)) -}}
{% endmacro %}


{% macro default__clv_safe_cast(expression, type) -%}
    {{ dbt.safe_cast(expression, type) }}
{%- endmacro %}


{#- dbt's own safe_cast is a plain cast on these three. A time that names its offset
    from UTC is moved to UTC, where DuckDB by itself would drop the offset; it reads one
    that follows without a space, with a colon before minutes, and a capital Z. A column
    that is a time already is left alone, so that DuckDB can skip what a filter
    excludes. -#}
{% macro duckdb__clv_safe_cast(expression, type) -%}
    {%- if 'timestamp' in type | lower -%}
        {%- set text = 'cast(' ~ expression ~ ' as varchar)' -%}
        {%- set offset = ':[0-9.]+ ?([+-][0-9]{2}(:?[0-9]{2})?|[zZ])$' -%}
        case
            when typeof({{ expression }}) in ('TIMESTAMP', 'DATE')
                then try_cast({{ expression }} as {{ type }})
            when regexp_matches({{ text }}, '{{ offset }}')
                then timezone('UTC', try_cast(
                    regexp_replace(
                        regexp_replace(upper({{ text }}), ' ([+-][0-9:]*|Z)$', '\1'),
                        '([+-]..)([0-9]{2})$', '\1:\2'
                    ) as timestamptz
                ))
            else try_cast({{ expression }} as {{ type }})
        end
    {%- else -%}
        try_cast({{ expression }} as {{ type }})
    {%- endif -%}
{%- endmacro %}


{% macro spark__clv_safe_cast(expression, type) -%}
    try_cast({{ expression }} as {{ type }})
{%- endmacro %}


{#- PostgreSQL 15 knows no safe cast: a pattern guards it. A day that its month does not
    have, or a time that is none, still stops the build there. -#}
{% macro postgres__clv_safe_cast(expression, type) -%}
    case
        when
            cast({{ expression }} as text)
            ~ '{{ clv_postgres_pattern(type) }}'
            then cast(cast({{ expression }} as text) as {{ type }})
    end
{%- endmacro %}


{% macro clv_postgres_pattern(type) %}
    {%- if 'timestamp' in type or type == 'date' -%}
        {{ return('^\\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\\d|3[01])([ T].*)?$') }}
    {%- elif 'int' in type -%}
        {{ return('^[+-]?\\d{1,9}$') }}
    {%- else -%}
        {{ return('^[+-]?\\d{1,15}(\\.\\d*)?$') }}
    {%- endif -%}
{% endmacro %}
