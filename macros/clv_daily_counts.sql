{#- What each row of one source adds to the day of its customer, shaped like every other
    source: the columns that this source does not count are zero. -#}
{% macro clv_daily_counts(relation, date_column, counts) %}
    select
        customer_id,
        {{ date_column }} as activity_date,
        {%- for column in clv_channels() %}
        cast(
            {{ counts.get(column, 0) }} as
            {{ clv_type_money() if column in clv_decimal_channels()
                else clv_type_double() }}
        ) as {{ column }}{{ ',' if not loop.last }}
        {%- endfor %}
    from {{ relation }}
{%- endmacro %}
