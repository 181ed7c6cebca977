-- One row per cut-off date, horizon and role: train, validation, test, refit or today.

with

activity as (

    select * from {{ ref('int_clv__customer_periods') }}

),

-- the only clock; empty shop, no clock, no rows
clock as (

    select
        min(activity_date) as first_activity_date,
        {% if var('clv_as_of_date') %}
            cast('{{ var("clv_as_of_date") }}' as date) as as_of_date,
        {% else %}
            cast({{ dbt.dateadd('day', 1, 'max(activity_date)') }} as date)
                as as_of_date,
        {% endif %}
        {{ clv_period_days() }} as period_days,
        {{ var('clv_horizon_days') }} as horizon_days
    from activity

),

first_orders as (

    select
        activity.customer_id,
        min(activity.activity_date) as first_order_date
    from activity
    cross join clock
    where activity.count_orders > 0 and activity.activity_date < clock.as_of_date
    group by activity.customer_id

),

-- of a large shop a random part is looked at: the first so many buckets
population as (

    select count(*) as count_customers from first_orders

),

days as (

    select
        first_order_date,
        count(*) as count_customers
    from first_orders
    group by first_order_date

),

followed as (

    select
        days.first_order_date,
        sum(followers.count_customers) as count_customers_within_a_year
    from days
    inner join days as followers
        on
            days.first_order_date <= followers.first_order_date
            and followers.first_order_date
            < {{ dbt.dateadd('day', 365, 'days.first_order_date') }}
    group by days.first_order_date

),

-- History begins with the first order that is not alone: within a year of it came a
-- second customer and one in a hundred. A typing error, an order of 1999, would
-- stretch the history of everybody, and no cut-off would have customers.
begun as (

    select min(followed.first_order_date) as first_order_date
    from followed
    cross join population
    where
        followed.count_customers_within_a_year
        >= greatest(
            least(2, population.count_customers), population.count_customers / 100.0
        )

),

history as (

    select
        clock.*,
        {{ dbt.datediff('begun.first_order_date', 'clock.as_of_date', 'day') }}
            as history_days
    from clock
    cross join begun
    where begun.first_order_date is not null

),

-- five label horizons fit into history: warm-up, two of training cut-offs, validation
-- and test. A shorter history gets shorter labels, never a shorter prediction.
label as (

    select
        *,
        greatest(
            period_days,
            least(
                horizon_days,
                cast(floor(history_days / 5.0 / period_days) as integer) * period_days
            )
        ) as label_days
    from history

),

-- cut-offs are counted in whole periods back from as_of_date
grid as (

    select
        *,
        cast(ceil(label_days * 1.0 / period_days) as integer) as label_periods,
        cast(
            floor((history_days - label_days / 2.0) / period_days) as integer
        ) as oldest_cutoff
    from label

),

stepped as (

    select
        *,
        greatest(
            1,
            cast(floor(label_periods / 4.0) as integer),
            cast(ceil(
                (oldest_cutoff - label_periods) * 1.0 / {{ clv_cutoff_count() }}
            ) as integer)
        ) as cutoff_step
    from grid

),

numbers as (

    {{ dbt.generate_series(5000) }}

),

-- one, two and three label horizons; what comes near the asked horizon becomes it
horizons as (

    select distinct
        stepped.as_of_date,
        case
            when numbers.generated_number = 1 then stepped.label_days
            when
                (numbers.generated_number + 0.5) * stepped.label_days
                > stepped.horizon_days
                then stepped.horizon_days
            else cast(numbers.generated_number as integer) * stepped.label_days
        end as label_horizon_days
    from stepped
    cross join numbers
    where numbers.generated_number <= 3

),

-- labels exist only where the whole horizon has been observed
cutoffs as (

    select
        stepped.as_of_date as today_date,
        stepped.period_days,
        stepped.label_days,
        stepped.label_periods,
        cast(numbers.generated_number as integer) as periods_before_today,
        horizons.label_horizon_days
    from stepped
    inner join numbers
        on
            numbers.generated_number >= stepped.label_periods
            and numbers.generated_number <= stepped.oldest_cutoff
    inner join horizons
        on numbers.generated_number * stepped.period_days >= horizons.label_horizon_days
    where
        numbers.generated_number = 2 * stepped.label_periods
        or mod(
            cast(numbers.generated_number as integer) - stepped.label_periods,
            stepped.cutoff_step
        ) = 0

),

-- a training label ends before the validation label begins, and that before the test
roled as (

    select
        today_date,
        period_days,
        periods_before_today,
        label_horizon_days as horizon_days,
        case
            when
                label_horizon_days = label_days
                and periods_before_today = label_periods
                then 'test'
            when
                label_horizon_days = label_days
                and periods_before_today = 2 * label_periods
                then 'validation'
            when
                periods_before_today * period_days - label_horizon_days
                >= 2 * label_periods * period_days
                then 'train'
            else 'refit'
        end as cutoff_role
    from cutoffs

    union all

    -- a shop that is visited but has not sold anything yet has a today, and no past
    select
        as_of_date as today_date,
        period_days,
        0 as periods_before_today,
        horizon_days,
        'today' as cutoff_role
    from clock
    where first_activity_date < as_of_date

)

select
    cast(
        {{ dbt.dateadd(
            'day', '-1 * roled.periods_before_today * roled.period_days',
            'roled.today_date'
        ) }} as date
    ) as as_of_date,
    roled.periods_before_today,
    roled.period_days,
    roled.horizon_days,
    roled.cutoff_role as role,
    case
        when roled.cutoff_role = 'today' then {{ clv_bucket_count() }}
        else {{ clv_buckets_that_hold(
            var('clv_customers_per_cutoff'), 'population.count_customers'
        ) }}
    end as count_buckets
from roled
cross join population
