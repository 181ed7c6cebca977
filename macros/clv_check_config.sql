{#- Runs before anything else and names every var that cannot be meant, in one message,
    before it can end as an error of the database or, worse, as an odd number. -#}
{% macro clv_check_config() %}
    {%- if execute and flags.WHICH in ['run', 'build', 'seed', 'snapshot', 'test'] -%}
        {%- set problems = (
            clv_unknown_var_problems() + clv_misplaced_var_problems()
            + clv_relation_problems() + clv_time_problems() + clv_money_problems()
            + clv_imputation_problems() + clv_learning_problems()
        ) -%}
        {%- if problems -%}
            {{ exceptions.raise_compiler_error(
                "Some vars of dynamic_clv cannot be used. " ~ problems | join(' ')
                ~ " docs/configuration.md lists them all."
            ) }}
        {%- endif -%}
        {%- set problems = clv_kept_rows_problems() -%}
        {%- if problems -%}
            {{ exceptions.raise_compiler_error(
                'These models of dynamic_clv keep rows of earlier builds and would lose'
                ~ ' them: wanted `materialized` incremental, and `full_refresh` false'
                ~ ' where it was. Received: ' ~ problems | join(', ') ~ '. In your'
                ~ ' dbt_project.yml, say that below the name of your project, not for'
                ~ ' these models.'
            ) }}
        {%- endif -%}
        {%- set problems = clv_refresh_problems() -%}
        {%- if problems -%}
            {{ exceptions.raise_compiler_error(problems | join(' ')) }}
        {%- endif -%}
        {{ clv_check_export() if clv_is_about_to_build('clv_predictions') }}
    {%- endif -%}
{% endmacro %}


{#- One sentence: what was wanted and what came. -#}
{% macro clv_var_problem(name, wanted) %}
    {{- return(
        '`' ~ name ~ '` wants ' ~ wanted ~ '. Received: ' ~ var(name) | string ~ '.'
    ) -}}
{% endmacro %}


{#- A misspelt name would be ignored, and the default used in silence. -#}
{% macro clv_unknown_var_problems() %}
    {%- set problems = [] -%}
    {%- set known = clv_known_vars() -%}
    {%- for name in clv_given_vars() if known and name not in known -%}
        {%- do problems.append(
            '`' ~ name ~ '` is not a var of dynamic_clv; the nearest is `'
            ~ clv_nearest(name, known) ~ '`.'
        ) -%}
    {%- endfor -%}
    {{ return(problems) }}
{% endmacro %}


{#- dbt looks a var up by name alone on the command line, and below the package's name
    or below none in dbt_project.yml. Elsewhere it would be ignored in silence. -#}
{% macro clv_misplaced_var_problems() %}
    {%- set problems = [] -%}
    {%- set given = invocation_args_dict.vars or {} -%}
    {%- set on_command_line = given.get('dynamic_clv') -%}
    {%- if on_command_line is mapping -%}
        {%- for name, value in on_command_line.items() -%}
            {%- do problems.append(
                '`' ~ name ~ '` stands below `dynamic_clv` in --vars, where dbt does'
                ~ " not look. Write --vars '{" ~ name ~ ': ' ~ value ~ "}'."
            ) -%}
        {%- endfor -%}
    {%- endif -%}
    {%- for name in clv_vars_of_the_shop_alone() -%}
        {%- do problems.append(
            '`' ~ name ~ '` stands below the name of your project in `vars:`, where'
            ~ ' only your own models find it. Write it below `dynamic_clv:`.'
        ) -%}
    {%- endfor -%}
    {{ return(problems) }}
{% endmacro %}


{#- A name in plain text must be there already; what ref() names may yet be built. -#}
{% macro clv_relation_problems() %}
    {%- set problems = [] -%}
    {%- for name, relation in clv_given_vars().items() -%}
        {%- set input = name | replace('clv_', '') | replace('_relation', '') -%}
        {%- if
            name.endswith('_relation') and clv_is_about_to_build('stg_clv__' ~ input)
            and clv_is_plain_name(relation) and not clv_relation_exists(relation)
        -%}
            {%- do problems.append(
                clv_var_problem(name, 'a table or view that is there')
                ~ ' Load it first, correct the name, or name a model with ref().'
            ) -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return(problems) }}
{% endmacro %}


{% macro clv_is_plain_name(relation) %}
    {{- return(
        relation is string and relation not in ['', 'none']
        and '{' not in relation and '(' not in relation
    ) -}}
{% endmacro %}


{% macro clv_is_about_to_build(model) %}
    {{- return(
        flags.WHICH in ['run', 'build']
        and 'model.dynamic_clv.' ~ model in selected_resources
    ) -}}
{% endmacro %}


{#- What a shop's dbt_project.yml says of a package beats what the package says, and a
    history that became a table would begin anew in each build. The models that keep
    rows say so in `meta`, to which a shop can only add. -#}
{% macro clv_kept_rows_problems() %}
    {%- set problems = [] -%}
    {%- for node in graph.nodes.values() if node.package_name == 'dynamic_clv' -%}
        {%- set keeps = (node.config.meta or {}).get('clv_keeps_rows') -%}
        {%- if keeps and node.config.materialized != 'incremental' -%}
            {%- do problems.append(
                '`' ~ node.name ~ '` ' ~ node.config.materialized
            ) -%}
        {%- elif keeps == 'always' and node.config.full_refresh is not false -%}
            {%- do problems.append(
                '`' ~ node.name ~ '` full_refresh ' ~ node.config.full_refresh
            ) -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return(problems) }}
{% endmacro %}


{% macro clv_time_problems() %}
    {%- set problems = [] -%}
    {%- set as_of_date = var('clv_as_of_date') -%}
    {%- if as_of_date and not clv_is_date(as_of_date | string) -%}
        {%- do problems.append(clv_var_problem(
            'clv_as_of_date', 'a day such as 2024-12-31, or nothing'
        )) -%}
    {%- elif as_of_date and as_of_date | string > clv_tomorrow() -%}
        {%- do problems.append(clv_var_problem(
            'clv_as_of_date', 'a day that is not in the future'
        )) -%}
    {%- endif -%}
    {%- if var('clv_period') not in clv_periods() -%}
        {%- do problems.append(clv_var_problem('clv_period', 'day, week or month')) -%}
    {%- endif -%}
    {%- if not clv_is_whole_number(var('clv_horizon_days'), 1, 3650) -%}
        {%- do problems.append(clv_var_problem(
            'clv_horizon_days', 'a whole number of days from 1 to 3650'
        )) -%}
    {%- elif var('clv_horizon_days') | int < clv_periods().get(var('clv_period'), 0) -%}
        {%- do problems.append(clv_var_problem(
            'clv_horizon_days', 'at least the days of one `clv_period`, which is a '
            ~ var('clv_period')
        )) -%}
    {%- endif -%}
    {{ return(problems) }}
{% endmacro %}


{% macro clv_money_problems() %}
    {%- set problems = [] -%}
    {%- set currency = var('clv_reporting_currency') | string -%}
    {%- if not modules.re.match('^[A-Z]{3}$', currency) -%}
        {%- do problems.append(clv_var_problem(
            'clv_reporting_currency', 'an ISO-4217 code in capitals, such as EUR'
        )) -%}
    {%- endif -%}
    {%- for name in ['clv_include_tax', 'clv_include_shipping'] -%}
        {%- if var(name) is not boolean -%}
            {%- do problems.append(clv_var_problem(name, 'true or false')) -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return(problems) }}
{% endmacro %}


{#- Text cannot stand in for a missing age, nor a mean for a missing region. -#}
{% macro clv_imputation_problems() %}
    {%- set problems = [] -%}
    {%- set known = ['age', 'gender', 'region', 'acquisition_channel'] -%}
    {%- set imputation = var('clv_imputation') -%}
    {%- set names = imputation.keys() if imputation is mapping else ['none'] -%}
    {%- if names | reject('in', known) | list -%}
        {%- do problems.append(clv_var_problem(
            'clv_imputation', 'a strategy for each of ' ~ known | join(', ')
        )) -%}
    {%- else -%}
        {%- for column, strategy in imputation.items() -%}
            {%- set is_wrong = (
                strategy is not number and strategy not in ['mean', 'median', 'mode']
            ) if column == 'age' else strategy in ['mean', 'median'] -%}
            {%- if is_wrong -%}
                {%- do problems.append(
                    '`clv_imputation` cannot use ' ~ strategy ~ ' for ' ~ column ~ '.'
                ) -%}
            {%- endif -%}
        {%- endfor -%}
    {%- endif -%}
    {{ return(problems) }}
{% endmacro %}


{% macro clv_learning_problems() %}
    {%- set problems = [] -%}
    {%- if var('clv_force_retrain') is not boolean -%}
        {%- do problems.append(clv_var_problem(
            'clv_force_retrain', 'true or false'
        )) -%}
    {%- endif -%}
    {%- if var('clv_loss') not in ['tweedie', 'mse'] -%}
        {%- do problems.append(clv_var_problem('clv_loss', 'tweedie or mse')) -%}
    {%- endif -%}
    {%- if var('clv_champion') not in ['cnn_lstm', 'best'] -%}
        {%- do problems.append(clv_var_problem('clv_champion', 'cnn_lstm or best')) -%}
    {%- endif -%}
    {%- if var('clv_compression') not in ['none', 'int8', 'student'] -%}
        {%- do problems.append(clv_var_problem(
            'clv_compression', 'none, int8 or student'
        )) -%}
    {%- endif -%}
    {%- for name in ['clv_drift_threshold', 'clv_total_tolerance'] -%}
        {%- if not clv_is_positive_number(var(name)) -%}
            {%- do problems.append(clv_var_problem(
                name, 'a number above 0, such as 0.2'
            )) -%}
        {%- endif -%}
    {%- endfor -%}
    {%- set least = {
        'clv_window_periods': 2, 'clv_bot_events_per_hour': 1,
        'clv_ensemble_members': 1, 'clv_max_epochs': 1, 'clv_seed': 0,
        'clv_max_training_rows': 1000, 'clv_retrain_after_days': 1,
        'clv_customers_per_batch': 1000, 'clv_customers_per_cutoff': 100,
        'clv_late_days': 0, 'clv_search_seconds': 0,
    } -%}
    {%- for name, smallest in least.items() -%}
        {%- if not clv_is_whole_number(var(name), smallest, 10 ** 12) -%}
            {%- do problems.append(clv_var_problem(
                name, 'a whole number from ' ~ smallest ~ ' on'
            )) -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return(problems) }}
{% endmacro %}


{#- A var on the command line may be text, so digits are enough. -#}
{% macro clv_is_whole_number(value, least, most) %}
    {{- return(
        modules.re.match('^[0-9]{1,12}$', value | string) is not none
        and least <= value | int <= most
    ) -}}
{% endmacro %}


{#- Digits with at most one point among them, not all zero. -#}
{% macro clv_is_positive_number(value) %}
    {{- return(
        modules.re.match('^[0-9]{1,12}([.][0-9]{1,12})?$', value | string) is not none
        and value | float > 0
    ) -}}
{% endmacro %}


{#- A day of the calendar, written YYYY-MM-DD. -#}
{% macro clv_is_date(text) %}
    {%- set pattern = '^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$' -%}
    {%- if not modules.re.match(pattern, text) -%}
        {{ return(false) }}
    {%- endif -%}
    {%- set year, month, day = text.split('-') | map('int') -%}
    {%- set days_in_month = modules.datetime.date(
        year + month // 12, month % 12 + 1, 1
    ) - modules.datetime.date(year, month, 1) -%}
    {{ return(day <= days_in_month.days) }}
{% endmacro %}
