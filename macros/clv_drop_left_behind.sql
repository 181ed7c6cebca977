{#- Drop the helper tables of an incremental Python model: dbt-duckdb makes them outside
    its own transaction, believes them temporary, and would leave one behind per build. -#}
{% macro clv_drop_left_behind(relation) %}
    {% if execute and target.type == 'duckdb' %}
        {% set left_behind %}
            select table_catalog, table_schema, table_name
            from information_schema.tables
            where starts_with(table_name, '{{ relation.identifier }}__dbt_tmp')
        {% endset %}
        {% for row in run_query(left_behind).rows %}
            {% do run_query('drop table "' ~ row.values() | join('"."') ~ '"') %}
        {% endfor %}
    {% endif %}
{% endmacro %}
