-- One row per cut-off date and bucket of customers that is looked at then.

with

as_of_dates as (

    select distinct
        as_of_date,
        count_buckets
    from {{ ref('fea_clv__as_of_dates') }}
    {% if clv_is_refresh() %}
        where role = 'today'
    {% endif %}

),

numbers as (

    {{ dbt.generate_series(clv_bucket_count()) }}

)

select
    as_of_dates.as_of_date,
    cast(numbers.generated_number as integer) - 1 as customer_bucket
from as_of_dates
inner join numbers on numbers.generated_number <= as_of_dates.count_buckets
