-- A customer without a score, scored twice, or scored without being one.

with

customers as (

    select behaviour.customer_id
    from {{ ref('fea_clv__customer_behaviour') }} as behaviour
    inner join {{ ref('fea_clv__as_of_dates') }} as cutoffs
        on behaviour.as_of_date = cutoffs.as_of_date
    where cutoffs.role = 'today'

),

scores as (

    select
        customer_id,
        count(*) as count_scores
    from {{ ref('ml_clv__scores') }}
    where model_kind not in ('prospect_conversion', 'prospect_rate')
    group by customer_id

)

select
    customers.customer_id,
    scores.customer_id as scored_customer_id,
    scores.count_scores
from customers
full outer join scores on customers.customer_id = scores.customer_id
where
    customers.customer_id is null
    or scores.customer_id is null
    or scores.count_scores > 1
