-- One row per customer who was won by another customer.

with

referrals as (

    select * from {{ ref('stg_clv__referrals') }}
    where delivery_status = 'accepted'

)

select
    referrer_customer_id,
    referred_customer_id,
    cast(referred_at as date) as referred_date
from referrals
