{#- Lets the champion before score again, from the next build on. Adds a row to
    ml_clv__promotions and changes none. -#}
{% macro clv_rollback(model_version=none, reason=none) %}
    {%- set log = ref('ml_clv__promotions') -%}
    {%- set champion = clv_champion_of(log) -%}
    {#- a rollback puts a model in office, too; before it was the one rolled back -#}
    {%- set query -%}
        select replaced_version as model_version
        from {{ log }}
        where
            decision in ('promoted', 'restored')
            and model_version = '{{ champion }}'
        order by as_of_date desc, decided_at desc
    {%- endset -%}
    {%- set returning = model_version or clv_first_version(query) -%}
    {%- if not returning -%}
        {{ exceptions.raise_compiler_error(
            'There is no champion before ' ~ champion ~ ' to return to. Name one: '
            ~ "--args '{model_version: ...}'; clv_model_registry lists them."
        ) }}
    {%- endif -%}
    {%- do clv_decide('rolled_back', champion, returning, champion, reason) -%}
{% endmacro %}
