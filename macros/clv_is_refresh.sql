{#- Whether this run scores and neither trains nor judges: then nobody reads the
    features of past cut-offs, and they are left out. -#}
{% macro clv_is_refresh() %}
    {{- return(
        clv_is_about_to_build('ml_clv__scores') and not clv_is_about_to_learn()
    ) -}}
{% endmacro %}


{% macro clv_is_about_to_learn() %}
    {{- return(
        clv_is_about_to_build('ml_clv__trained_models')
        or clv_is_about_to_build('ml_clv__evaluations')
        or clv_is_about_to_build('ml_clv__promotions')
    ) -}}
{% endmacro %}


{#- A refresh needs a model; learning needs the cut-offs that a refresh left out. -#}
{% macro clv_refresh_problems() %}
    {%- set problems = [] -%}
    {%- set missing = [] -%}
    {%- for model in ['ml_clv__trained_models', 'ml_clv__promotions'] -%}
        {%- do missing.append(model) if clv_held(model) is none -%}
    {%- endfor -%}
    {%- if clv_is_refresh() and missing -%}
        {%- do problems.append(
            'A refresh scores with the champion that is there. Found no table '
            ~ missing | join(', ') ~ '. Run `dbt build` once: it trains one.'
        ) -%}
    {%- elif
        clv_is_about_to_learn() and not clv_is_about_to_build('fea_clv__cutoffs')
        and clv_count_cutoffs('fea_clv__cutoffs')
        < clv_count_cutoffs('fea_clv__as_of_dates')
    -%}
        {%- do problems.append(
            'A model learns from past cut-offs: wanted their features. Found those of'
            ~ ' today only, as the last build was a refresh. Run `dbt build`.'
        ) -%}
    {%- endif -%}
    {{ return(problems) }}
{% endmacro %}


{% macro clv_count_cutoffs(model) %}
    {%- set held = clv_held(model) -%}
    {%- if held is none -%}
        {{ return(0) }}
    {%- endif -%}
    {{ return(run_query(
        'select count(distinct as_of_date) from ' ~ held
    ).rows[0][0]) }}
{% endmacro %}
