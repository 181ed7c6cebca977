"""The faults that every real delivery has, in small and steady doses."""

from collections.abc import Callable, Sequence

import numpy as np

from dynamic_clv.demo_shop.calendar import DAY_SECONDS, DAYS, OPENING, timestamps
from dynamic_clv.demo_shop.dice import Dice
from dynamic_clv.demo_shop.tables import (
    Numbers,
    Table,
    constant,
    labelled,
    money,
    stacked,
    taken,
)

BAD_DATES = ("2024-13-45", "yesterday", "", "2999-12-31 00:00:00")
BAD_AMOUNTS = ("abc", "NaN", "")
SPELLINGS = {
    "female": ("  Female", "f", "FEMALE", "Female "),
    "male": ("Male", "m", " MALE", "M"),
}
BOT_VIEWS = 240  # one every 14 seconds: within the hour
LATE_EVENING = 79_000  # seconds after midnight


def soiled(dice: Dice, tables: dict[str, Table], numbers: Numbers) -> dict[str, Table]:
    """Return the tables with faults; clean rows stay as they were.

    Args:
        dice: source of chance.
        tables: clean tables by name.
        numbers: source of ids for test orders and bots.

    Returns:
        New tables, with some rows spoilt, repeated, missing or invented.
    """
    tables = {name: {c: v.copy() for c, v in t.items()} for name, t in tables.items()}
    return tables | {
        "raw_customers": _customers(dice, tables["raw_customers"]),
        "raw_orders": _orders(dice, tables["raw_orders"], numbers),
        "raw_order_lines": _lines(dice, tables["raw_order_lines"]),
        "raw_events": _events(dice, tables["raw_events"], numbers),
        "raw_touches": _touches(dice, tables["raw_touches"]),
        "raw_referrals": _referrals(dice, tables["raw_referrals"]),
    }


def soiled_rates(dice: Dice, table: Table) -> Table:
    """Return the exchange rates with two of them unreadable and two repeated."""
    table = {column: values.copy() for column, values in table.items()}
    _spoil(dice, table, "rate_to_reporting", ("", "n/a"), 0.0)
    return _repeated(dice, table, 0.0)


def _customers(dice: Dice, table: Table) -> Table:
    """Lose some customers, blank some attributes, spell others freely."""
    for column, share in (
        ("age", 0.15),
        ("gender", 0.10),
        ("region", 0.06),
        ("acquisition_channel", 0.05),
    ):
        _spoil(dice, table, column, ("",), share)
    _respell(dice, table, "gender", 0.2, lambda word: SPELLINGS.get(word, (word,)))
    _respell(dice, table, "region", 0.1, lambda w: (w.upper(), f" {w.title()}  "))
    _spoil(dice, table, "age", ("-4", "999", "n/a"), 0.003)
    _spoil(dice, table, "signed_up_at", BAD_DATES, 0.003)
    table = _repeated(dice, table, 0.003)
    table = _repeated(dice, table, 0.002, "region", ("west",))
    kept = np.ones(len(table["customer_id"]), dtype=bool)
    lost = table["customer_id"][dice.rows(max(3, len(kept) // 250), len(kept))]
    return taken(table, ~np.isin(table["customer_id"].astype(str), lost.astype(str)))


def _orders(dice: Dice, table: Table, numbers: Numbers) -> Table:
    """Spoil dates, amounts, currencies and owners; add copies and test orders."""
    _spoil(dice, table, "ordered_at", BAD_DATES, 0.002)
    _spoil(dice, table, "amount", BAD_AMOUNTS, 0.0015)
    _spoil(dice, table, "discount_amount", ("", "none"), 0.002)
    _spoil(dice, table, "currency_code", ("XXX",), 0.001)
    _spoil(dice, table, "customer_id", ("",), 0.002)
    _spoil(dice, table, "customer_id", tuple(labelled("G", range(1, 7))), 0.001)
    _spoil(dice, table, "device", ("",), 0.01)
    _respell(dice, table, "currency_code", 0.003, lambda w: (w.lower(), f" {w}"))
    table = _repeated(dice, table, 0.004)
    table = _repeated(dice, table, 0.001, "amount", ("19.90", "250.00"))
    tests = taken(table, dice.rows(12, len(table["order_id"])))
    count = len(tests["order_id"])
    tests["order_id"] = numbers.take("Z", count)
    tests["order_type"] = constant("test", count)
    tests["amount"] = money(np.full(count, 100))
    tests["refunded_order_id"] = constant("", count)
    return stacked(table, tests)


def _lines(dice: Dice, table: Table) -> Table:
    """Turn some quantities negative, lose some prices, repeat some lines."""
    _spoil(dice, table, "quantity", ("-1", "-2", "two"), 0.001)
    _spoil(dice, table, "unit_price", ("", "abc"), 0.0005)
    _spoil(dice, table, "category", ("",), 0.005)
    return _repeated(dice, table, 0.001)


def _events(dice: Dice, table: Table, numbers: Numbers) -> Table:
    """Spoil dates and owners, repeat some events and let bots in."""
    bots = _bots(dice, table, numbers)
    _spoil(dice, table, "occurred_at", BAD_DATES, 0.0005)
    _spoil(dice, table, "customer_id", ("", "X1", "X2", "X3"), 0.002)
    _spoil(dice, table, "event_type", ("", "PAGE_VIEW", "hover"), 0.0005)
    _spoil(dice, table, "device", ("",), 0.01)
    return stacked(_repeated(dice, table, 0.003), bots)


def _bots(dice: Dice, table: Table, numbers: Numbers) -> Table:
    """Return page views of two customers who open hundreds within an hour."""
    total = len(table["event_id"])
    rows = np.repeat(dice.rows(2, total), BOT_VIEWS)
    bots = taken(table, rows)
    count = len(rows)
    seen = np.array([text[:10] for text in bots["occurred_at"]], "datetime64[s]")
    day = np.minimum((seen - OPENING).astype(np.int64), (DAYS - 1) * DAY_SECONDS)
    bots["event_id"] = numbers.take("E", count)
    bots["session_id"] = numbers.take("S", 2)[np.arange(count) // BOT_VIEWS]
    bots["event_type"] = constant("page_view", count)
    bots["search_keyword"] = constant("", count)
    bots["product_id"] = labelled("P", 1 + np.arange(count) % 192)
    bots["occurred_at"] = timestamps(
        day + LATE_EVENING + 14 * (np.arange(count) % BOT_VIEWS)
    )
    return bots


def _touches(dice: Dice, table: Table) -> Table:
    """Spoil a few dates and repeat a few contacts."""
    _spoil(dice, table, "touched_at", BAD_DATES, 0.0005)
    return _repeated(dice, table, 0.001)


def _referrals(dice: Dice, table: Table) -> Table:
    """Let a few customers have been brought by nobody known."""
    _spoil(dice, table, "referrer_customer_id", ("X9", ""), 0.02)
    return _repeated(dice, table, 0.01)


def _spoil(
    dice: Dice, table: Table, column: str, values: Sequence[str], share: float
) -> None:
    """Overwrite a share of the column, each of the values at least once."""
    total = len(table[column])
    rows = dice.rows(max(len(values), int(share * total)), total)
    table[column][rows] = np.resize(np.array(values, dtype=object), len(rows))


def _respell(
    dice: Dice,
    table: Table,
    column: str,
    share: float,
    spellings: Callable[[str], Sequence[str]],
) -> None:
    """Write a share of the column the way different people would type it."""
    total = len(table[column])
    for turn, row in enumerate(dice.rows(max(4, int(share * total)), total)):
        word = table[column][row]
        if word:
            variants = spellings(word)
            table[column][row] = variants[turn % len(variants)]


def _repeated(
    dice: Dice,
    table: Table,
    share: float,
    column: str | None = None,
    values: Sequence[str] = (),
) -> Table:
    """Deliver some rows twice; with a column, the copy says something else there."""
    total = len(next(iter(table.values())))
    copies = taken(table, dice.rows(max(2, int(share * total)), total))
    if column is not None:
        _spoil(dice, copies, column, values, 1.0)
    return stacked(table, copies)
