{#- Change between two equal spans, -1 (stopped) over 0 (steady) to 1 (started). -#}
{% macro clv_trend(recent, previous) -%}
    case
        when abs({{ recent }}) + abs({{ previous }}) > 0
            then
                ({{ recent }} - {{ previous }}) * 1.0
                / (abs({{ recent }}) + abs({{ previous }}))
        else 0
    end
{%- endmacro %}
