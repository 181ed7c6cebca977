-- One row per delivered snapshot of a customer: typed, nothing dropped, with a verdict.

with

delivered as (

    {{ clv_delivered(
        'customer_snapshots',
        required=['customer_id', 'snapshot_date'],
        optional=[
            'count_purchases', 'purchase_amount', 'currency_code', 'count_page_views',
            'search_keyword', 'age', 'gender', 'region',
        ],
    ) }}

),

-- an attribute that cannot be read is a missing attribute; the row stays
typed as (

    select
        cast(customer_id as {{ dbt.type_string() }}) as customer_id,
        snapshot_date as delivered_snapshot_date,
        count_purchases as delivered_count_purchases,
        purchase_amount as delivered_purchase_amount,
        count_page_views as delivered_count_page_views,
        cast(
            {{ clv_safe_cast('snapshot_date', dbt.type_timestamp()) }} as date
        ) as snapshot_date,
        {{ clv_safe_cast('count_purchases', clv_type_money()) }}
            as typed_count_purchases,
        {{ clv_safe_cast('purchase_amount', clv_type_money()) }} as purchase_amount,
        {{ clv_safe_cast('count_page_views', clv_type_money()) }} as count_page_views,
        upper(coalesce(
            cast(currency_code as {{ dbt.type_string() }}),
            '{{ var("clv_reporting_currency") }}'
        )) as currency_code,
        lower(cast(search_keyword as {{ dbt.type_string() }})) as search_keyword,
        {{ clv_safe_cast('age', clv_type_double()) }} as age,
        lower(cast(gender as {{ dbt.type_string() }})) as gender,
        lower(cast(region as {{ dbt.type_string() }})) as region,
        raw_row
    from delivered

),

-- money without a count is one purchase
counted as (

    select
        *,
        coalesce(
            typed_count_purchases, case when purchase_amount > 0 then 1 else 0 end
        ) as count_purchases
    from typed

),

-- a negative amount without a purchase is a refund, as in a log of orders
judged as (

    select
        *,
        case
            when customer_id is null then 'customer_id_missing'
            {{ clv_date_rejection(
                'delivered_snapshot_date', 'snapshot_date', 'snapshot_date'
            ) }}
            {{ clv_count_rejection(
                'delivered_count_purchases', 'typed_count_purchases',
                'count_purchases', clv_most_purchases()
            ) }}
            {{ clv_count_rejection(
                'delivered_count_page_views', 'count_page_views',
                'count_page_views', clv_largest_amount()
            ) }}
            when
                delivered_purchase_amount is not null and purchase_amount is null
                then 'purchase_amount_not_a_number'
            when
                abs(purchase_amount) >= {{ clv_largest_amount() }}
                then 'purchase_amount_out_of_range'
            when
                count_purchases > 0 and purchase_amount is null
                then 'purchase_amount_missing'
            when
                count_purchases > 0 and purchase_amount < 0
                then 'purchase_amount_negative'
            when
                count_purchases = 0 and purchase_amount > 0
                then 'purchase_amount_without_purchase'
            when length(currency_code) <> 3 then 'currency_code_invalid'
        end as rejection_reason
    from counted

),

ranked as (

    {{ clv_ranked(
        'judged',
        key=['customer_id', 'snapshot_date'],
        content=[
            'count_purchases', 'coalesce(purchase_amount, 0)', 'currency_code',
            'coalesce(count_page_views, 0)', 'search_keyword', 'age', 'gender',
            'region',
        ],
        best_first=[
            'coalesce(purchase_amount, 0) desc',
            'coalesce(count_page_views, 0) desc',
            'count_purchases desc',
        ],
    ) }}

)

select
    customer_id,
    snapshot_date,
    count_purchases,
    coalesce(purchase_amount, 0) as purchase_amount,
    currency_code,
    coalesce(count_page_views, 0) as count_page_views,
    search_keyword,
    age,
    gender,
    region,
    {{ clv_delivery_status() }} as delivery_status,
    {{ clv_rejection_reason() }} as rejection_reason,
    raw_row
from ranked
