{#- Sums over spans that fea_clv__browsing_behaviour takes from the daily counts: the
    name of the feature and the channel, from and until days before the cut-off. -#}
{% macro clv_browsing_spans() %}
    {%- set spans = {} -%}
    {%- for channel in clv_channels() if channel not in clv_order_channels() -%}
        {%- do spans.update({
            channel: (channel, (99999, 0)),
            channel ~ '_last_30d': (channel, (30, 0)),
            channel ~ '_last_90d': (channel, (90, 0)),
        }) -%}
    {%- endfor -%}
    {%- do spans.update({
        'count_page_views_previous_30d': ('count_page_views', (60, 30)),
    }) -%}
    {{ return(spans) }}
{% endmacro %}


{% macro clv_browsing_columns() %}
    {{- return(clv_browsing_spans().keys() | list) -}}
{% endmacro %}


{#- Channels that fea_clv__order_behaviour covers. -#}
{% macro clv_order_channels() %}
    {{- return(['count_orders', 'net_amount', 'count_refunds']) -}}
{% endmacro %}
