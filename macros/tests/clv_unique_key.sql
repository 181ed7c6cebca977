{#- Generic test: the named columns together are a key, and none of them is null. -#}
{% test clv_unique_key(model, columns) %}

    select
        {{ columns | join(', ') }},
        count(*) as count_rows
    from {{ model }}
    group by {{ columns | join(', ') }}
    having
        count(*) > 1
        {%- for column in columns %}
        or {{ column }} is null
        {%- endfor %}

{% endtest %}
