{#- A sum of a channel that is the same in whatever order the rows come. Whole numbers
    are held exactly by 64 bits: half the work of adding up decimals. A `case`, because
    DuckDB filters anew for each aggregate. -#}
{% macro clv_sum_of_channel(channel, condition='1 = 1') -%}
    {%- if channel in clv_decimal_channels() -%}
        {{ clv_exact_sum(channel, condition) }}
    {%- else -%}
        sum(case when {{ condition }} then {{ channel }} else 0 end)
    {%- endif -%}
{%- endmacro %}
