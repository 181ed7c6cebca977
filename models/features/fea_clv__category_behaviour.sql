-- One row per customer and cut-off: which categories the money went to.

with

cutoffs as (

    select * from {{ ref('fea_clv__cutoffs') }}

),

lines as (

    select * from {{ ref('int_clv__order_lines_cleaned') }}

),

spent as (

    select
        lines.customer_id,
        cutoffs.as_of_date,
        lines.category,
        sum(lines.quantity) as category_quantity,
        sum(lines.line_amount) as category_amount
    from cutoffs
    inner join lines
        on
            lines.customer_bucket = cutoffs.customer_bucket
            and lines.order_date < cutoffs.as_of_date
    group by lines.customer_id, cutoffs.as_of_date, lines.category

),

shared as (

    select
        *,
        row_number() over (
            partition by customer_id, as_of_date
            order by category_amount desc, category_quantity desc, category asc
        ) as category_rank,
        case
            when sum(category_amount) over (partition by customer_id, as_of_date) > 0
                then
                    cast(category_amount as {{ clv_type_double() }})
                    / sum(category_amount) over (partition by customer_id, as_of_date)
            else 0
        end as category_share
    from spent

)

-- concentration is the Herfindahl index: 1 when everything went to one category
select
    customer_id,
    as_of_date,
    count(*) as count_categories,
    max(case when category_rank = 1 then category end) as favourite_category,
    max(case when category_rank = 1 then category_share end)
        as favourite_category_share,
    -- decimals, because the sum of doubles depends on the order of the rows
    cast(
        sum(cast(category_share * category_share as decimal(18, 12)))
        as {{ clv_type_double() }}
    ) as category_concentration
from shared
group by customer_id, as_of_date
