{#- The channels of a customer's time line, in the order in which tables show them. -#}
{% macro clv_channels() %}
    {{- return([
        'count_orders', 'net_amount', 'count_items', 'count_refunds',
        'count_page_views', 'count_searches', 'count_cart_adds', 'count_shares',
        'count_sessions', 'count_leaving_searches', 'count_price_searches',
        'count_service_searches', 'count_touches',
    ]) -}}
{% endmacro %}


{#- Channels that need not be whole: amounts, and items that may be parts of a piece,
    such as kilograms. -#}
{% macro clv_decimal_channels() %}
    {{- return(['net_amount', 'count_items']) -}}
{% endmacro %}
