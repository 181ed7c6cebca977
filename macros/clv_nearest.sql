{#- The name that a misspelt one most likely means: it shares the most pairs of
    neighbouring letters with it. -#}
{% macro clv_nearest(name, known) %}
    {%- set best = namespace(name='', likeness=-1) -%}
    {%- set pairs = set(zip(name, name[1:])) -%}
    {%- for other in known -%}
        {%- set others = set(zip(other, other[1:])) -%}
        {%- set shared = pairs.intersection(others) | length -%}
        {%- set likeness = shared / (pairs | length + others | length) -%}
        {%- if likeness > best.likeness -%}
            {%- set best.name = other -%}
            {%- set best.likeness = likeness -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return(best.name) }}
{% endmacro %}
