"""Tiny shops for tests: deliver raw tables, run dbt in-process, read the result."""

import csv
import io
import json
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
from dbt.adapters.duckdb.connections import DuckDBConnectionManager
from dbt.adapters.factory import reset_adapters
from dbt.cli.main import dbtRunner

PROJECT = Path(os.environ.get("CLV_PROJECT_DIR", Path(__file__).parents[2]))

# What runs before the Python models: every room up to the features.
ROOMS = ("dynamic_clv.staging", "dynamic_clv.intermediate", "dynamic_clv.features")

COLUMNS = {
    "orders": (
        "customer_id order_id ordered_at amount order_type refunded_order_id "
        "discount_amount tax_amount shipping_amount currency_code channel device"
    ),
    "customers": "customer_id signed_up_at age gender region acquisition_channel",
    "order_lines": "order_id line_number product_id category quantity unit_price",
    "events": (
        "event_id customer_id event_type occurred_at session_id search_keyword "
        "product_id device"
    ),
    "customer_snapshots": (
        "customer_id snapshot_date count_purchases purchase_amount currency_code "
        "count_page_views search_keyword age gender region"
    ),
    "exchange_rates": "currency_code rate_date rate_to_reporting",
    "touches": "touch_id customer_id touched_at campaign touch_channel",
    "referrals": "referral_id referrer_customer_id referred_customer_id referred_at",
}
INPUTS = tuple(COLUMNS)
OPTIONAL_INPUTS = INPUTS[1:]

Row = Mapping[str, str | None]


@dataclass(frozen=True)
class Build:
    """How a run of dbt ended: errors, warnings and report, and what failed."""

    success: bool
    messages: str
    failed: tuple[str, ...]


@dataclass
class Shop:
    """A shop in a folder of its own, delivered as text in the schema `delivered`.

    Attributes:
        folder: where its DuckDB file and dbt's target lie; shops may share it.
        name: of its DuckDB file.
        vars: dbt vars that hold for every build.
    """

    folder: Path
    name: str = "shop"
    vars: dict[str, Any] = field(default_factory=dict)

    @property
    def database(self) -> Path:
        """Return the path of the DuckDB file."""
        return self.folder / f"{self.name}.duckdb"

    def deliver(self, **inputs: Iterable[Row] | None) -> None:
        """Replace every raw table: the inputs named here, and none of the others.

        Columns that no row names are not delivered, beside the first column.
        """
        with self._connection() as connection:
            connection.sql("create schema if not exists delivered")
            for name in INPUTS:
                connection.sql(f"drop table if exists delivered.{name}")
                rows = inputs.get(name)
                if rows is not None:
                    _write(connection, f"delivered.{name}", name, list(rows))
        self.vars |= {f"clv_{name}_relation": _if_there(name) for name in INPUTS}

    def build(
        self, select: Sequence[str] = ROOMS, command: str = "run", **vars: Any
    ) -> Build:
        """Run dbt on the shop; `vars` come on top of the shop's own."""
        return self._invoke([command], {**self.vars, **vars}, ["--select", *select])

    def operate(self, macro: str, **arguments: str) -> Build:
        """Run a macro by hand."""
        operation = ["run-operation", macro, "--args", json.dumps(arguments)]
        return self._invoke(operation, self.vars, [])

    def _invoke(
        self, command: list[str], vars: Mapping[str, Any], rest: list[str]
    ) -> Build:
        os.environ["CLV_DUCKDB_PATH"] = str(self.database)
        said: list[str] = []
        runner = dbtRunner(callbacks=[lambda event: _listen(event, said)])
        arguments = [*command, "--project-dir", str(PROJECT)]
        arguments += ["--profiles-dir", str(PROJECT / "profiles")]
        arguments += ["--target-path", str(self.folder / "target")]
        arguments += ["--log-path", str(self.folder / "logs"), "--quiet"]
        arguments += ["--vars", json.dumps(vars)]
        answer = runner.invoke([*arguments, *rest])
        self.release()
        results = getattr(answer.result, "results", None) or []
        failed = [r for r in results if str(r.status) in ("error", "fail")]
        said += [str(r.message) for r in failed] + [str(answer.exception or "")]
        names = tuple(r.node.name for r in failed if hasattr(r, "node"))
        return Build(bool(answer.success), "\n".join(said), names)

    def release(self) -> None:
        """Close what dbt holds open, so that others can open the file."""
        reset_adapters()
        with DuckDBConnectionManager._LOCK:
            if DuckDBConnectionManager._ENV is not None:
                DuckDBConnectionManager._ENV.close()
        DuckDBConnectionManager.close_all_connections()

    def execute(self, statement: str) -> None:
        """Change something in the shop's database."""
        with self._connection() as connection:
            connection.sql(statement)

    def rows(self, query: str) -> list[tuple]:
        """Return all rows of a query."""
        with self._connection() as connection:
            return connection.execute(query).fetchall()

    def records(self, query: str) -> list[dict[str, Any]]:
        """Return all rows of a query, each with its column names."""
        with self._connection() as connection:
            relation = connection.sql(query)
            names = relation.columns
            return [dict(zip(names, row, strict=True)) for row in relation.fetchall()]

    def table(self, name: str) -> list[tuple]:
        """Return a whole table, sorted, with its column names as the first row."""
        with self._connection() as connection:
            relation = connection.sql(f"select * from {name}")
            return [tuple(relation.columns), *sorted(relation.fetchall(), key=repr)]

    def quarantined(self) -> list[tuple[str, str | None, str]]:
        """Return input, key and reason of each rejected row."""
        return self.rows(
            "select input_name, row_key, rejection_reason from int_clv__quarantine"
            " order by all"
        )

    def lost(self) -> list[tuple]:
        """Return inputs of which a row is unaccounted for; there must be none."""
        return self.rows(
            "select * from int_clv__reconciliation where count_delivered"
            " <> count_cleaned + count_merged + count_quarantined"
        )

    def _connection(self) -> duckdb.DuckDBPyConnection:
        return duckdb.connect(str(self.database))


def order(customer_id: str, day: str, amount: str = "10", **more: str | None) -> Row:
    """Return an order whose id follows from its customer and day."""
    return {
        "customer_id": customer_id,
        "order_id": f"{customer_id} on {day}",
        "ordered_at": day,
        "amount": amount,
        **more,
    }


def csv_text(rows: Sequence[Sequence[str]], end: str = "\n") -> str:
    """Write rows as CSV, quoted where needed."""
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator=end).writerows(rows)
    return buffer.getvalue()


def _if_there(name: str) -> str:
    """Return a var that dbt renders: the same in every build, so parsed but once.

    Orders that are not delivered are said to be there all the same, unless snapshots
    are.
    """
    there = f"not execute or {_looked_up(name)}"
    if name not in OPTIONAL_INPUTS:
        there += f" or not {_looked_up('customer_snapshots')}"
    return f"{{{{ 'delivered.{name}' if {there} else 'none' }}}}"


def _looked_up(name: str) -> str:
    return f"adapter.get_relation(target.database, 'delivered', '{name}')"


def _write(
    connection: duckdb.DuckDBPyConnection, table: str, name: str, rows: list[Row]
) -> None:
    named = set().union(*rows) if rows else set(COLUMNS[name].split())
    unknown = named - set(COLUMNS[name].split())
    columns = [c for c in COLUMNS[name].split() if c in named] + sorted(unknown)
    delivered = pa.table(
        {c: pa.array([row.get(c) for row in rows], pa.string()) for c in columns}
    )
    connection.register("delivered_rows", delivered)
    connection.sql(f"create table {table} as select * from delivered_rows")
    connection.unregister("delivered_rows")


def _listen(event: Any, said: list[str]) -> None:
    if event.info.level in ("error", "warn") or event.info.msg.startswith("clv: "):
        said.append(event.info.msg)
