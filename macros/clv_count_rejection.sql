{#- Branches of a `case` that name what is wrong with a number of things: none at all is
    fine, half a purchase is not. -#}
{% macro clv_count_rejection(delivered, typed, name, most) -%}
    when
        {{ delivered }} is not null and {{ typed }} is null
        then '{{ name }}_not_a_number'
    when {{ typed }} < 0 then '{{ name }}_negative'
    when {{ typed }} > {{ most }} then '{{ name }}_out_of_range'
    when {{ typed }} <> floor({{ typed }}) then '{{ name }}_not_a_number'
{%- endmacro %}


{#- Purchases that one customer makes between two snapshots, at most: each becomes a row
    of its own. -#}
{% macro clv_most_purchases() %}
    {{- return(10000) -}}
{% endmacro %}
