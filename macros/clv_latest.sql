{#- The value of a text column on the newest order that has one. The date is written in
    front and cut off again, as `max_by` is not known everywhere. -#}
{% macro clv_latest(column) -%}
    substr(
        max(cast(order_date as {{ dbt.type_string() }}) || {{ column }}), 11
    )
{%- endmacro %}
