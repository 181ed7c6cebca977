-- One row per input: where every delivered row went. Nothing is lost.

{% set told_by_snapshots -%}
    (select order_id from {{ ref('int_clv__snapshot_orders') }})
{%- endset %}

{% set inputs = {
    'orders': (
        'int_clv__orders_converted', 'int_clv__orders_cleaned',
        'order_id not in ' ~ told_by_snapshots
    ),
    'customers': (
        'stg_clv__customers', 'int_clv__customers_cleaned',
        'is_customer_record_missing = 0'
    ),
    'order_lines': (
        'int_clv__order_lines_matched', 'int_clv__order_lines_cleaned', '1 = 1'
    ),
    'events': ('int_clv__events_screened', 'int_clv__events_cleaned', '1 = 1'),
    'customer_snapshots': (
        'int_clv__customer_snapshots_converted', 'int_clv__customer_snapshots_cleaned',
        '1 = 1'
    ),
    'exchange_rates': (
        'stg_clv__exchange_rates', 'int_clv__exchange_rates_cleaned', '1 = 1'
    ),
    'touches': ('stg_clv__touches', 'int_clv__touches_cleaned', '1 = 1'),
    'referrals': ('stg_clv__referrals', 'int_clv__referrals_cleaned', '1 = 1'),
} %}

with

quarantine as (

    select * from {{ ref('int_clv__quarantine') }}

)

{% for input, (judged, cleaned, condition) in inputs.items() %}
    select
        '{{ input }}' as input_name,
        ({{ clv_count_delivered(input) }}) as count_delivered,
        (
            select count(*) from {{ ref(cleaned) }}
            where {{ condition }}
        ) as count_cleaned,
        (
            select count(*) from {{ ref(judged) }}
            where delivery_status = 'merged'
        ) as count_merged,
        (
            select count(*) from quarantine
            where input_name = '{{ input }}'
        ) as count_quarantined
    {{ 'union all' if not loop.last }}
{% endfor %}
