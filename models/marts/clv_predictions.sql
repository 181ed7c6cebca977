-- One row per customer with an order: the newest accepted score. What BI reads.

{{ config(
    post_hook={
        'sql': '{{ dynamic_clv.clv_export_parquet(this) }}',
        'transaction': false,
    },
) }}

with

scores as (

    select * from {{ ref('ml_clv__scores') }}

),

behaviour as (

    select * from {{ ref('fea_clv__customer_behaviour') }}

),

profile as (

    select
        *,
        max(1 - is_customer_record_missing) over (
            partition by as_of_date
        ) as has_customer_records
    from {{ ref('fea_clv__customer_profile') }}

),

-- decile 1 is the best tenth
ranked as (

    select
        *,
        ntile(10) over (order by predicted_clv desc, customer_id asc) as clv_decile
    from scores

)

select
    ranked.customer_id,
    ranked.as_of_date,
    cast(ranked.horizon_days as integer) as horizon_days,
    cast('{{ var("clv_reporting_currency") }}' as {{ dbt.type_string() }})
        as currency_code,
    cast(ranked.predicted_clv as {{ clv_type_money() }}) as predicted_clv,
    cast(ranked.predicted_clv_median as {{ clv_type_money() }}) as predicted_clv_median,
    cast(ranked.predicted_clv_p10 as {{ clv_type_money() }}) as predicted_clv_p10,
    cast(ranked.predicted_clv_p90 as {{ clv_type_money() }}) as predicted_clv_p90,
    cast(ranked.predicted_order_count as {{ clv_type_double() }})
        as predicted_order_count,
    cast(
        case
            when ranked.predicted_order_count > 0
                then ranked.predicted_clv / ranked.predicted_order_count
            else 0
        end as {{ clv_type_money() }}
    ) as predicted_average_order_amount,
    cast(ranked.churn_probability as {{ clv_type_double() }}) as churn_probability,
    cast(ranked.p_alive as {{ clv_type_double() }}) as p_alive,
    cast(
        {{ dbt.dateadd(
            'day',
            'cast(least(ranked.expected_days_to_next_order, 36500) as integer)',
            'ranked.as_of_date'
        ) }} as date
    ) as expected_next_order_date,
    cast(behaviour.net_amount as {{ clv_type_money() }}) as historic_clv,
    cast(behaviour.net_amount + ranked.predicted_clv as {{ clv_type_money() }})
        as total_clv,
    cast(ranked.clv_decile as integer) as clv_decile,
    cast({{ clv_tier('ranked.clv_decile') }} as {{ dbt.type_string() }}) as clv_tier,
    cast(behaviour.lifecycle_stage as {{ dbt.type_string() }}) as lifecycle_stage,
    cast(
        case
            when ranked.fallback_reason is not null then 'fallback'
            when behaviour.net_amount < 0 then 'refunds_exceed_orders'
            when
                profile.has_customer_records = 1
                and profile.is_customer_record_missing = 1
                then 'no_customer_record'
            else 'ok'
        end as {{ dbt.type_string() }}
    ) as data_quality_flag,
    cast(ranked.fallback_reason as {{ dbt.type_string() }}) as fallback_reason,
    cast(ranked.model_version as {{ dbt.type_string() }}) as model_version,
    cast(ranked.model_trained_at as {{ dbt.type_timestamp() }}) as model_trained_at,
    cast(
        '{{ run_started_at.strftime("%Y-%m-%d %H:%M:%S") }}'
        as {{ dbt.type_timestamp() }}
    ) as scored_at
from ranked
inner join behaviour
    on
        ranked.customer_id = behaviour.customer_id
        and ranked.as_of_date = behaviour.as_of_date
inner join profile
    on
        ranked.customer_id = profile.customer_id
        and ranked.as_of_date = profile.as_of_date
