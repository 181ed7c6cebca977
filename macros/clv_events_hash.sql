{#- A number that changes with all that decides what is counted of an event: the input,
    its columns, the code of every model up to it, what is a robot and what keywords
    say. Rows written under another number are stale. -#}
{% macro clv_events_hash() %}
    {%- set relation = clv_find_input('events') -%}
    {%- if not execute -%}
        {{ return(0) }}
    {%- endif -%}
    {%- set said = [relation, clv_is_robot(), clv_keyword_group('keyword')] -%}
    {%- for name, column in clv_delivered_columns(relation).items() -%}
        {%- do said.append(name ~ ' ' ~ column.dtype) -%}
    {%- endfor -%}
    {%- do clv_add_code('model.dynamic_clv.int_clv__event_days', said, []) -%}
    {{ return(local_md5(said | join('; '))[:7] | int(base=16)) }}
{% endmacro %}


{#- The code of a model and of all models before it. Seeds are data. -#}
{% macro clv_add_code(id, said, seen) %}
    {%- if id in graph.nodes and id not in seen -%}
        {%- do seen.append(id) -%}
        {%- set node = graph.nodes[id] -%}
        {%- if node.resource_type == 'model' -%}
            {%- do said.append(node.checksum.checksum) -%}
        {%- endif -%}
        {%- for parent in node.depends_on.nodes | sort -%}
            {%- do clv_add_code(parent, said, seen) -%}
        {%- endfor -%}
    {%- endif -%}
{% endmacro %}
