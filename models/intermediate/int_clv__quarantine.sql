-- One row per rejected row of an input: where it came from, why, and the row itself.

{% set inputs = {
    'orders': ('int_clv__orders_converted', 'order_id'),
    'customers': ('stg_clv__customers', 'customer_id'),
    'order_lines': ('int_clv__order_lines_matched', 'order_id'),
    'events': ('int_clv__events_screened', 'event_id'),
    'customer_snapshots': ('int_clv__customer_snapshots_converted', 'customer_id'),
    'exchange_rates': ('stg_clv__exchange_rates', 'currency_code'),
    'touches': ('stg_clv__touches', 'touch_id'),
    'referrals': ('stg_clv__referrals', 'referral_id'),
} %}

{% for input, (model, key) in inputs.items() %}
    select
        '{{ input }}' as input_name,
        {{ key }} as row_key,
        rejection_reason,
        raw_row
    from {{ ref(model) }}
    where delivery_status = 'rejected'
    {{ 'union all' if not loop.last }}
{% endfor %}
