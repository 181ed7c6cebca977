{#- The spellings of a gender that shops deliver, in one word. Yours to override. -#}
{% macro clv_gender(gender) %}
    {{- return(adapter.dispatch('clv_gender', 'dynamic_clv')(gender)) -}}
{% endmacro %}


{% macro default__clv_gender(gender) -%}
    case
        when {{ gender }} in ('f', 'female', 'w', 'woman', '女', '女性') then 'female'
        when {{ gender }} in ('m', 'male', 'man', '男', '男性') then 'male'
        when {{ gender }} in ('unknown', 'n/a', 'na', 'none', 'null', '-') then null
        else {{ gender }}
    end
{%- endmacro %}
