{#- Says at the end of a build where the table is and how good the model is. -#}
{% macro clv_report(results) %}
    {%- set built = {} -%}
    {%- for result in results if result.status == 'success' -%}
        {%- do built.update({result.node.name: result.node.relation_name}) -%}
    {%- endfor -%}
    {%- if 'clv_predictions' in built -%}
        {%- do clv_report_predictions(built['clv_predictions']) -%}
    {%- endif -%}
    {%- if 'clv_model_evaluation' in built -%}
        {%- do clv_report_error(built['clv_model_evaluation']) -%}
    {%- endif -%}
{% endmacro %}


{% macro clv_report_predictions(predictions) %}
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
    {%- endset -%}
    {%- set found = run_query(query).rows[0] -%}
    {%- do clv_say(
        found['count_customers'] ~ ' customers in ' ~ predictions
        ~ clv_database_file() ~ ', seen from ' ~ found['as_of_date'] ~ ': '
        ~ found['currency_code'] ~ ' ' ~ found['predicted_clv'] ~ ' in '
        ~ found['horizon_days'] ~ ' days'
    ) -%}
    {%- if found['count_fallbacks'] -%}
        {%- do clv_say(
            found['count_fallbacks'] ~ ' of them by fallback: '
            ~ found['fallback_reason']
        ) -%}
    {%- endif -%}
{% endmacro %}


{#- The newest model's error for a single customer beside the best baseline's. -#}
{% macro clv_report_error(evaluation) %}
    {%- set query -%}
        select model_name, metric_value, as_of_date, horizon_days
        from {{ evaluation }}
        where
            metric = 'mean_absolute_error_of_median'
            and split = 'test'
            and as_of_date = (
                select max(as_of_date) from {{ evaluation }} where split = 'test'
            )
        order by case when model_name = 'cnn_lstm' then 0 else 1 end, metric_value
        limit 2
    {%- endset -%}
    {%- set found = run_query(query).rows -%}
    {%- if found | length == 2 -%}
        {%- do clv_say(
            'mean absolute error on the test cut-off ' ~ found[0]['as_of_date'] ~ ' + '
            ~ found[0]['horizon_days'] ~ ' days: '
            ~ found[0]['metric_value'] | round(2) ~ ' ' ~ found[0]['model_name'] ~ ', '
            ~ found[1]['metric_value'] | round(2) ~ ' ' ~ found[1]['model_name']
            ~ ' (best baseline)'
        ) -%}
    {%- endif -%}
{% endmacro %}


{% macro clv_database_file() %}
    {{- return(' of ' ~ target.path if target.path else '') -}}
{% endmacro %}


{% macro clv_say(sentence) %}
    {%- do log('clv: ' ~ sentence, info=true) -%}
{% endmacro %}
