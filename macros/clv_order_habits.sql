{#- When a customer orders: name of the habit and its condition. -#}
{% macro clv_order_habits() %}
    {{- return({
        'weekend': 'weekday >= 5',
        'morning': 'order_hour >= 6 and order_hour < 12',
        'afternoon': 'order_hour >= 12 and order_hour < 18',
        'evening': 'order_hour >= 18',
    }) -}}
{% endmacro %}
