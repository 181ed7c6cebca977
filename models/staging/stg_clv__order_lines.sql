-- One row per delivered order line: typed, nothing dropped, a verdict beside it.

with

delivered as {{ clv_inlined() }} (

    {{ clv_delivered(
        'order_lines',
        required=['order_id', 'category', 'quantity'],
        optional=['line_number', 'product_id', 'unit_price'],
    ) }}

),

typed as {{ clv_inlined() }} (

    select
        cast(order_id as {{ dbt.type_string() }}) as order_id,
        cast(line_number as {{ dbt.type_string() }}) as line_number,
        cast(product_id as {{ dbt.type_string() }}) as product_id,
        coalesce(
            lower(cast(category as {{ dbt.type_string() }})), 'unknown'
        ) as category,
        quantity as delivered_quantity,
        unit_price as delivered_unit_price,
        {{ clv_safe_cast('quantity', clv_type_money()) }} as quantity,
        {{ clv_safe_cast('unit_price', clv_type_money()) }} as unit_price,
        raw_row
    from delivered

),

judged as {{ clv_inlined() }} (

    select
        *,
        case
            when order_id is null then 'order_id_missing'
            when delivered_quantity is null then 'quantity_missing'
            when quantity is null then 'quantity_not_a_number'
            when quantity < 0 then 'quantity_negative'
            when quantity >= {{ clv_largest_amount() }} then 'quantity_out_of_range'
            when
                delivered_unit_price is not null and unit_price is null
                then 'unit_price_not_a_number'
            when unit_price < 0 then 'unit_price_negative'
            when
                unit_price >= {{ clv_largest_amount() }}
                then 'unit_price_out_of_range'
        end as rejection_reason
    from typed

),

-- a line without a number is known only by all that it says
keyed as {{ clv_inlined() }} (

    select
        *,
        coalesce(
            line_number,
            'without number: ' || coalesce(product_id, '') || ' ' || category || ' '
            || coalesce(cast(quantity as {{ dbt.type_string() }}), '') || ' '
            || coalesce(cast(unit_price as {{ dbt.type_string() }}), '')
        ) as line_key
    from judged

),

ranked as (

    {{ clv_ranked(
        'keyed',
        key=['order_id', 'line_key'],
        content=['product_id', 'category', 'quantity', 'unit_price'],
        best_first=['quantity desc', 'unit_price desc', 'product_id', 'category'],
    ) }}

)

select
    order_id,
    line_number,
    product_id,
    category,
    quantity,
    unit_price,
    {{ clv_delivery_status() }} as delivery_status,
    {{ clv_rejection_reason() }} as rejection_reason,
    raw_row
from ranked
