{#- The value of a text column on the newest order that has one, refunds left aside; of
    several on one day, the last in the alphabet. The date is written in front and cut
    off again, as `max_by` is not known everywhere. -#}
{% macro clv_latest(column) -%}
    substr(
        max(case
            when is_refund = 0
                then cast(order_date as {{ dbt.type_string() }}) || {{ column }}
        end),
        11
    )
{%- endmacro %}
