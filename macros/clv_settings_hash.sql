{#- A number that changes with every var that decides what is said of a customer, so not
    with those that only decide when, where and how. -#}
{% macro clv_settings_hash() %}
    {%- set others = [
        'clv_as_of_date', 'clv_force_retrain', 'clv_customers_per_batch',
        'clv_export_directory', 'clv_late_days', 'clv_total_tolerance',
    ] -%}
    {%- set said = [] -%}
    {%- for name in clv_known_vars() | sort if name not in others -%}
        {%- do said.append(name ~ '=' ~ tojson(var(name), sort_keys=true)) -%}
    {%- endfor -%}
    {{ return(local_md5(said | join('; '))[:7] | int(base=16)) }}
{% endmacro %}
