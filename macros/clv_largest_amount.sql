{#- Amounts from here on are typing errors, and their sums would not fit the type of
    money. -#}
{% macro clv_largest_amount() %}
    {{- return(1000000000000) -}}
{% endmacro %}
