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
            {{ 'or ' if not loop.first }}{{ keyword }} like '%{{ word }}%'
            {%- endfor %}
            then '{{ group }}'
        {%- endfor %}
        else 'product'
    end
{%- endmacro %}


{% macro clv_keywords() %}
    {{- return({
        'leaving': [
            'cancel', 'unsubscribe', 'delete account', 'close account', 'return policy',
            'complaint', 'refund', '退款', '退货', '注销', '取消',
        ],
        'price': [
            'sale', 'discount', 'coupon', 'voucher', 'cheap', 'outlet', 'promo',
            '优惠', '折扣', '打折', '便宜',
        ],
        'service': [
            'help', 'contact', 'delivery', 'shipping', 'track', 'size guide',
            'warranty', '客服', '物流', '快递',
        ],
    }) -}}
{% endmacro %}
