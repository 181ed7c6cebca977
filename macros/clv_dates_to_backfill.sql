{#- Prints the dates from one day to another, every few days, that history does not hold
    as these settings would say it; all of them if asked. The command
    `python -m dynamic_clv.backfill` reads the lines. -#}
{% macro clv_dates_to_backfill(first_date, last_date, step_days=1, again=false) %}
    {%- set day = modules.datetime.timedelta(days=step_days) -%}
    {%- set first = modules.datetime.date.fromisoformat(first_date) -%}
    {%- set last = modules.datetime.date.fromisoformat(last_date) -%}
    {%- set held = [] if again else clv_dates_in_history() -%}
    {%- for number in range((last - first).days // step_days + 1) -%}
        {%- set date = (first + number * day).isoformat() -%}
        {%- do print(
            'clv_backfill ' ~ date ~ (' held' if date in held else ' missing')
        ) -%}
    {%- endfor -%}
{% endmacro %}


{% macro clv_dates_in_history() %}
    {%- set history = clv_held('clv_prediction_history') -%}
    {%- if history is none or not clv_has_column(history, 'settings_hash') -%}
        {{ return([]) }}
    {%- endif -%}
    {%- set query -%}
        select as_of_date
        from {{ history }}
        where settings_hash = {{ clv_settings_hash() }}
        group by as_of_date
    {%- endset -%}
    {{ return(
        run_query(query).columns[0].values() | map('string') | list
    ) }}
{% endmacro %}


{% macro clv_has_column(relation, name) %}
    {%- set found = adapter.get_columns_in_relation(relation) -%}
    {{ return(name in found | map(attribute='name') | map('lower') | list) }}
{% endmacro %}
