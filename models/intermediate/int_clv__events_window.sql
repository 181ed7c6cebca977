-- One row per build: the day from which events are cleaned in it, and why.
-- depends_on: {{ ref('stg_clv__events') }}

{% set window = clv_events_window() %}

select
    cast({{ "'" ~ window['since'] ~ "'" if window['since'] else 'null' }} as date)
        as since_date,
    cast('{{ window["reason"] }}' as {{ dbt.type_string() }}) as reason,
    {{ window['settings_hash'] }} as settings_hash,
    cast({{ clv_text(window['code']) }} as {{ dbt.type_string() }}) as code
