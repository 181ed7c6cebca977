{#- What a customer is to marketing, in the words of clv_rfm_segments. Reads columns of
    fea_clv__customer_behaviour and recency_score, frequency_score and monetary_score, 1
    to 5. Yours to override, together with clv_rfm_segments. -#}
{% macro clv_rfm_segment() %}
    {{- return(adapter.dispatch('clv_rfm_segment', 'dynamic_clv')()) -}}
{% endmacro %}


{#- Scores compare with other customers, the lifecycle stage with the own rhythm: who
    has left it is no champion, however many others have left longer ago. -#}
{% macro default__clv_rfm_segment() -%}
    case
        when lifecycle_stage = 'dormant' then 'lost'
        when purchase_days = 1 and recency_score = 5 then 'new'
        when
            lifecycle_stage = 'declining'
            and (frequency_score >= 4 or monetary_score >= 4)
            then 'at_risk'
        when recency_score >= 4 and frequency_score >= 4 and monetary_score >= 4
            then 'champions'
        when purchase_days > 1 and recency_score >= 3 and frequency_score >= 3
            then 'loyal'
        when recency_score >= 3 then 'promising'
        when frequency_score >= 3 or monetary_score >= 4 then 'at_risk'
        else 'lost'
    end
{%- endmacro %}


{#- The words of clv_rfm_segment, best first: a customer who moves along this list has
    moved down. Yours to override. -#}
{% macro clv_rfm_segments() %}
    {{- return(adapter.dispatch('clv_rfm_segments', 'dynamic_clv')()) -}}
{% endmacro %}


{% macro default__clv_rfm_segments() %}
    {{- return(['champions', 'loyal', 'promising', 'new', 'at_risk', 'lost']) -}}
{% endmacro %}


{#- Place of a segment in that list. Prospects come last: who orders moves up. -#}
{% macro clv_rfm_segment_place(segment) -%}
    case {{ segment }}
        {%- for word in clv_rfm_segments() + ['prospect'] %}
            when '{{ word }}' then {{ loop.index }}
        {%- endfor %}
    end
{%- endmacro %}
