-- One row per customer or prospect: scores of this build, in the words of the marts.
-- Three tables are made of it; it is counted once, and not meant to be read by people.

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

-- a prospect is scored and has no behaviour, which begins with an order
scored as (

    select
        scores.*,
        coalesce(behaviour.net_amount, 0) as net_amount,
        coalesce(behaviour.lifecycle_stage, 'prospect') as lifecycle_stage,
        case when behaviour.customer_id is null then 1 else 0 end as is_prospect,
        case
            when behaviour.customer_id is null then 'prospect'
            when scores.fallback_reason is not null then 'fallback'
            when behaviour.net_amount < 0 then 'refunds_exceed_orders'
            when
                profile.has_customer_records = 1
                and profile.is_customer_record_missing = 1
                then 'no_customer_record'
            else 'ok'
        end as data_quality_flag
    from scores
    left join behaviour
        on
            scores.customer_id = behaviour.customer_id
            and scores.as_of_date = behaviour.as_of_date
    left join profile
        on
            scores.customer_id = profile.customer_id
            and scores.as_of_date = profile.as_of_date

),

-- decile 1 is the best tenth of those who have ordered; equals share a decile
parted as (

    select
        *,
        {{ clv_equal_parts(10, 'predicted_clv', 'desc', 'is_prospect') }}
            as decile_among_equals,
        min(is_prospect) over () as is_without_customers
    from scored

),

-- A prospect takes the decile of the customer ranked just above. Ranked with everybody,
-- a crowd of passers-by would push all customers into the top tenth.
ranked as (

    select
        *,
        case
            when is_prospect = 0 or is_without_customers = 1 then decile_among_equals
            else
                coalesce(
                    max(case when is_prospect = 0 then decile_among_equals end) over (
                        order by predicted_clv desc, is_prospect asc, customer_id asc
                        rows between unbounded preceding and current row
                    ),
                    1
                )
        end as clv_decile
    from parted

)

select
    customer_id,
    as_of_date,
    cast(horizon_days as integer) as horizon_days,
    cast('{{ var("clv_reporting_currency") }}' as {{ dbt.type_string() }})
        as currency_code,
    cast(predicted_clv as {{ clv_type_money() }}) as predicted_clv,
    cast(predicted_clv_median as {{ clv_type_money() }}) as predicted_clv_median,
    cast(predicted_clv_p10 as {{ clv_type_money() }}) as predicted_clv_p10,
    cast(predicted_clv_p90 as {{ clv_type_money() }}) as predicted_clv_p90,
    cast(predicted_order_count as {{ clv_type_double() }}) as predicted_order_count,
    cast(
        case
            when predicted_order_count > 0 then predicted_clv / predicted_order_count
            else 0
        end as {{ clv_type_money() }}
    ) as predicted_average_order_amount,
    cast(churn_probability as {{ clv_type_double() }}) as churn_probability,
    cast(p_alive as {{ clv_type_double() }}) as p_alive,
    cast(
        {{ dbt.dateadd(
            'day',
            'cast(least(expected_days_to_next_order, 36500) as integer)',
            'as_of_date'
        ) }} as date
    ) as expected_next_order_date,
    cast(net_amount as {{ clv_type_money() }}) as historic_clv,
    cast(net_amount + predicted_clv as {{ clv_type_money() }}) as total_clv,
    cast(clv_decile as integer) as clv_decile,
    cast({{ clv_tier('clv_decile') }} as {{ dbt.type_string() }}) as clv_tier,
    cast(lifecycle_stage as {{ dbt.type_string() }}) as lifecycle_stage,
    cast(data_quality_flag as {{ dbt.type_string() }}) as data_quality_flag,
    cast(fallback_reason as {{ dbt.type_string() }}) as fallback_reason,
    cast(model_version as {{ dbt.type_string() }}) as model_version,
    cast(model_trained_at as {{ dbt.type_timestamp() }}) as model_trained_at,
    cast(
        '{{ run_started_at.strftime("%Y-%m-%d %H:%M:%S") }}'
        as {{ dbt.type_timestamp() }}
    ) as scored_at,
    {{ clv_settings_hash() }} as settings_hash
from ranked
