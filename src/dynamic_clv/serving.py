"""The warehouse's scores of a few customers, for a service that has their features."""

import pyarrow as pa

from dynamic_clv import columns, frames, scoring
from dynamic_clv.examples import Tables
from dynamic_clv.settings import Settings


def score(
    trained: frames.Relation,
    promotions: frames.Relation,
    as_of_dates: frames.Relation,
    behaviour: frames.Relation,
    profile: frames.Relation,
    windows: frames.Relation,
) -> pa.Table:
    """Score the customers of some feature rows as `dbt build` would.

    Features are rows of the warehouse and not raw orders: what stands in for a missing
    age is learned from all customers of a date, so one customer's orders cannot say it.

    Args:
        trained: at least one published row of `ml_clv__trained_models`.
        promotions: `ml_clv__promotions`, which says who is champion.
        as_of_dates: at least the row with role "today" of `fea_clv__as_of_dates`.
        behaviour: rows of `fea_clv__customer_behaviour` at today's date.
        profile: rows of `fea_clv__customer_profile`, of the same customers.
        windows: rows of `fea_clv__customer_windows`, of the same customers.
            Each may be a pandas frame, an Arrow table or a DuckDB relation.

    Returns:
        One row per customer, of `scoring.SCHEMA`.

    Raises:
        BadInput: no trained row may be used, or a column is missing.
    """
    tables = Tables(
        as_of_dates=_dated(as_of_dates),
        labels=None,
        behaviour=_dated(behaviour),
        profile=_dated(profile),
        windows=windows,
    )
    models, decisions = _dated(trained), _dated(promotions)
    job = scoring.Job(tables, models, Settings(), lambda line: None, decisions)
    return pa.Table.from_batches(job.run(), schema=scoring.SCHEMA)


def _dated(relation: frames.Relation) -> pa.Table:
    """Read rows and make their date a date: pandas only knows points in time."""
    rows = frames.table(relation)
    frames.require(rows, "a table to score from", [columns.AS_OF_DATE])
    place = rows.column_names.index(columns.AS_OF_DATE)
    dates = rows.column(place).cast(pa.date32())
    return rows.set_column(place, columns.AS_OF_DATE, dates)
