{#- Stable hash of a customer into 256 buckets: the same customer lands in the same
    bucket on every build and engine, so that work on a million customers can be cut in
    parts. It is the first byte of the MD5 hash, read digit by digit. -#}
{% macro clv_customer_bucket(customer_id) -%}
    cast(
        16 * {{ clv_hex_digit('substr(md5(' ~ customer_id ~ '), 1, 1)') }}
        + {{ clv_hex_digit('substr(md5(' ~ customer_id ~ '), 2, 1)') }}
        as integer
    )
{%- endmacro %}


{% macro clv_bucket_count() %}
    {{- return(256) -}}
{% endmacro %}


{#- How many buckets hold about `most` of `count` customers: one at least. -#}
{% macro clv_buckets_that_hold(most, count) -%}
    greatest(1, least(
        {{ clv_bucket_count() }},
        cast(floor(
            {{ clv_bucket_count() }} * {{ most }} * 1.0 / greatest({{ count }}, 1)
        ) as integer)
    ))
{%- endmacro %}


{% macro clv_hex_digit(digit) -%}
    ({{ dbt.position(digit, "'0123456789abcdef'") }} - 1)
{%- endmacro %}
