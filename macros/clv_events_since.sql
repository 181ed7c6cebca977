{#- The day from which events are cleaned in this build, as int_clv__events_window has
    it, or none where all are. A literal, so that the warehouse need not read what is
    older. For incremental runs only; `--empty` has no rows, of the window neither. -#}
{% macro clv_events_since() %}
    {%- if execute and not flags.EMPTY -%}
        {%- set query -%}
            select since_date from {{ ref('int_clv__events_window') }}
        {%- endset -%}
        {{ return(run_query(query).rows[0][0]) }}
    {%- endif -%}
{% endmacro %}


{#- Takes out what this build is about to write again. A day from which every row was
    withdrawn leaves no row to replace it with, so days are deleted by date and not by
    the keys that come. `--empty` writes nothing again. -#}
{% macro clv_forget_events(relation) -%}
    {%- if is_incremental() and not flags.EMPTY -%}
        {%- set since = clv_events_since() -%}
        delete from {{ relation }}
        {%- if since %}
        where event_date >= cast('{{ since }}' as date) or event_date is null
        {%- endif -%}
    {%- endif -%}
{%- endmacro %}


{#- Condition on a row of stg_clv__events; rows without a date are read in every build.
    The date is written once, as casting it is what costs most. -#}
{% macro clv_event_is_since(since, margin_days=0) -%}
    {%- set first = since - modules.datetime.timedelta(days=margin_days) -%}
    coalesce(occurred_at, {{ clv_timestamp('9999-12-31') }})
    >= {{ clv_timestamp(first) }}
{%- endmacro %}


{% macro clv_timestamp(day) -%}
    cast('{{ day }}' as {{ dbt.type_timestamp() }})
{%- endmacro %}
