"""A range of dates is scored once, in order, and can be gone on with."""

import contextlib
import datetime as dt
import io
import json
from collections.abc import Callable, Sequence

import lively_shop
import pytest
from dbt.cli.main import dbtRunner
from shops import PROJECT, Shop

from dynamic_clv.backfill import Backfill, BackfillStopped, parse

FIRST, LAST = dt.date(2024, 1, 1), dt.date(2024, 1, 3)


class Warehouse:
    """Answers like dbt and keeps the dates that were built."""

    def __init__(self, held: Sequence[str] = (), bad: str = "") -> None:
        self.held, self.bad = list(held), bad
        self.calls: list[list[str]] = []

    def dbt(self, arguments: Sequence[str]) -> tuple[int, str]:
        self.calls.append(list(arguments))
        if "run-operation" in arguments:
            asked = json.loads(arguments[arguments.index("--args") + 1])
            return 0, self._dates(**asked)
        date = self.clock(arguments)
        if date == self.bad:
            return 1, ""
        self.held += [date] if date else []
        return 0, ""

    def _dates(
        self, first_date: str, last_date: str, step_days: int, again: bool
    ) -> str:
        first, last = map(dt.date.fromisoformat, (first_date, last_date))
        days = range(0, (last - first).days + 1, step_days)
        dates = [str(first + dt.timedelta(days=day)) for day in days]
        lines = [
            f"clv_backfill {d} {'held' if d in self.held and not again else 'missing'}"
            for d in dates
        ]
        return "\n".join(["a word of dbt's", *lines])

    @staticmethod
    def clock(arguments: Sequence[str]) -> str | None:
        vars = json.loads(arguments[arguments.index("--vars") + 1])
        return vars.get("clv_as_of_date")


def test_missing_dates_are_built_in_order_and_today_at_the_end():
    warehouse, said = Warehouse(held=["2024-01-02"]), []
    assert Backfill(FIRST, LAST).run(warehouse.dbt, said.append) == [
        "2024-01-01",
        "2024-01-03",
    ]
    clocks = [warehouse.clock(call) for call in warehouse.calls]
    assert clocks == [None, "2024-01-01", "2024-01-03", None]
    assert "tag:clv_refresh" in warehouse.calls[-1]
    assert said[0] == "1 dates are in history already: skipped"
    assert said[1].startswith("2024-01-01  [##########..........] 1 of 2")


def test_a_backfill_that_failed_goes_on_where_it_was():
    warehouse = Warehouse(bad="2024-01-02")
    with pytest.raises(BackfillStopped, match="run the same command again"):
        Backfill(FIRST, LAST).run(warehouse.dbt, print)
    assert warehouse.held == ["2024-01-01"]
    warehouse.bad = ""
    assert Backfill(FIRST, LAST).run(warehouse.dbt, print) == [
        "2024-01-02",
        "2024-01-03",
    ]


def test_dates_in_history_are_built_when_asked():
    dates = [str(FIRST + dt.timedelta(days=day)) for day in range(3)]
    warehouse = Warehouse(held=dates)
    assert Backfill(FIRST, LAST).run(warehouse.dbt, print) == []
    # only today: an earlier run may have stopped before it
    assert [call[3] for call in warehouse.calls[1:]] == ["tag:clv_refresh"]
    assert Backfill(FIRST, LAST, again=True).run(warehouse.dbt, print) == dates


def test_the_command_line_hands_on_what_it_does_not_know():
    given = "--from 2024-01-01 --to 2024-01-31 --step 7 --target prod"
    asked = parse([*given.split(), "--vars", '{"clv_seed": 3}'])
    assert (asked.first, asked.last, asked.step_days) == (
        FIRST,
        dt.date(2024, 1, 31),
        7,
    )
    assert asked.options == ["--target", "prod"]
    warehouse = Warehouse()
    asked.run(warehouse.dbt, print)
    assert all(call[-2:] == ["--target", "prod"] for call in warehouse.calls)
    assert all('"clv_seed": 3' in " ".join(call) for call in warehouse.calls)


@pytest.mark.parametrize(
    "given", ["--from 2024-01-02 --to 2024-01-01", "--from 2024-01-01 --to soon"]
)
def test_a_range_that_cannot_be_meant_is_refused(given: str):
    with pytest.raises(SystemExit):
        parse(given.split())


LEARN_QUICKLY = {
    "clv_horizon_days": 60,
    "clv_window_periods": 12,
    "clv_max_epochs": 1,
    "clv_ensemble_members": 1,
    "clv_max_training_rows": 1000,
}


def _dbt(shop: Shop) -> Callable[[Sequence[str]], tuple[int, str]]:
    """Run dbt in this process, which is quicker than a new one."""

    def run(arguments: Sequence[str]) -> tuple[int, str]:
        where = ["--project-dir", str(PROJECT), "--profiles-dir", f"{PROJECT}/profiles"]
        where += ["--target-path", f"{shop.folder}/target"]
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed):
            answer = dbtRunner().invoke([*arguments, *where])
        shop.release()
        return 0 if answer.success else 1, printed.getvalue()

    return run


def test_a_backfill_fills_history_and_leaves_today_served(
    open_shop: Callable[[str], Shop],
):
    shop = open_shop("backfill")
    shop.vars |= LEARN_QUICKLY
    shop.deliver(orders=lively_shop.delivered(count_customers=120)["orders"])
    assert shop.build(("*",)).success
    served = "select * exclude (scored_at) from clv_predictions order by 1"
    before, newest = (
        shop.rows(served),
        shop.rows("select max(as_of_date) from clv_prediction_history"),
    )
    first = dt.date.fromisoformat(lively_shop.day_text(260))
    asked = Backfill(first, first + dt.timedelta(days=7), step_days=7, vars=shop.vars)
    lines: list[str] = []
    done = asked.run(_dbt(shop), lines.append)
    assert done == [str(first), str(first + dt.timedelta(days=7))]
    dates = [
        str(row[0])
        for row in shop.rows(
            "select distinct as_of_date from clv_prediction_history order by 1"
        )
    ]
    assert dates == [*done, str(newest[0][0])]
    assert shop.rows(served) == before
    ahead = shop.rows(
        "select count(*) from clv_prediction_history as said"
        " inner join ml_clv__trained_models as model using (model_version)"
        " where model.as_of_date > said.as_of_date"
    )
    assert ahead == [(0,)]
    assert asked.run(_dbt(shop), lines.append) == []
    assert lines[-2] == "2 dates are in history already: skipped"
    other = Backfill(first, first, vars={**shop.vars, "clv_include_tax": True})
    assert other.dates(_dbt(shop)) == ([str(first)], 0)
