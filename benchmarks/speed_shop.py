"""A made-up shop of any size, the same on every machine: two years of typed tables.

Everything is drawn from DuckDB's `hash` of a customer and a counter, so threads and the
order of rows change nothing. About ten orders and fifty events per customer.
"""

from pathlib import Path

import duckdb
from shops import Shop

FIRST_DAY, COUNT_DAYS, AS_OF_DATE = "2023-01-01", 731, "2025-01-01"
MEAN_ORDERS = 10
EVENTS_PER_VISIT = 5

# Reproducible draws: uniform in [0, 1) of a row's numbers and the name of the draw.
MACRO = "create or replace macro drawn(a, b, c) as hash(a, b, c) / 18446744073709551616"

# Join date, end of interest and number of orders of each customer. Interest lasts
# exponentially long, and orders are geometric: many buy once, few buy often.
PEOPLE = f"""
    create or replace temp table people as
    with
    joined as (
        select
            range as person,
            'c' || lpad(range::varchar, 9, '0') as customer_id,
            drawn(range, 0, 'join') * {COUNT_DAYS - 1} as first_day,
            -365 * ln(1 - drawn(range, 0, 'leave')) as days_active,
            1 + floor(ln(1 - drawn(range, 0, 'orders')) / ln(1 - {1 / MEAN_ORDERS}))
                as count_orders
        from range({{customers}})
    )
    select
        * exclude (days_active, count_orders),
        least(days_active, {COUNT_DAYS - 0.01} - first_day) as days_active,
        least(count_orders, 200)::integer as count_orders,
        exp(3 + drawn(person, 0, 'amount') + drawn(person, 1, 'amount'))
            as usual_amount
    from joined
"""

# The first order opens the history; a visit is on the day of an order half of the time.
ORDERS = f"""
    create or replace table clv_raw.orders as
    select
        customer_id,
        customer_id || '-' || number as order_id,
        timestamp '{FIRST_DAY}' + to_seconds(floor(86400 * (
            first_day
            + case when number = 0 then 0 else drawn(person, number, 'when') end
            * days_active
        ))) as ordered_at,
        (usual_amount * (0.5 + drawn(person, number, 'size')))::decimal(18, 2)
            as amount,
        case when drawn(person, number, 'device') < 0.6 then 'phone' else 'desktop' end
            as device
    from (select *, unnest(range(count_orders)) as number from people)
"""

EVENTS = f"""
    create or replace table clv_raw.events as
    select
        customer_id,
        case
            when step = 0 or drawn(person, 100 * number + step, 'type') < 0.6
                then 'page_view'
            when drawn(person, 100 * number + step, 'type') < 0.8 then 'search'
            else 'add_to_cart'
        end as event_type,
        timestamp '{FIRST_DAY}' + to_seconds(60 * step + floor(86400 * (
            first_day
            + case
                when number = 0 and drawn(person, number, 'same') < 0.5 then 0
                when drawn(person, number, 'same') < 0.5
                    then drawn(person, number, 'when')
                else drawn(person, number, 'visit')
            end * days_active
        ))) as occurred_at,
        customer_id || '-' || number || '-' || step as event_id,
        case
            when event_type = 'search'
                then list_value('shoes', 'coat', 'sale', 'delivery', 'return policy')[
                    1 + floor(5 * drawn(person, 100 * number + step, 'word'))::integer
                ]
        end as search_keyword
    from (
        select *, unnest(range({EVENTS_PER_VISIT})) as step
        from (select *, unnest(range(count_orders)) as number from people)
    )
"""

CUSTOMERS = f"""
    create or replace table clv_raw.customers as
    select
        customer_id,
        timestamp '{FIRST_DAY}' + to_seconds(floor(86400 * first_day)) as signed_up_at,
        (18 + floor(60 * drawn(person, 0, 'age')))::integer as age,
        case when drawn(person, 0, 'gender') < 0.5 then 'female' else 'male' end
            as gender,
        'region ' || floor(20 * drawn(person, 0, 'region'))::integer as region,
        case when drawn(person, 0, 'source') < 0.3 then 'search' else 'shop' end
            as acquisition_channel
    from people
"""


# One event in a hundred happens again on the day after.
NEW_EVENTS = f"""
    insert into clv_raw.events
    select
        customer_id,
        event_type,
        timestamp '{AS_OF_DATE}' + to_seconds(hash(event_id, 'new') % 86400),
        event_id || '-new',
        search_keyword
    from clv_raw.events
    where hash(event_id) % 100 = 0
"""


def shop(customers: int) -> Shop:
    """Return the question that is asked of the made-up shop.

    Its clock is the package's own, the day after the newest fact, as in most shops: a
    var that moves every day would make dbt read the whole project anew.
    """
    return Shop(
        name=f"speed_{customers}",
        title=f"{customers:,} customers",
        as_of_date="",
        horizon_days=365,
        currency="EUR",
        relations={
            name: f"clv_raw.{name}" for name in ("orders", "events", "customers")
        },
    )


def write(path: Path, customers: int) -> None:
    """Write the tables of the shop into the schema `clv_raw` of a DuckDB file.

    Args:
        path: of the file, which is replaced.
        customers: how many there shall be.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    for old in (path, Path(f"{path}.wal")):
        old.unlink(missing_ok=True)
    with duckdb.connect(str(path)) as connection:
        connection.execute("create schema clv_raw")
        connection.execute(MACRO)
        for query in (PEOPLE.format(customers=customers), ORDERS, EVENTS, CUSTOMERS):
            connection.execute(query)
        connection.execute("drop macro drawn")


def write_new_events(path: Path) -> None:
    """Let a day pass: one percent more events, none of them before `AS_OF_DATE`."""
    with duckdb.connect(str(path)) as connection:
        connection.execute(NEW_EVENTS)
