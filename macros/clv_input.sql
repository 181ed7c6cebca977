{#- The relation that holds an input: the consumer's own (var), the demo seed (only
    when this is the root project) or the declared source. None: the shop has none. -#}
{% macro clv_input(name) %}
    {%- set relation = var('clv_' ~ name ~ '_relation') -%}
    {%- if relation == 'none' and name == 'orders' -%}
        {{ exceptions.raise_compiler_error(
            "`clv_orders_relation` wants a table: no shop is without orders."
            ~ " Received: none. docs/input_contract.md shows an adapter view."
        ) }}
    {%- elif relation == 'none' -%}
        {{ return(none) }}
    {%- elif relation -%}
        {{ return(relation) }}
    {%- elif project_name == 'dynamic_clv' -%}
        {{ return(ref('raw_' ~ name)) }}
    {%- else -%}
        {{ return(clv_declared_source(name)) }}
    {%- endif -%}
{% endmacro %}


{#- Optional sources are switched on by being there. -#}
{% macro clv_declared_source(name) %}
    {%- set relation = source('clv', name) -%}
    {%- if not execute or load_relation(relation) is not none -%}
        {{ return(relation) }}
    {%- elif name == 'orders' and flags.WHICH in ['run', 'build', 'test'] -%}
        {{ exceptions.raise_compiler_error(
            "Wanted the shop's orders. Found neither the var `clv_orders_relation` nor"
            ~ " a table " ~ relation ~ ". Set the var to your table or to an adapter"
            ~ " view, as docs/input_contract.md shows."
        ) }}
    {%- else -%}
        {{ return(none) }}
    {%- endif -%}
{% endmacro %}
