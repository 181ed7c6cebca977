-- The predicted total lies within a third of what the 273 days after as_of_date brought.

with

predicted as (

    select sum(predicted_clv) as amount
    from {{ ref('clv_predictions') }}

),

actual as (

    select sum(dollars) as amount
    from {{ ref('till_receipts') }}
    where day_bought >= date '1997-10-01' and day_bought < date '1998-07-01'

)

select
    predicted.amount as predicted_amount,
    actual.amount as actual_amount
from predicted
cross join actual
where not coalesce(predicted.amount / actual.amount between 0.67 and 1.33, false)
