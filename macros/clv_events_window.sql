{#- From which day on events are cleaned in this build, and why: the newest day held
    less `clv_late_days`, or none (all of them) where what is held cannot be trusted,
    which is said in the log. -#}
{% macro clv_events_window() %}
    {%- set code = clv_events_code() -%}
    {%- set window = {
        'since': none, 'reason': 'nothing is held yet',
        'settings_hash': clv_events_hash(code), 'code': tojson(code, sort_keys=true),
    } -%}
    {%- set days = clv_held('int_clv__event_days') -%}
    {%- set events = clv_held('int_clv__events_screened') -%}
    {%- if execute and flags.FULL_REFRESH -%}
        {%- do window.update({'reason': 'a full refresh was asked for'}) -%}
    {%- elif execute and flags.EMPTY -%}
        {%- do window.update({'reason': 'an empty build was asked for'}) -%}
    {%- elif days is not none and events is not none -%}
        {%- set held = clv_held_days(days, window['settings_hash']) -%}
        {%- if held['newest_date'] is none -%}
            {%- do window.update({'reason': 'no event is held yet'}) -%}
        {%- elif held['count_other'] -%}
            {%- do window.update(
                {'reason': 'settings, inputs or code have changed'}
            ) -%}
            {%- do clv_say('all events are cleaned again: ' ~ window['reason']) -%}
        {%- else -%}
            {%- do window.update(clv_late_window(events, held['newest_date'])) -%}
        {%- endif -%}
    {%- endif -%}
    {{ return(window) }}
{% endmacro %}


{#- Rows that are older than late ones may be are not read again, but counted. -#}
{% macro clv_late_window(events, newest_date) %}
    {%- set depth = modules.datetime.timedelta(days=var('clv_late_days') | int) -%}
    {%- set since = newest_date - depth -%}
    {%- set counts = run_query(
        'select (' ~ clv_count_delivered('events') ~ ') - (select count(*) from '
        ~ ref('stg_clv__events') ~ ' where ' ~ clv_event_is_since(since)
        ~ ') as count_delivered, (select count(*) from ' ~ events
        ~ " where event_date < cast('" ~ since ~ "' as date)) as count_held"
    ).rows[0] -%}
    {%- if counts['count_delivered'] == counts['count_held'] -%}
        {{ return({'since': since, 'reason': 'new and late rows'}) }}
    {%- endif -%}
    {%- do clv_say(
        'all events are cleaned again: before ' ~ since ~ ' there were '
        ~ counts['count_held'] ~ ' rows and now are ' ~ counts['count_delivered']
    ) -%}
    {{ return({'reason': 'rows older than clv_late_days came or went'}) }}
{% endmacro %}


{#- What a model of this package left in the warehouse, if it is a table there. It is
    asked for by name, as a ref() would close a circle. -#}
{% macro clv_held(model) %}
    {%- set id = 'model.dynamic_clv.' ~ model -%}
    {%- if execute and id in graph.nodes -%}
        {%- set node = graph.nodes[id] -%}
        {%- set found = adapter.get_relation(node.database, node.schema, node.alias) -%}
        {%- if found is not none and found.is_table -%}
            {{ return(found) }}
        {%- endif -%}
    {%- endif -%}
    {{ return(none) }}
{% endmacro %}


{% macro clv_held_days(days, settings_hash) %}
    {%- set query -%}
        select
            max(event_date) as newest_date,
            count(*) filter (
                where settings_hash <> {{ settings_hash }}
            ) as count_other
        from {{ days }}
    {%- endset -%}
    {{ return(run_query(query).rows[0]) }}
{% endmacro %}

