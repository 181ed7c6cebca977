{#- Generic test: an expression is true in every row; a null is a failure. -#}
{% test clv_holds(model, expression) %}

    select *
    from {{ model }}
    where coalesce(case when {{ expression }} then 0 else 1 end, 1) = 1

{% endtest %}
