-- A network that says the same of everybody has learned nothing: its scores stay here.

select
    count(*) as count_customers,
    min(predicted_clv) as predicted_clv,
    min(churn_probability) as churn_probability
from {{ ref('ml_clv__scores') }}
where fallback_reason is null
having
    count(*) >= 20
    and (
        count(distinct predicted_clv) = 1
        or count(distinct churn_probability) = 1
    )
