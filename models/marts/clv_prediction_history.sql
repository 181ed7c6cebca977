-- One row per customer and as_of_date: what we said then.
-- A build replaces its own date whole, so who was withdrawn since leaves no row behind.
-- It does not read clv_predictions, which a backfill of earlier dates leaves alone.

{{ config(
    materialized='incremental',
    incremental_strategy='delete+insert',
    unique_key='as_of_date',
    on_schema_change='append_new_columns',
    full_refresh=false,
    meta={'clv_keeps_rows': 'always'},
    pre_hook='{{ dynamic_clv.clv_allow_null(this, "p_alive") }}',
) }}

with

scores as (

    select * from {{ ref('clv_scores_ranked') }}

)

select
    customer_id,
    as_of_date,
    model_version,
    horizon_days,
    currency_code,
    predicted_clv,
    predicted_clv_median,
    predicted_clv_p10,
    predicted_clv_p90,
    predicted_order_count,
    churn_probability,
    p_alive,
    historic_clv,
    clv_decile,
    clv_tier,
    lifecycle_stage,
    data_quality_flag,
    fallback_reason,
    model_trained_at,
    scored_at,
    settings_hash
from scores
