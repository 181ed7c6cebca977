"""A shop in memory: the five feature tables in Arrow, worked out from an order log."""

import datetime as dt
import zlib
from collections.abc import Iterable
from dataclasses import dataclass, replace

import duckdb
import numpy as np
import pyarrow as pa

from dynamic_clv.history.examples import Tables
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


@dataclass(frozen=True)
class Visitor:
    """Somebody seen on a day, who may order later: once, or every ten days."""

    customer_id: str
    seen: dt.date
    page_views: float = 1.0
    ordered: dt.date | None = None
    amount: float = 20.0
    count_orders: int = 1

    def order_days(self) -> list[dt.date]:
        """Return the days of all orders."""
        if self.ordered is None:
            return []
        gaps = range(0, 10 * self.count_orders, 10)
        return [self.ordered + dt.timedelta(days=gap) for gap in gaps]


def visitors(count: int, seed: int = 5) -> list[Visitor]:
    """Invent visitors, half of whom look around a lot and are the ones who order."""
    dice = np.random.default_rng(seed)
    found = []
    for number in range(count):
        seen = TODAY - dt.timedelta(days=int(dice.integers(1, HISTORY_DAYS)))
        is_keen = dice.uniform() < 0.5
        later = seen + dt.timedelta(days=1 + int(dice.exponential(60.0)))
        orders = is_keen and dice.uniform() < 0.7
        views = float(dice.integers(5, 20) if is_keen else dice.integers(1, 5))
        name = f"visitor_{number:04d}"
        found.append(Visitor(name, seen, views, later if orders else None))
    return found


def with_prospects(shop: Tables, people: Iterable[Visitor]) -> Tables:
    """Add the visitors who have not ordered yet at each cut-off, and what they did."""
    people = list(people)
    cuts = shop.as_of_dates.to_pylist()
    rows = [
        _prospect(person, date)
        for date in sorted({cut["as_of_date"] for cut in cuts})
        for person in people
        if _is_prospect(person, date)
    ]
    labels = [
        _outcome(person, cut["as_of_date"], cut["horizon_days"])
        for cut in cuts
        for person in people
        if cut["role"] != "today" and _is_prospect(person, cut["as_of_date"])
    ]
    return replace(
        shop,
        prospects=pa.Table.from_pylist(rows, schema=PROSPECTS),
        prospect_labels=pa.Table.from_pylist(labels, schema=PROSPECT_LABELS),
    )


KEYS = [
    ("customer_id", pa.string()),
    ("customer_bucket", pa.int32()),
    ("as_of_date", pa.date32()),
]

PROSPECTS = pa.schema(
    [
        *KEYS,
        ("days_since_last_seen", pa.int64()),
        ("count_page_views_last_90d", pa.float64()),
        ("region", pa.string()),
    ]
)

PROSPECT_LABELS = pa.schema(
    [
        *KEYS,
        ("horizon_days", pa.int32()),
        ("net_amount_in_horizon", pa.float64()),
        ("count_orders_in_horizon", pa.int32()),
        ("has_order_in_horizon", pa.int32()),
    ]
)


def _is_prospect(person: Visitor, date: dt.date) -> bool:
    return person.seen < date and (person.ordered is None or person.ordered >= date)


def _keys(person: Visitor, date: dt.date) -> dict[str, object]:
    bucket = zlib.crc32(person.customer_id.encode()) % 256
    keys = (person.customer_id, bucket, date)
    return dict(zip(dict(KEYS), keys, strict=True))


def _prospect(person: Visitor, date: dt.date) -> dict[str, object]:
    return {
        **_keys(person, date),
        "days_since_last_seen": (date - person.seen).days,
        "count_page_views_last_90d": person.page_views,
        "region": None,
    }


def _outcome(person: Visitor, date: dt.date, days: int) -> dict[str, object]:
    end = date + dt.timedelta(days=days)
    count = sum(date <= day < end for day in person.order_days())
    return {
        **_keys(person, date),
        "horizon_days": days,
        "net_amount_in_horizon": person.amount * count,
        "count_orders_in_horizon": count,
        "has_order_in_horizon": int(count > 0),
    }


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
        "count_buckets": 256,
    }
