{#- Fifths of the rows of a query: 1 holds the smallest values and 5 the largest. A row
    is placed by its middle rank, so equals share a fifth however many they are, and
    one row alone is in the middle. -#}
{% macro clv_quintile(column, direction='asc') -%}
    1 + cast(floor(
        5 * (
            rank() over (order by {{ column }} {{ direction }})
            + count(*) over (partition by {{ column }}) / 2.0
            - 1
        ) / count(*) over ()
    ) as integer)
{%- endmacro %}
