-- One row per as_of_date, metric and subject: what has moved, and what came of it.

{{ config(
    materialized='incremental',
    incremental_strategy='delete+insert',
    unique_key=['as_of_date', 'metric', 'subject'],
    on_schema_change='append_new_columns',
    full_refresh=false,
    meta={'clv_keeps_rows': 'always'},
) }}

with

today as (

    select
        max(as_of_date) as as_of_date,
        max(horizon_days) as horizon_days
    from {{ ref('fea_clv__as_of_dates') }}
    where role = 'today'

),

history as (

    select
        *,
        case when data_quality_flag = 'prospect' then 'prospects' else 'customers' end
            as subject
    from {{ ref('clv_prediction_history') }}

),

features as (

    select
        as_of_date,
        'feature_drift' as metric,
        subject,
        stability_index as metric_value,
        case
            when subject = 'all features' then {{ var('clv_drift_threshold') }}
        end as most_value,
        count_customers,
        model_version
    from {{ ref('ml_clv__drift') }}

),

present as (

    select distinct
        history.model_version,
        history.horizon_days
    from history
    inner join today on history.as_of_date = today.as_of_date
    where history.subject = 'customers'

),

-- what the champion says now, beside what it said when it first scored
in_office as (

    select
        history.model_version,
        history.horizon_days,
        min(history.as_of_date) as as_of_date
    from history
    inner join present
        on
            history.model_version = present.model_version
            and history.horizon_days = present.horizon_days
    group by history.model_version, history.horizon_days

),

then_scored as (

    select
        history.predicted_clv,
        ntile(10) over (
            order by history.predicted_clv, history.customer_id
        ) as tenth
    from history
    inner join in_office
        on
            history.model_version = in_office.model_version
            and history.as_of_date = in_office.as_of_date
    where history.subject = 'customers'

),

tenths as (

    select
        tenth,
        max(predicted_clv) as most_clv
    from then_scored
    group by tenth

),

-- a part ends where a tenth ends; equal scores are never parted
ends as (

    select
        most_clv,
        coalesce(lag(most_clv) over (order by most_clv), -1) as least_clv,
        row_number() over (order by most_clv desc) as place_from_top
    from tenths
    group by most_clv

),

scores as (

    select
        'then' as moment,
        predicted_clv
    from then_scored

    union all

    select
        'now' as moment,
        history.predicted_clv
    from history
    inner join today on history.as_of_date = today.as_of_date
    where history.subject = 'customers'

),

parts as (

    select
        ends.most_clv,
        sum(case when scores.moment = 'then' then 1 else 0 end) as count_then,
        sum(case when scores.moment = 'now' then 1 else 0 end) as count_now
    from ends
    inner join scores
        on
            scores.predicted_clv > ends.least_clv
            and (
                scores.predicted_clv <= ends.most_clv or ends.place_from_top = 1
            )
    group by ends.most_clv

),

shares as (

    select
        count_now,
        greatest(count_then * 1.0 / sum(count_then) over (), 0.0001) as share_then,
        greatest(
            count_now * 1.0 / nullif(sum(count_now) over (), 0), 0.0001
        ) as share_now
    from parts

),

score_drift as (

    select
        today.as_of_date,
        'score_drift' as metric,
        'customers' as subject,
        sum(
            (shares.share_now - shares.share_then)
            * ln(shares.share_now / shares.share_then)
        ) as metric_value,
        {{ var('clv_drift_threshold') }} as most_value,
        sum(shares.count_now) as count_customers,
        max(in_office.model_version) as model_version
    from shares
    cross join today
    cross join in_office
    group by today.as_of_date

),

errors as (

    {% if is_incremental() %}
        select found.*
        from {{ ref('clv_realised_errors') }} as found
        left join {{ this }} as known
            on
                found.as_of_date = known.as_of_date
                and found.subject = known.subject
                and known.metric = 'total_bias'
        where known.as_of_date is null
    {% else %}
        select * from {{ ref('clv_realised_errors') }}
    {% endif %}

),

realised as (

    {% for metric, value in {
        'total_bias': 'predicted_amount / nullif(actual_amount, 0)',
        'buyer_bias': 'expected_buyers / nullif(count_buyers, 0)',
        'mean_absolute_error_of_median': 'mean_absolute_error_of_median',
        'area_under_curve': 'area_under_curve',
    }.items() %}
        {% set tolerance = var('clv_total_tolerance') if metric == 'total_bias' %}
        select
            as_of_date,
            '{{ metric }}' as metric,
            subject,
            {{ value }} as metric_value,
            {{ '1 - ' ~ tolerance if tolerance else 'null' }} as least_value,
            {{ '1 + ' ~ tolerance if tolerance else 'null' }} as most_value,
            count_customers,
            model_version
        from errors
        {{ 'union all' if not loop.last }}
    {% endfor %}

),

measured as (

    {% for source in ['features', 'score_drift', 'realised'] %}
        select
            as_of_date,
            metric,
            subject,
            metric_value,
            {{ 'least_value' if source == 'realised'
                else 'cast(null as ' ~ clv_type_double() ~ ') as least_value' }},
            most_value,
            count_customers,
            model_version
        from {{ source }}
        {{ 'union all' if not loop.last }}
    {% endfor %}

)

select
    cast(measured.as_of_date as date) as as_of_date,
    cast(measured.metric as {{ dbt.type_string() }}) as metric,
    cast(measured.subject as {{ dbt.type_string() }}) as subject,
    cast(measured.metric_value as {{ clv_type_double() }}) as metric_value,
    cast(measured.least_value as {{ clv_type_double() }}) as least_value,
    cast(measured.most_value as {{ clv_type_double() }}) as most_value,
    case
        when measured.metric_value < measured.least_value then 1
        when measured.metric_value > measured.most_value then 1
        else 0
    end as is_alarm,
    cast(measured.count_customers as integer) as count_customers,
    cast(measured.model_version as {{ dbt.type_string() }}) as model_version,
    cast(today.as_of_date as date) as observed_date
from measured
cross join today
