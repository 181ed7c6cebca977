-- One row per customer or prospect: the newest accepted score. What BI reads.

{{ config(
    post_hook={
        'sql': '{{ dynamic_clv.clv_export_parquet(this) }}',
        'transaction': false,
    },
) }}

with

scores as (

    select * from {{ ref('clv_scores_ranked') }}

)

select
    customer_id,
    as_of_date,
    horizon_days,
    currency_code,
    predicted_clv,
    predicted_clv_median,
    predicted_clv_p10,
    predicted_clv_p90,
    predicted_order_count,
    predicted_average_order_amount,
    churn_probability,
    p_alive,
    expected_next_order_date,
    historic_clv,
    total_clv,
    clv_decile,
    clv_tier,
    lifecycle_stage,
    data_quality_flag,
    fallback_reason,
    model_version,
    model_trained_at,
    scored_at
from scores
