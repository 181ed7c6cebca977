{#- Where a customer stands: new, growing, mature, declining or dormant. Reads columns
    of fea_clv__customer_behaviour. Yours to override. -#}
{% macro clv_lifecycle_stage() %}
    {{- return(adapter.dispatch('clv_lifecycle_stage', 'dynamic_clv')()) -}}
{% endmacro %}


{#- Silence is measured against the customer's own rhythm where one is known. -#}
{% macro default__clv_lifecycle_stage() -%}
    case
        when
            days_since_last_order
            > greatest(180, 3 * coalesce(mean_interpurchase_days, 0))
            then 'dormant'
        when t_days <= 90 then 'new'
        when
            days_since_last_order
            > greatest(60, 1.5 * coalesce(mean_interpurchase_days, 0))
            then 'declining'
        when net_amount_last_90d > 1.25 * net_amount_previous_90d then 'growing'
        when net_amount_last_90d < 0.5 * net_amount_previous_90d then 'declining'
        else 'mature'
    end
{%- endmacro %}
