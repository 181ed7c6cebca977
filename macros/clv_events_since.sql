{#- The day from which events are cleaned in this build, as int_clv__events_window has
    it; a literal, so that the warehouse need not read what is older. For incremental
    runs only. -#}
{% macro clv_events_since() %}
    {%- if execute -%}
        {%- set query -%}
            select since_date from {{ ref('int_clv__events_window') }}
        {%- endset -%}
        {{ return(run_query(query).rows[0][0]) }}
    {%- endif -%}
{% endmacro %}


{#- Takes out what this build is about to write again. A day from which every row was
    withdrawn leaves no row to replace it with, so days are deleted by date and not by
    the keys that come. -#}
{% macro clv_forget_events(relation) -%}
    {%- if is_incremental() -%}
        delete from {{ relation }}
        where
            event_date >= cast('{{ clv_events_since() }}' as date)
            or event_date is null
    {%- endif -%}
{%- endmacro %}
