{#- Stable hash of a customer into 256 buckets: the same customer lands in the same
    bucket on every build, so that work on a million customers can be cut in parts. -#}
{% macro clv_customer_bucket(customer_id) %}
    {{- return(adapter.dispatch('clv_customer_bucket', 'dynamic_clv')(customer_id)) -}}
{% endmacro %}


{#- The first two hexadecimal digits of the MD5 hash, read as a number. -#}
{% macro default__clv_customer_bucket(customer_id) -%}
    cast(conv(substr(md5({{ customer_id }}), 1, 2), 16, 10) as integer)
{%- endmacro %}


{#- DuckDB reads 0x literals in a cast from text. -#}
{% macro duckdb__clv_customer_bucket(customer_id) -%}
    cast('0x' || substr(md5({{ customer_id }}), 1, 2) as integer)
{%- endmacro %}


{#- PostgreSQL reads them as a bit string. -#}
{% macro postgres__clv_customer_bucket(customer_id) -%}
    cast(cast('x' || substr(md5({{ customer_id }}), 1, 2) as bit(8)) as integer)
{%- endmacro %}
