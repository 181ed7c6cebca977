{#- Says at the end of a build where the table is and how good the model is. -#}
{% macro clv_report(results) %}
    {%- set built = {} -%}
    {#- the shop may have a model of the same name -#}
    {%- for result in results if result.node.package_name == 'dynamic_clv' -%}
        {%- if result.status == 'success' -%}
            {%- do built.update({result.node.name: result.node.relation_name}) -%}
        {%- endif -%}
    {%- endfor -%}
    {%- do clv_report_nobody(results) -%}
    {%- if 'int_clv__quarantine' in built -%}
        {%- do clv_report_quarantine(built['int_clv__quarantine']) -%}
    {%- endif -%}
    {%- if 'clv_predictions' in built -%}
        {%- set found = clv_predicted(built['clv_predictions']) -%}
        {%- do clv_report_predictions(built['clv_predictions'], found) -%}
        {%- do clv_report_prospects(clv_predicted(built['clv_predictions'], true)) -%}
        {%- set tables = ['clv_model_evaluation', 'clv_model_registry'] -%}
        {%- if
            found['count_customers'] > found['count_fallbacks']
            and tables | reject('in', built) | list | length == 0
        -%}
            {%- do clv_report_quality(
                built['clv_predictions'], built[tables[0]], built[tables[1]]
            ) -%}
        {%- endif -%}
    {%- endif -%}
{% endmacro %}


{#- A data test has no words but its name. -#}
{% macro clv_report_nobody(results) %}
    {%- set name = 'assert_there_are_customers_where_history_has_some' -%}
    {%- set failed = results | selectattr('status', 'eq', 'fail') -%}
    {%- for result in failed if result.node.name == name -%}
        {%- do clv_say(
            'wanted customers with an order. Received none, though history has some, so'
            ~ ' what is served stays as it was. See whether orders were delivered and'
            ~ ' accepted, and whether `clv_as_of_date` is meant.'
        ) -%}
    {%- endfor -%}
{% endmacro %}


{#- Rejected rows by input and reason, the most frequent first. -#}
{% macro clv_report_quarantine(quarantine) %}
    {%- set query -%}
        select input_name, rejection_reason, count(*) as count_rows
        from {{ quarantine }}
        group by input_name, rejection_reason
        order by count_rows desc, input_name, rejection_reason
    {%- endset -%}
    {%- set found = run_query(query).rows -%}
    {%- set said = [] -%}
    {%- for row in found[:3] -%}
        {%- do said.append(
            row['input_name'] ~ ' ' ~ row['rejection_reason'] ~ ' ' ~ row['count_rows']
        ) -%}
    {%- endfor -%}
    {%- if said -%}
        {%- do clv_say(
            (found | sum(attribute='count_rows')) ~ ' delivered rows wait in '
            ~ quarantine ~ ': ' ~ said | join(', ')
            ~ (', and others' if found | length > 3 else '')
        ) -%}
    {%- endif -%}
{% endmacro %}


{#- Customers and prospects are counted apart: a prospect is no fallback. -#}
{% macro clv_predicted(predictions, of_prospects=false) %}
    {%- set query -%}
        select
            count(*) as count_customers,
            max(as_of_date) as as_of_date,
            max(horizon_days) as horizon_days,
            max(currency_code) as currency_code,
            sum(predicted_clv) as predicted_clv,
            count(fallback_reason) as count_fallbacks,
            max(fallback_reason) as fallback_reason
        from {{ predictions }}
        where data_quality_flag {{ '=' if of_prospects else '<>' }} 'prospect'
    {%- endset -%}
    {{ return(run_query(query).rows[0]) }}
{% endmacro %}


{% macro clv_report_predictions(predictions, found) %}
    {%- do clv_say(
        found['count_customers'] ~ ' customers in ' ~ predictions
        ~ clv_database_file()
    ) -%}
    {%- if found['count_customers'] -%}
        {%- do clv_say(
            'predicted total ' ~ found['currency_code'] ~ ' ' ~ found['predicted_clv']
            ~ ' in the ' ~ found['horizon_days'] ~ ' days from '
            ~ found['as_of_date'] ~ ' on'
        ) -%}
    {%- endif -%}
    {%- if found['count_fallbacks'] -%}
        {%- do clv_say(
            found['count_fallbacks'] ~ ' customers by fallback: '
            ~ found['fallback_reason']
        ) -%}
    {%- endif -%}
{% endmacro %}


{% macro clv_report_prospects(found) %}
    {%- if found['count_customers'] -%}
        {%- do clv_say(
            found['count_customers'] ~ ' prospects beside them, who have not ordered'
            ~ ' yet: ' ~ found['currency_code'] ~ ' ' ~ found['predicted_clv']
            ~ ' more in the ' ~ found['horizon_days'] ~ ' days from '
            ~ found['as_of_date'] ~ ' on'
        ) -%}
    {%- endif -%}
{% endmacro %}


{#- The model that scored beside the best baseline: how far off one customer is, how
    well customers are ranked, and how far off the shop as a whole is. Nothing is said
    of a shop that is scored by fallback, nor where history is too short for a test. -#}
{% macro clv_report_quality(predictions, evaluation, registry) %}
    {%- set query = clv_quality_query(predictions, evaluation, registry) -%}
    {%- set found = run_query(query).rows -%}
    {%- set words = {
        'mean_absolute_error_of_median': 'mean absolute error of the median',
        'normalised_gini': 'Gini of the ranking',
        'total_bias': 'predicted / actual total',
    } -%}
    {%- set said = [] -%}
    {%- for metric, in_words in words.items() -%}
        {%- set pair = found | selectattr('metric', 'eq', metric) | list -%}
        {%- if pair | length == 2 -%}
            {%- do said.append(
                in_words ~ ' ' ~ '%.2f' | format(pair[0]['metric_value'])
                ~ ' (' ~ pair[1]['model_name'] ~ ' '
                ~ '%.2f' | format(pair[1]['metric_value']) ~ ')'
            ) -%}
        {%- endif -%}
    {%- endfor -%}
    {%- if said -%}
        {%- do clv_say(
            'tested on the ' ~ found[0]['horizon_days'] ~ ' days from '
            ~ found[0]['as_of_date'] ~ ' on, best baseline in brackets: '
            ~ said | join(', ')
        ) -%}
    {%- endif -%}
{% endmacro %}


{#- Two rows per metric: the network first, then the baseline nearest to perfect. A past
    date is scored by a model of its time, not by the champion of today. -#}
{% macro clv_quality_query(predictions, evaluation, registry) %}
    with

    scoring as (

        select back_test_version as model_version
        from {{ registry }}
        where
            model_version in (
                select model_version from {{ predictions }}
                where data_quality_flag <> 'prospect'
            )

    ),

    judged as (

        select
            evaluation.*,
            case when model_name = 'cnn_lstm' then 0 else 1 end as is_baseline,
            case
                when metric = 'mean_absolute_error_of_median' then metric_value
                else abs(metric_value - 1)
            end as distance
        from {{ evaluation }} as evaluation
        inner join scoring on evaluation.model_version = scoring.model_version
        where
            split = 'test'
            and metric in (
                'mean_absolute_error_of_median', 'normalised_gini', 'total_bias'
            )
            and metric_value is not null

    ),

    placed as (

        select
            *,
            row_number() over (
                partition by metric, is_baseline order by distance, model_name
            ) as place
        from judged

    )

    select metric, model_name, metric_value, as_of_date, horizon_days
    from placed
    where place = 1
    order by metric, is_baseline
{% endmacro %}


{% macro clv_database_file() %}
    {{- return(' of ' ~ target.path if target.path else '') -}}
{% endmacro %}


{% macro clv_say(sentence) %}
    {%- do log('clv: ' ~ sentence, info=true) -%}
{% endmacro %}
