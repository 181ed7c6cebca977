{#- Columns of clv_state_history that say where a customer stands. -#}
{% macro clv_state_kinds() %}
    {{- return(['clv_tier', 'lifecycle_stage', 'rfm_segment']) -}}
{% endmacro %}
