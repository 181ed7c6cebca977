-- One row per customer and cut-off: page views, sessions, searches, carts and contacts.

with

cutoffs as (

    select * from {{ ref('fea_clv__cutoffs') }}

),

activity as (

    select * from {{ ref('int_clv__customer_periods') }}

),

seen as (

    select
        cutoffs.as_of_date,
        activity.*,
        {{ dbt.datediff(
            'activity.activity_date', 'cutoffs.as_of_date', 'day'
        ) }} as days_ago
    from cutoffs
    inner join activity
        on
            activity.customer_bucket = cutoffs.customer_bucket
            and activity.activity_date < cutoffs.as_of_date

)

select
    customer_id,
    as_of_date,
    {% for name, (channel, span) in clv_browsing_spans().items() %}
        {% set condition = 'days_ago <= ' ~ span[0] ~ ' and days_ago > ' ~ span[1] %}
        {{ clv_sum_of_channel(channel, condition) }} as {{ name }},
    {% endfor %}
    min(days_ago) filter (where count_sessions + count_page_views > 0)
        as days_since_last_event,
    min(days_ago) filter (where count_touches > 0) as days_since_last_touch,
    max(days_ago) filter (where count_sessions + count_page_views + count_touches > 0)
        as days_since_first_seen
from seen
group by customer_id, as_of_date
