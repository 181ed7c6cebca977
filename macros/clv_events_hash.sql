{#- A number that changes with all that decides what is counted of an event: the input,
    its columns, the code of every model up to it, what is a robot and what keywords
    say. Rows written under another number are stale. -#}
{% macro clv_events_hash(code) %}
    {%- set relation = clv_find_input('events') -%}
    {%- if not execute -%}
        {{ return(0) }}
    {%- endif -%}
    {%- set said = [relation, clv_is_robot(), clv_keyword_group('keyword')] -%}
    {%- for name, column in clv_delivered_columns(relation).items() -%}
        {%- do said.append(name ~ ' ' ~ column.dtype) -%}
    {%- endfor -%}
    {%- do said.append(tojson(code, sort_keys=true)) -%}
    {{ return(local_md5(said | join('; '))[:7] | int(base=16)) }}
{% endmacro %}


{#- The code that fills int_clv__event_days: each model up to it, with its checksum and
    the models before it. -#}
{% macro clv_events_code() %}
    {%- set code = {} -%}
    {%- if execute -%}
        {%- set held = clv_held_code() -%}
        {%- do clv_add_code('model.dynamic_clv.int_clv__event_days', code, held) -%}
    {%- endif -%}
    {{ return(code) }}
{% endmacro %}


{#- A model that this run leaves out counts as it was when it was last built, as the
    warehouse has it like that: a refresh builds no view of the shop's own. Seeds are
    data. -#}
{% macro clv_add_code(id, code, held) %}
    {%- set node = graph.nodes.get(id) -%}
    {%- if id not in code and node and node.resource_type != 'seed' -%}
        {%- set known = {
            'checksum': node.checksum.checksum, 'parents': node.depends_on.nodes | sort,
        } -%}
        {%- if id not in selected_resources and held.get(id, known) != known -%}
            {%- set known = held[id] -%}
            {%- do clv_say(
                node.name ~ ' has changed, but is not built in this run: events are'
                ~ ' cleaned with the one that is there, and all again once it is built'
            ) -%}
        {%- endif -%}
        {%- do code.update({id: known}) -%}
        {%- for parent in known['parents'] -%}
            {%- do clv_add_code(parent, code, held) -%}
        {%- endfor -%}
    {%- endif -%}
{% endmacro %}


{#- The code as the last build left it in the warehouse. -#}
{% macro clv_held_code() %}
    {%- set window = clv_held('int_clv__events_window') -%}
    {%- if window is not none and clv_has_column(window, 'code') -%}
        {%- for row in run_query('select code from ' ~ window).rows -%}
            {{ return(fromjson(row[0])) }}
        {%- endfor -%}
    {%- endif -%}
    {{ return({}) }}
{% endmacro %}
