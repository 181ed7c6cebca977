"""Score past dates as they would have been scored then, one `dbt build` per date.

Command line: `python -m dynamic_clv.backfill --from 2024-01-01 --to 2024-01-30`, run
where `dbt build` is run. Each date knows only the facts and the models of before it.
Dates that `clv_prediction_history` holds under the same settings are skipped, so a
backfill that was stopped goes on where it was. `clv_predictions` is left alone; the
last step scores today again, so that every table is at today's clock.
"""

import argparse
import datetime as dt
import json
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from dynamic_clv.errors import ClvError

# What a date needs; not `clv_predictions`, which serves the newest date, nor tests that
# set the history beside tables that are built after all dates.
OF_A_DATE = (
    *("--select", "+clv_prediction_history", "+clv_state_history"),
    *("--indirect-selection", "buildable"),
)
OF_TODAY = ("--select", "tag:clv_refresh")

LINE = "clv_backfill"

# Runs dbt with arguments and returns its exit code and what it printed.
Dbt = Callable[[Sequence[str]], tuple[int, str]]


class BackfillStopped(ClvError):  # noqa: N818
    """A call of dbt failed; the dates before it are in history."""


@dataclass(frozen=True)
class Backfill:
    """What to score.

    Attributes:
        first: first `as_of_date`.
        last: last one, included where the steps meet it.
        step_days: days between two of them.
        again: score dates that history holds already, too.
        vars: dbt vars of every build, on top of the project's.
        options: of every call of dbt, such as `--target prod`.
    """

    first: dt.date
    last: dt.date
    step_days: int = 1
    again: bool = False
    vars: Mapping[str, Any] = field(default_factory=dict)
    options: Sequence[str] = ()

    def run(self, dbt: Dbt, say: Callable[[str], None]) -> list[str]:
        """Score every missing date, oldest first, and then today.

        Args:
            dbt: runs dbt.
            say: told one line per date.

        Returns:
            The dates that were scored, as text.

        Raises:
            BackfillStopped: dbt failed at one of them.
        """
        missing, held = self.dates(dbt)
        if held:
            say(f"{held} dates are in history already: skipped")
        began = time.monotonic()
        for count, date in enumerate(missing, start=1):
            self._build(dbt, OF_A_DATE, {"clv_as_of_date": date})
            spent = time.monotonic() - began
            left = spent / count * (len(missing) - count)
            say(f"{date}  {_bar(count, len(missing))}  about {left:.0f} s to go")
        # also where no date is missing: an earlier run may have stopped before this
        self._build(dbt, OF_TODAY, {})
        say("today is scored again")
        return missing

    def dates(self, dbt: Dbt) -> tuple[list[str], int]:
        """Ask the warehouse which dates are missing, and how many are there.

        Raises:
            BackfillStopped: dbt could not tell.
        """
        asked = {
            "first_date": str(self.first),
            "last_date": str(self.last),
            "step_days": self.step_days,
            "again": self.again,
        }
        command = ["--quiet", "run-operation", "dynamic_clv.clv_dates_to_backfill"]
        said = self._call(dbt, [*command, "--args", json.dumps(asked)], self.vars)
        lines = [line.split() for line in said.splitlines() if line.startswith(LINE)]
        missing = [date for _, date, state in lines if state == "missing"]
        return missing, len(lines) - len(missing)

    def _build(self, dbt: Dbt, select: Sequence[str], clock: Mapping[str, str]) -> None:
        self._call(dbt, ["--quiet", "build", *select], {**self.vars, **clock})

    def _call(self, dbt: Dbt, command: Sequence[str], vars: Mapping[str, Any]) -> str:
        arguments = [*command, "--vars", json.dumps(vars), *self.options]
        code, said = dbt(arguments)
        if code:
            raise BackfillStopped(
                f"`dbt {' '.join(arguments)}` had to succeed.",
                f"Received exit code {code}.",
                "Mend what dbt names above and run the same command again: dates that"
                " are in history are skipped.",
            )
        return said


def run_dbt(arguments: Sequence[str]) -> tuple[int, str]:
    """Run the dbt of this environment; what it says is shown and returned."""
    # dbt has no `python -m dbt`; its command line is this function.
    program = "from dbt.cli.main import cli; cli()"
    command = [sys.executable, "-c", program, "--no-version-check", *arguments]
    said = []
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        for line in process.stdout or ():
            said.append(line)
            if not line.startswith(LINE):
                print(line, end="", flush=True)
    return process.returncode, "".join(said)


def parse(arguments: Sequence[str] | None = None) -> Backfill:
    """Read the command line; what argparse does not know is handed on to dbt."""
    parser = argparse.ArgumentParser(
        prog="python -m dynamic_clv.backfill",
        description="Score past dates. Other options are handed on to dbt.",
        allow_abbrev=False,
    )
    date = dt.date.fromisoformat
    parser.add_argument("--from", dest="first", type=date, required=True)
    parser.add_argument("--to", dest="last", type=date, required=True)
    parser.add_argument("--step", dest="step_days", type=int, default=1, metavar="DAYS")
    parser.add_argument("--again", action="store_true", help="also dates in history")
    parser.add_argument("--vars", type=json.loads, default={}, help="as JSON")
    known, options = parser.parse_known_args(arguments)
    if known.last < known.first:
        parser.error(f"--to {known.last} must not be before --from {known.first}")
    if known.step_days < 1:
        parser.error(f"--step must be at least 1 day, received {known.step_days}")
    return Backfill(**vars(known), options=options)


def _bar(done: int, total: int, width: int = 20) -> str:
    """Draw how much is done.

    Examples:
        >>> _bar(1, 4, width=8)
        '[##......] 1 of 4'
    """
    full = width * done // total
    return f"[{'#' * full}{'.' * (width - full)}] {done} of {total}"


def main() -> int:
    """Run the command line and return its exit code."""
    try:
        parse().run(run_dbt, lambda line: print(line, flush=True))
    except BackfillStopped as stopped:
        print(stopped, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("Stopped; the same command goes on from here.", file=sys.stderr)
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
