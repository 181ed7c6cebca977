{#- The vars that a shop wrote for this package, before dbt renders them: a ref() is
    still text here. dbt has no documented way to ask, so where it does not show them,
    nothing is returned, and nothing that rests on it is checked. -#}
{% macro clv_given_vars() %}
    {%- set given = {} -%}
    {%- set written = (clv_projects() | map(attribute='vars') | list)[-1:] -%}
    {%- for vars in written -%}
        {%- set vars = vars.to_dict() -%}
        {#- a mapping may be what another package is told -#}
        {%- for name, value in vars.items() if name.startswith('clv_') -%}
            {%- if value is not mapping or name in clv_known_vars() -%}
                {%- do given.update({name: value}) -%}
            {%- endif -%}
        {%- endfor -%}
        {%- do given.update(vars.get('dynamic_clv') or {}) -%}
        {%- for name, value in invocation_args_dict.vars.items() -%}
            {%- if name.startswith('clv_') -%}
                {%- do given.update({name: value}) -%}
            {%- endif -%}
        {%- endfor -%}
    {%- endfor -%}
    {{ return(given) }}
{% endmacro %}


{#- Names of our vars that a shop wrote below its own name in `vars:`, and that this
    package is not told anywhere else. -#}
{% macro clv_vars_of_the_shop_alone() %}
    {%- set found = [] -%}
    {%- for project in clv_projects() if project.project_name != 'dynamic_clv' -%}
        {%- set own = project.vars.to_dict().get(project.project_name) or {} -%}
        {%- for name in own if name in clv_known_vars() -%}
            {%- do found.append(name) if name not in clv_given_vars() -%}
        {%- endfor -%}
    {%- endfor -%}
    {{ return(found) }}
{% endmacro %}


{#- Names of the vars that dbt_project.yml of this package declares. -#}
{% macro clv_known_vars() %}
    {%- for project in clv_projects() if project.project_name == 'dynamic_clv' -%}
        {{ return(project.vars.to_dict() | list) }}
    {%- endfor -%}
    {{ return([]) }}
{% endmacro %}


{#- The projects in which dbt looks for a var: this package, then the shop's. -#}
{% macro clv_projects() %}
    {{- return(
        var.packages_for_node() | list if var.packages_for_node is defined else []
    ) -}}
{% endmacro %}
