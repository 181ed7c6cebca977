{#- Fifths of the rows of a query: 1 holds the smallest values and 5 the largest. -#}
{% macro clv_quintile(column, direction='asc') -%}
    {{ clv_equal_parts(5, column, direction) }}
{%- endmacro %}


{#- Parts of the rows of a query, or of each of its groups, counted from 1. A row is
    placed by its middle rank, so equals share a part however many they are, and one row
    alone is in the middle. -#}
{% macro clv_equal_parts(count_parts, column, direction, group=none) -%}
    {%- set within = 'partition by ' ~ group if group else '' -%}
    1 + cast(floor(
        {{ count_parts }} * (
            rank() over ({{ within }} order by {{ column }} {{ direction }})
            + count(*) over (partition by {{ group ~ ', ' if group }}{{ column }}) / 2.0
            - 1
        ) / count(*) over ({{ within }})
    ) as integer)
{%- endmacro %}
