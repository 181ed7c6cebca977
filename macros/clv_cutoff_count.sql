{#- Cut-offs that history is cut into at most: more of them cost time, and neighbours
    tell the network almost the same. -#}
{% macro clv_cutoff_count() %}
    {{- return(12) -}}
{% endmacro %}
