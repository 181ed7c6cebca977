-- One row per delivered order or refund: typed, nothing dropped, a verdict beside it.

with

delivered as {{ clv_inlined() }} (

    {{ clv_delivered(
        'orders',
        required=['customer_id', 'order_id', 'ordered_at', 'amount'],
        optional=[
            'order_type', 'refunded_order_id', 'discount_amount', 'tax_amount',
            'shipping_amount', 'currency_code', 'channel', 'device',
        ],
    ) }}

),

typed as {{ clv_inlined() }} (

    select
        cast(order_id as {{ dbt.type_string() }}) as order_id,
        cast(customer_id as {{ dbt.type_string() }}) as customer_id,
        cast(refunded_order_id as {{ dbt.type_string() }}) as refunded_order_id,
        lower(cast(order_type as {{ dbt.type_string() }})) as delivered_order_type,
        upper(coalesce(
            cast(currency_code as {{ dbt.type_string() }}),
            '{{ var("clv_reporting_currency") }}'
        )) as currency_code,
        lower(cast(channel as {{ dbt.type_string() }})) as channel,
        lower(cast(device as {{ dbt.type_string() }})) as device,
        ordered_at as delivered_ordered_at,
        {{ clv_safe_cast('ordered_at', dbt.type_timestamp()) }} as ordered_at,
        amount as delivered_amount,
        discount_amount as delivered_discount_amount,
        tax_amount as delivered_tax_amount,
        shipping_amount as delivered_shipping_amount,
        {{ clv_safe_cast('amount', clv_type_money()) }} as amount,
        {{ clv_safe_cast('discount_amount', clv_type_money()) }} as discount_amount,
        {{ clv_safe_cast('tax_amount', clv_type_money()) }} as tax_amount,
        {{ clv_safe_cast('shipping_amount', clv_type_money()) }} as shipping_amount,
        raw_row
    from delivered

),

-- a negative amount without a type is how many logs write a refund
judged as {{ clv_inlined() }} (

    select
        *,
        case
            when delivered_order_type is not null then delivered_order_type
            when amount < 0 then 'refund'
            else 'order'
        end as order_type,
        case
            when order_id is null then 'order_id_missing'
            when customer_id is null then 'customer_id_missing'
            {{ clv_date_rejection('delivered_ordered_at', 'ordered_at', 'ordered_at') }}
            when delivered_amount is null then 'amount_missing'
            when amount is null then 'amount_not_a_number'
            when
                delivered_discount_amount is not null and discount_amount is null
                then 'discount_amount_not_a_number'
            when
                delivered_tax_amount is not null and tax_amount is null
                then 'tax_amount_not_a_number'
            when
                delivered_shipping_amount is not null and shipping_amount is null
                then 'shipping_amount_not_a_number'
            when delivered_order_type = 'test' then 'test_order'
            when
                delivered_order_type not in ('order', 'refund', 'cancellation')
                then 'order_type_unknown'
            when
                delivered_order_type = 'order' and amount < 0
                then 'amount_negative'
            when
                coalesce(delivered_order_type, 'order') = 'order' and amount >= 0
                and abs(discount_amount)
                > amount
                {{ '+ coalesce(tax_amount, 0)' if var('clv_include_tax') }}
                {{ '+ coalesce(shipping_amount, 0)' if var('clv_include_shipping') }}
                then 'discount_larger_than_amount'
            when
                abs(amount) + abs(coalesce(discount_amount, 0))
                + abs(coalesce(tax_amount, 0)) + abs(coalesce(shipping_amount, 0))
                >= {{ clv_largest_amount() }}
                then 'amount_out_of_range'
            when length(currency_code) <> 3 then 'currency_code_invalid'
        end as rejection_reason
    from typed

),

-- a refund may repeat the id of its order, and an order may be refunded in parts
keyed as {{ clv_inlined() }} (

    select
        *,
        case
            when order_type = 'order' then order_id
            else order_id || ' ' || cast(ordered_at as {{ dbt.type_string() }})
        end as order_key
    from judged

),

-- the earliest row of a key counts: a later one must not change what was known before
ranked as (

    {{ clv_ranked(
        'keyed',
        key=['order_type', 'order_key'],
        content=[
            'customer_id', 'amount', 'currency_code', 'ordered_at',
            'coalesce(discount_amount, 0)', 'coalesce(tax_amount, 0)',
            'coalesce(shipping_amount, 0)',
        ],
        best_first=['ordered_at', 'amount desc', 'customer_id'],
    ) }}

)

select
    order_id,
    customer_id,
    order_type,
    refunded_order_id,
    ordered_at,
    currency_code,
    amount,
    coalesce(discount_amount, 0) as discount_amount,
    coalesce(tax_amount, 0) as tax_amount,
    coalesce(shipping_amount, 0) as shipping_amount,
    channel,
    device,
    {{ clv_delivery_status() }} as delivery_status,
    {{ clv_rejection_reason() }} as rejection_reason,
    raw_row
from ranked
