"""From the warehouse to rows to learn from.

Nothing after a cut-off is read for it: behaviour and profile are the warehouse's rows
of that date, windows are cut at its period, and BG/NBD is fitted on that date's rows.
"""

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from dynamic_clv import columns
from dynamic_clv.errors import NotEnoughData
from dynamic_clv.expectation import btyd, levels
from dynamic_clv.history import examples, features, frames, windows
from dynamic_clv.history.examples import CutOff, Part, Tables

# More cut-offs than this repeat each other: neighbours share almost all their facts.
MOST_CUT_OFFS = 16

# Customer x cut-off rows read for each row that is learned from. A larger shop is
# learned from by a part of its buckets, which is a random sample of its customers.
ROWS_READ_PER_ROW = 10

# BG/NBD has four parameters: more customers than this only cost time.
MOST_BTYD_CUSTOMERS = 20_000


def channels(relation: frames.Relation) -> list[str]:
    """List the window columns that the network reads, in alphabetical order."""
    schema = frames.schema(relation)
    numbers = [field.name for field in schema if frames.is_number(field.type)]
    return sorted(set(numbers) - columns.KEY_COLUMNS)


def inputs(relation: frames.Relation | None) -> list[str]:
    """List the inputs of which at least one row was accepted."""
    if relation is None:
        return []
    rows = frames.table(relation, select=["input_name", "count_cleaned"]).to_pylist()
    return sorted(row["input_name"] for row in rows if row["count_cleaned"])


def bucket_range(rows: float, most_rows: int, buckets: int) -> tuple[int, int]:
    """Return the first and last of some buckets that hold about `most_rows` of `rows`.

    Examples:
        >>> bucket_range(1_000, most_rows=5_000, buckets=256)
        (0, 255)
        >>> bucket_range(1_000, most_rows=500, buckets=256)
        (0, 127)
    """
    share = min(1.0, most_rows / max(rows, 1.0))
    return 0, max(int(buckets * share), 1) - 1


def sampled(
    relation: frames.Relation, cuts: Sequence[CutOff], most_rows: int
) -> tuple[int, int]:
    """Return the first and last bucket that hold about `most_rows` of some cut-offs.

    Only buckets that are looked at in all of them are counted.
    """
    counts = frames.counts(relation, columns.AS_OF_DATE)
    looked_at = {cut.as_of_date: cut.count_buckets for cut in cuts}
    fewest = min(looked_at.values())
    rows = sum(
        counts.get(date, 0) * fewest / buckets for date, buckets in looked_at.items()
    )
    return bucket_range(rows, most_rows, fewest)


def learned_from(
    behaviour: frames.Relation, cuts: Sequence[CutOff], training_rows: int
) -> tuple[int, int]:
    """Return the first and last bucket to learn from: all of them in most shops."""
    return sampled(behaviour, cuts, ROWS_READ_PER_ROW * training_rows)


def read_facts(
    tables: Tables, as_of_date: dt.date, buckets: tuple[int, int]
) -> features.Facts:
    """Read what was known of the customers of some buckets at one cut-off."""
    wanted = {columns.AS_OF_DATE: as_of_date, columns.CUSTOMER_BUCKET: buckets}
    behaviour = frames.table(tables.behaviour, wanted)
    return features.known(behaviour, frames.table(tables.profile, wanted))


def fit_btyd(
    facts: features.Facts, orders_model: str | None = None
) -> btyd.BtydParameters:
    """Fit orders and Gamma-Gamma on evenly chosen customers of one cut-off.

    Args:
        facts: of that cut-off.
        orders_model: see `btyd.fit`.

    Raises:
        NotEnoughData: too few customers or repeat orders.
    """
    count = min(len(facts), MOST_BTYD_CUSTOMERS)
    chosen = np.linspace(0, len(facts) - 1, count).astype(int)
    history = (values[chosen] for values in facts.btyd())
    return btyd.fit(*history, orders_model=orders_model)


def totals(relation: frames.Relation, buckets: tuple[int, int]) -> np.ndarray:
    """Sum the windows of some buckets over their customers.

    Orders and whole cents add up to the same sums in any order of rows.

    Returns:
        Orders, net amount and squared net amounts by period, newest first,
        (periods, 3).
    """
    names = [columns.PERIODS_BEFORE_TODAY, columns.COUNT_ORDERS, columns.NET_AMOUNT]
    wanted = {columns.CUSTOMER_BUCKET: buckets}
    found = np.zeros((0, 3))
    for batch in frames.batches(relation, wanted, names):
        periods, orders, amount = (frames.floats(column) for column in batch.columns)
        place, cents = periods.astype(int), np.rint(np.nan_to_num(amount) * 100)
        grown = max(len(found), int(place.max(initial=-1)) + 1)
        sums = [
            np.bincount(place, weights=np.nan_to_num(values), minlength=grown)
            for values in (orders, cents, cents**2)
        ]
        found = np.pad(found, ((0, grown - len(found)), (0, 0))) + np.stack(
            sums, axis=1
        )
    return found / np.array([1.0, 100.0, 10_000.0])


def choose_dates(cuts: Sequence[CutOff]) -> list[dt.date]:
    """Choose the cut-off dates to learn from, newest first.

    Validation and test are always among them; the rest is spread evenly.
    """
    labelled = [cut for cut in cuts if cut.role != columns.TODAY]
    dates = sorted({cut.as_of_date for cut in labelled}, reverse=True)
    if len(dates) <= MOST_CUT_OFFS:
        return dates
    judged = (columns.VALIDATION, columns.TEST)
    chosen = {cut.as_of_date for cut in labelled if cut.role in judged}
    rest = max(MOST_CUT_OFFS - len(chosen), 2)
    places = np.linspace(0, len(dates) - 1, rest).round().astype(int)
    return sorted(chosen | {dates[place] for place in places}, reverse=True)


def read_labelled(
    tables: Tables,
    cuts: Sequence[CutOff],
    buckets: tuple[int, int],
    check: Callable[[], None],
) -> list[Part]:
    """Read every labelled part, newest first, still without the windows.

    A cut-off with less history behind it than its shortest horizon is left out, and
    so is one at which BG/NBD cannot be fitted: its expectations would be noise.

    Args:
        tables: the relations.
        cuts: from `examples.cut_offs`.
        buckets: first and last bucket to read.
        check: called between cut-offs; may raise to stop.
    """
    parts: list[Part] = []
    for date in choose_dates(cuts):
        check()
        here = [c for c in cuts if c.as_of_date == date and c.role != columns.TODAY]
        facts = read_facts(tables, date, buckets)
        shortest = min(cut.horizon_days for cut in here)
        if not len(facts) or facts.btyd()[2].max() < shortest:
            continue
        try:
            parameters = fit_btyd(facts)
        except NotEnoughData:
            continue
        parts += [labelled(tables, cut, facts, parameters, buckets) for cut in here]
    return parts


def with_history(
    parts: Sequence[Part],
    relation: frames.Relation,
    names: Sequence[str],
    steps: int,
    buckets: tuple[int, int],
) -> list[Part]:
    """Add the dense windows to parts, in one pass over the sparse rows.

    Args:
        parts: from this module.
        relation: `fea_clv__customer_windows`.
        names: channels, in order.
        steps: periods of history.
        buckets: first and last bucket that the customers are in.
    """
    ids = pa.concat_arrays([part.facts.customer_ids for part in parts]).unique()
    keys = [columns.CUSTOMER_ID, columns.PERIODS_BEFORE_TODAY]
    wanted = {columns.CUSTOMER_BUCKET: buckets}
    kept = []
    for batch in frames.batches(relation, wanted, [*keys, *names]):
        found = pc.is_in(frames.text(batch.column(columns.CUSTOMER_ID)), ids)
        kept.append(batch.filter(found))
    return [replace(part, sequence=_dense(part, kept, names, steps)) for part in parts]


def labelled(
    tables: Tables,
    cut: CutOff,
    facts: features.Facts,
    parameters: btyd.BtydParameters,
    buckets: tuple[int, int],
) -> Part:
    """Join a cut-off's customers with what they did; nobody without a label stays."""
    there, spent, ordered = labels(tables, cut, facts, buckets)
    part = examples.unlabelled(cut, facts.take(there), parameters)
    expected = part.anchored.expected
    after_first = parameters.leaves_after_first
    when = cut.as_of_date, cut.horizon_days
    level = levels.measure(*when, expected, after_first, spent, ordered)
    return replace(part, amount=spent, count_orders=ordered, level=level)


def labels(
    tables: Tables, cut: CutOff, facts: features.Facts, buckets: tuple[int, int]
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Read what a cut-off's customers did in its horizon.

    Returns:
        Places of the customers with a label among all; their net amounts; their orders.
    """
    wanted = {
        columns.AS_OF_DATE: cut.as_of_date,
        columns.HORIZON_DAYS: cut.horizon_days,
        columns.CUSTOMER_BUCKET: buckets,
    }
    amount, orders = columns.NET_AMOUNT_IN_HORIZON, columns.COUNT_ORDERS_IN_HORIZON
    rows = frames.table(tables.labels, wanted, [columns.CUSTOMER_ID, amount, orders])
    labelled = frames.text(rows.column(columns.CUSTOMER_ID))
    place = pc.index_in(facts.customer_ids, labelled)
    there = np.flatnonzero(place.is_valid().to_numpy(zero_copy_only=False))
    rows = rows.take(place.take(pa.array(there)))
    spent, ordered = (frames.floats(rows.column(name)) for name in (amount, orders))
    return there, np.nan_to_num(spent), np.nan_to_num(ordered)


def _dense(
    part: Part, batches: list[pa.RecordBatch], names: Sequence[str], steps: int
) -> np.ndarray:
    cut = part.cut_off
    ids, since = part.facts.customer_ids, cut.periods_before_today
    dense = windows.scatter(batches, ids, since, steps, names, spare=1)
    days = part.facts.btyd()[2]
    dense[:, :, -1] = windows.existed(days, steps, cut.period_days)
    return dense
