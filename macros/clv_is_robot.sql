{#- Nobody reads so many pages in an hour. Yours to override. -#}
{% macro clv_is_robot() %}
    {{- return(adapter.dispatch('clv_is_robot', 'dynamic_clv')()) -}}
{% endmacro %}


{% macro default__clv_is_robot() -%}
    delivery_status = 'accepted'
    and count_events_in_hour > {{ var('clv_bot_events_per_hour') }}
{%- endmacro %}
