{#- One customer-day per row of one source, shaped like every other source: the columns
    that this source does not count are zero. -#}
{% macro clv_daily_counts(relation, date_column, counts) %}
    select
        customer_id,
        {{ date_column }} as activity_date,
        {%- for column in clv_channels() %}
        cast(
            {{ counts.get(column, 0) }} as {{ clv_type_double() }}
        ) as {{ column }}{{ ',' if not loop.last }}
        {%- endfor %}
    from {{ relation }}
    group by customer_id, {{ date_column }}
{%- endmacro %}
