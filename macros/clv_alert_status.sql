{#- `quiet` of a customer who should be looked after now, and otherwise the reason why
    not. Reads columns of clv_predictions, fea_clv__customer_behaviour and
    clv_state_history. Yours to override. -#}
{% macro clv_alert_status() %}
    {{- return(adapter.dispatch('clv_alert_status', 'dynamic_clv')()) -}}
{% endmacro %}


{#- Worth is what was spent so far: predicted worth falls with the silence itself. Every
    threshold is relative to the shop or the customer; days are left to the stage. -#}
{% macro default__clv_alert_status() -%}
    case
        when monetary_score < 4 then 'not_valuable'
        when lifecycle_stage = 'dormant' then 'lost'
        when days_since_last_order > 2 * usual_gap_days and churn_probability >= 0.5
            then 'quiet'
        when days_since_last_order > 2 * usual_gap_days then 'likely_to_order'
        else 'in_rhythm'
    end
{%- endmacro %}
