"""Put the shop together, block by block, and write its CSV files."""

import csv
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

from dynamic_clv.demo_shop.browsing import event_table
from dynamic_clv.demo_shop.dice import Dice
from dynamic_clv.demo_shop.dirt import soiled, soiled_rates
from dynamic_clv.demo_shop.lives import live
from dynamic_clv.demo_shop.outreach import rate_table, referral_table, touch_table
from dynamic_clv.demo_shop.people import customer_table, make_people
from dynamic_clv.demo_shop.purchases import make_orders, order_table
from dynamic_clv.demo_shop.tables import COLUMNS, Numbers, Table

DEFAULT_CUSTOMERS = 2000
DEFAULT_SEED = 20230101
BLOCK_CUSTOMERS = 10_000  # bounds the memory, whatever the size of the shop


def write_shop(
    folder: Path, customers: int = DEFAULT_CUSTOMERS, seed: int = DEFAULT_SEED
) -> dict[str, int]:
    """Write one CSV file per input; the same arguments give the same bytes.

    Args:
        folder: where the files go; made if missing, older files are replaced.
        customers: how many customers sign up within the two years.
        seed: another seed gives another shop of the same kind.

    Returns:
        The number of rows of each file, by its name without `.csv`.
    """
    folder.mkdir(parents=True, exist_ok=True)
    counts = dict.fromkeys(COLUMNS, 0)
    with ExitStack() as files:
        writers = {}
        for name, columns in COLUMNS.items():
            path = folder / f"{name}.csv"
            file = files.enter_context(path.open("w", encoding="utf-8", newline=""))
            writers[name] = csv.writer(file, lineterminator="\n")
            writers[name].writerow(columns)
        for name, table in make_tables(customers, seed):
            rows = [table[column].tolist() for column in COLUMNS[name]]
            writers[name].writerows(zip(*rows, strict=True))
            counts[name] += len(rows[0])
    return counts


def make_tables(customers: int, seed: int) -> Iterator[tuple[str, Table]]:
    """Yield tables of text, several per name when the shop is large."""
    numbers = Numbers()
    dice = Dice(seed, 0)
    yield "raw_exchange_rates", soiled_rates(dice, rate_table(dice))
    for block, first in enumerate(range(0, customers, BLOCK_CUSTOMERS), start=1):
        count = min(BLOCK_CUSTOMERS, customers - first)
        yield from _block(Dice(seed, block), count, numbers).items()


def _block(dice: Dice, count: int, numbers: Numbers) -> dict[str, Table]:
    """Return the tables of `count` customers, faults included."""
    people = make_people(dice, numbers.take("C", count))
    lives = live(dice, people)
    orders, lines = make_orders(dice, people, lives, numbers)
    tables = {
        "raw_customers": customer_table(people),
        "raw_orders": order_table(dice, people, lives, orders, numbers),
        "raw_order_lines": lines,
        "raw_events": event_table(dice, people, lives, orders, numbers),
        "raw_touches": touch_table(dice, people, numbers),
        "raw_referrals": referral_table(people, numbers),
    }
    return soiled(dice, tables, numbers)
