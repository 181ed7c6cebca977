{#- What a searched keyword says about intent. Words are local: yours to override. -#}
{% macro clv_keyword_group(keyword) %}
    {{- return(adapter.dispatch('clv_keyword_group', 'dynamic_clv')(keyword)) -}}
{% endmacro %}


{% macro default__clv_keyword_group(keyword) -%}
    case
        when {{ keyword }} is null then null
        {%- for group, words in clv_keywords().items() %}
        when
            {%- for word in words %}
            {{ 'or ' if not loop.first }}{{ clv_has_word(keyword, word) }}
            {%- endfor %}
            then '{{ group }}'
        {%- endfor %}
        else 'product'
    end
{%- endmacro %}


{#- Words of an alphabet are looked for as whole words: a track suit asks for no parcel,
    and headphones that are noise cancelling for no way out. -#}
{% macro clv_has_word(keyword, word) -%}
    {%- if word[0] in 'abcdefghijklmnopqrstuvwxyz' -%}
        ' ' || {{ keyword }} || ' ' like '% {{ word }} %'
    {%- else -%}
        {{ keyword }} like '%{{ word }}%'
    {%- endif -%}
{%- endmacro %}


{% macro clv_keywords() %}
    {{- return({
        'leaving': [
            'cancel', 'cancellation', 'unsubscribe', 'delete account', 'close account',
            'return policy', 'returns', 'complaint', 'complaints', 'refund', 'refunds',
            '退款', '退货', '注销', '取消',
        ],
        'price': [
            'sale', 'sales', 'discount', 'discounts', 'coupon', 'coupons', 'voucher',
            'vouchers', 'cheap', 'cheapest', 'outlet', 'promo', 'promo code',
            '优惠', '折扣', '打折', '便宜',
        ],
        'service': [
            'help', 'contact', 'delivery', 'shipping', 'tracking', 'track order',
            'track my order', 'size guide', 'warranty', '客服', '物流', '快递',
        ],
    }) -}}
{% endmacro %}
