{#- The relation that holds an input: the consumer's own (var), the demo seed (only
    when this is the root project) or the declared source. None: the shop has none. -#}
{% macro clv_input(name) %}
    {%- set relation = clv_find_input(name) -%}
    {%- set snapshots = clv_find_input('customer_snapshots') if name == 'orders' -%}
    {%- if name == 'orders' and relation is none and snapshots is none -%}
        {{ clv_check_purchases() }}
    {%- endif -%}
    {{ return(relation) }}
{% endmacro %}


{% macro clv_find_input(name) %}
    {%- set relation = var('clv_' ~ name ~ '_relation') -%}
    {%- if relation == 'none' -%}
        {{ return(none) }}
    {%- elif relation -%}
        {{ return(relation) }}
    {%- elif project_name == 'dynamic_clv' -%}
        {{ return(clv_demo_seed(name)) }}
    {%- else -%}
        {{ return(clv_declared_source(name)) }}
    {%- endif -%}
{% endmacro %}


{#- The demo shop logs its orders and events, so it keeps no snapshots. -#}
{% macro clv_demo_seed(name) %}
    {{- return(none if name == 'customer_snapshots' else ref('raw_' ~ name)) -}}
{% endmacro %}


{#- Sources are switched on by being there. -#}
{% macro clv_declared_source(name) %}
    {%- set relation = source('clv', name) -%}
    {{- return(
        relation if not execute or load_relation(relation) is not none else none
    ) -}}
{% endmacro %}


{#- Both may be missing while a project is documented or linted, not while it is
    built. -#}
{% macro clv_check_purchases() %}
    {%- if flags.WHICH in ['run', 'build', 'test'] -%}
        {{ exceptions.raise_compiler_error(
            "No shop is without purchases: wanted orders or customer snapshots. Found"
            ~ " neither. Set `clv_orders_relation` or `clv_customer_snapshots_relation`"
            ~ " to your table or to an adapter view, as docs/input_contract.md shows."
        ) }}
    {%- endif -%}
{% endmacro %}
