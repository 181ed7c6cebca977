{#- Undoes clv_rollback: the champion that was rolled back scores again, from the next
    build on. Adds a row to ml_clv__promotions and changes none. -#}
{% macro clv_restore(model_version=none, reason=none) %}
    {%- set log = ref('ml_clv__promotions') -%}
    {%- set champion = clv_champion_of(log) -%}
    {%- set query -%}
        select model_version
        from {{ log }}
        where decision = 'rolled_back' and champion_version = '{{ champion }}'
        order by as_of_date desc, decided_at desc
    {%- endset -%}
    {%- set returning = model_version or clv_first_version(query) -%}
    {%- if not returning -%}
        {{ exceptions.raise_compiler_error(
            'No model was rolled back to ' ~ champion ~ '. Name the one to restore: '
            ~ "--args '{model_version: ...}'; clv_model_registry lists them."
        ) }}
    {%- endif -%}
    {%- do clv_decide('restored', returning, returning, champion, reason) -%}
{% endmacro %}
