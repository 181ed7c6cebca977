{#- Writes a person's decision about a trained model into ml_clv__promotions. -#}
{% macro clv_decide(decision, about, champion, replaced, reason) %}
    {%- set log, trained = ref('ml_clv__promotions'), ref('ml_clv__trained_models') -%}
    {%- do clv_check_may_score(trained, champion, replaced) -%}
    {%- set said = reason or 'a person asked for it' -%}
    {%- set now = modules.datetime.datetime.now(modules.pytz.utc) -%}
    {%- set moment = now.strftime('%Y-%m-%d %H:%M:%S.%f') -%}
    {%- call statement('decide', auto_begin=true) -%}
        insert into {{ log }} (
            model_version,
            decision,
            champion_version,
            replaced_version,
            as_of_date,
            decided_at,
            reason,
            figures_json
        )
        select
            '{{ about }}',
            '{{ decision }}',
            '{{ champion }}',
            '{{ replaced }}',
            cast('{{ clv_clock_of_decisions(log) }}' as date),
            cast('{{ moment }}' as {{ dbt.type_timestamp() }}),
            '{{ dbt.escape_single_quotes(said | string) }}',
            '[]'
    {%- endcall -%}
    {%- do adapter.commit() -%}
    {%- do clv_say(
        'model ' ~ champion ~ ' scores from the next build on, instead of ' ~ replaced
    ) -%}
{% endmacro %}


{#- Who scores now; stops where nobody does. -#}
{% macro clv_champion_of(log) %}
    {%- if load_relation(log) is none -%}
        {{ exceptions.raise_compiler_error(
            'No decision about a model has been made yet. Run dbt build first.'
        ) }}
    {%- endif -%}
    {%- set query -%}
        select champion_version as model_version
        from {{ log }}
        where champion_version is not null
        order by as_of_date desc, decided_at desc
    {%- endset -%}
    {%- set champion = clv_first_version(query) -%}
    {%- if not champion -%}
        {{ exceptions.raise_compiler_error('No model scores. Run dbt build first.') }}
    {%- endif -%}
    {{ return(champion) }}
{% endmacro %}


{% macro clv_first_version(query) %}
    {%- set rows = run_query(query ~ ' limit 1').rows -%}
    {{ return(rows[0]['model_version'] if rows else none) }}
{% endmacro %}


{#- A decision is as old as the newest build: an older clock would hide it. -#}
{% macro clv_clock_of_decisions(log) %}
    {%- set query -%}
        select max(as_of_date) as as_of_date
        from (
            select as_of_date from {{ log }}
            union all
            select as_of_date from {{ ref('fea_clv__as_of_dates') }}
        ) as clocks
    {%- endset -%}
    {{ return(run_query(query).rows[0]['as_of_date']) }}
{% endmacro %}


{#- The version must be that of a model to score customers with, and another one. -#}
{% macro clv_check_may_score(trained, version, champion) %}
    {%- set query -%}
        select model_version
        from {{ trained }}
        where
            purpose = 'published'
            and model_version
            = '{{ dbt.escape_single_quotes(version | string) }}'
    {%- endset -%}
    {%- if version == champion -%}
        {{ exceptions.raise_compiler_error('Model ' ~ version ~ ' scores already.') }}
    {%- elif not clv_first_version(query) -%}
        {{ exceptions.raise_compiler_error(
            'No published model is called ' ~ version ~ '. clv_model_registry lists'
            ~ ' them.'
        ) }}
    {%- endif -%}
{% endmacro %}
