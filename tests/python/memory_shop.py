"""A shop in memory: the five feature tables in Arrow, worked out from an order log."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, replace

import duckdb
import numpy as np
import pyarrow as pa

from dynamic_clv.examples import Tables
from dynamic_clv.settings import Settings

TODAY = dt.date(2024, 11, 1)
HISTORY_DAYS = 300
HORIZON_DAYS = 90
LABEL_DAYS = 42

# Small enough to be quick, large enough to learn something from.
QUICK = Settings(
    horizon_days=HORIZON_DAYS,
    window_periods=20,
    ensemble_members=1,
    max_epochs=2,
    max_training_rows=1_500,
    seed=7,
    customers_per_batch=1_000,
)

BUCKET = "cast(hash(customer_id) % 256 as integer)"

FEATURES = f"""
    select
        orders.customer_id,
        {BUCKET.replace("customer_id", "orders.customer_id")} as customer_bucket,
        cut_offs.as_of_date,
        cast(count(*) - 1 as integer) as frequency,
        max(day) - min(day) as recency_days,
        cut_offs.as_of_date - min(day) as t_days,
        sum(amount) / count(*) as monetary_value,
        sum(amount) as net_amount,
        cut_offs.as_of_date - max(day) as days_since_last_order,
        coalesce(sum(amount) filter (day >= cut_offs.as_of_date - 90), 0)
            as net_amount_last_90d,
        case when count(*) > 1 then 'regular' else 'new' end as lifecycle_stage
    from orders
    inner join cut_offs on orders.day < cut_offs.as_of_date
    group by orders.customer_id, cut_offs.as_of_date
"""

PROFILE = """
    select
        customer_id,
        customer_bucket,
        as_of_date,
        t_days as tenure_days,
        case when customer_bucket % 2 = 0 then 'web' else 'shop' end as main_channel,
        case when customer_bucket % 5 > 0 then customer_bucket % 60 + 18 end as age
    from behaviour
"""

WINDOWS = f"""
    select
        customer_id,
        {BUCKET} as customer_bucket,
        cast((date '{TODAY}' - day - 1) // 7 as integer) as periods_before_today,
        cast(count(*) as double) as count_orders,
        sum(amount) as net_amount
    from orders
    where day < date '{TODAY}'
    group by all
"""

LABELS = """
    select
        behaviour.customer_id,
        behaviour.customer_bucket,
        behaviour.as_of_date,
        dates.horizon_days,
        coalesce(sum(orders.amount), 0) as net_amount_in_horizon,
        cast(count(orders.day) as integer) as count_orders_in_horizon,
        cast(count(orders.day) > 0 as integer) as has_order_in_horizon
    from behaviour
    inner join dates on behaviour.as_of_date = dates.as_of_date
    left join orders
        on
            behaviour.customer_id = orders.customer_id
            and orders.day >= dates.as_of_date
            and orders.day < dates.as_of_date + cast(dates.horizon_days as integer)
    where dates.role <> 'today'
    group by all
"""


@dataclass(frozen=True)
class Order:
    """One purchase day of one customer."""

    customer_id: str
    day: dt.date
    amount: float


def orders(count_customers: int, seed: int = 1) -> list[Order]:
    """Invent customers who buy at rates of their own until they leave."""
    dice = np.random.default_rng(seed)
    found = []
    for number in range(count_customers):
        day = float(dice.integers(0, HISTORY_DAYS - 20))
        rate, usual = dice.gamma(0.7) / 20, float(dice.gamma(3.0) * 12)
        leaves = day + dice.exponential(200.0)
        while day < min(leaves, HISTORY_DAYS):
            date = TODAY - dt.timedelta(days=HISTORY_DAYS - int(day))
            amount = round(usual * float(dice.uniform(0.5, 1.5)), 2)
            found.append(Order(f"customer_{number:04d}", date, amount))
            day += 1 + dice.exponential(1 / max(rate, 1e-3))
    return found


def dates(history_days: int = HISTORY_DAYS) -> pa.Table:
    """Cut-offs a week apart, with the roles that the SQL half gives them."""
    periods = LABEL_DAYS // 7
    rows = [_date(0, HORIZON_DAYS, "today")]
    for ago in range(periods, (history_days - LABEL_DAYS) // 7 + 1, 3):
        role = {periods: "test", 2 * periods: "validation"}.get(ago, "refit")
        role = "train" if ago >= 3 * periods else role
        rows.append(_date(ago, LABEL_DAYS, role))
    return pa.Table.from_pylist(rows)


def tables(bought: Iterable[Order], cut_offs: pa.Table | None = None) -> Tables:
    """Work out the five feature tables of a shop."""
    listed = pa.Table.from_pylist(
        [vars(order) for order in bought],
        schema=pa.schema(
            [("customer_id", "string"), ("day", "date32"), ("amount", "float64")]
        ),
    )
    cut_offs = dates() if cut_offs is None else cut_offs
    with duckdb.connect() as connection:
        connection.register("orders", listed)
        connection.register("dates", cut_offs)
        connection.sql("create view cut_offs as select distinct as_of_date from dates")
        behaviour = connection.sql(FEATURES).to_arrow_table()
        connection.register("behaviour", behaviour)
        return Tables(
            as_of_dates=cut_offs,
            labels=connection.sql(LABELS).to_arrow_table(),
            behaviour=behaviour,
            profile=connection.sql(PROFILE).to_arrow_table(),
            windows=connection.sql(WINDOWS).to_arrow_table(),
        )


def shuffled(shop: Tables, seed: int = 3) -> Tables:
    """The same rows in another order."""
    dice = np.random.default_rng(seed)

    def shuffle(table: pa.Table) -> pa.Table:
        return table.take(pa.array(dice.permutation(table.num_rows)))

    given = {name: rows for name, rows in vars(shop).items() if rows is not None}
    return replace(shop, **{name: shuffle(rows) for name, rows in given.items()})


def _date(periods: int, horizon_days: int, role: str) -> dict[str, object]:
    return {
        "as_of_date": TODAY - dt.timedelta(days=7 * periods),
        "periods_before_today": periods,
        "period_days": 7,
        "horizon_days": horizon_days,
        "role": role,
    }
