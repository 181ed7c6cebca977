-- A prospect without a score, scored twice, or scored as one without being one.

with

prospects as (

    select prospects.customer_id
    from {{ ref('fea_clv__prospects') }} as prospects
    inner join {{ ref('fea_clv__as_of_dates') }} as cutoffs
        on prospects.as_of_date = cutoffs.as_of_date
    where cutoffs.role = 'today'

),

scores as (

    select
        customer_id,
        count(*) as count_scores
    from {{ ref('ml_clv__scores') }}
    where model_kind in ('prospect_conversion', 'prospect_rate')
    group by customer_id

)

select
    prospects.customer_id,
    scores.customer_id as scored_customer_id,
    scores.count_scores
from prospects
full outer join scores on prospects.customer_id = scores.customer_id
where
    prospects.customer_id is null
    or scores.customer_id is null
    or scores.count_scores > 1
