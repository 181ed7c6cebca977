"""Reading: DuckDB, Arrow and pandas give the same rows."""

import datetime as dt

import duckdb
import pyarrow as pa
import pytest

from dynamic_clv.errors import BadInput
from dynamic_clv.history import frames

ROWS = pa.table(
    {
        "customer_id": ["al", "bo", "o'neil"],
        "day": [dt.date(2024, 1, 1), dt.date(2024, 1, 1), dt.date(2024, 2, 1)],
        "bucket": pa.array([0, 5, 9], pa.int32()),
    }
)


@pytest.fixture(params=["duckdb", "arrow", "pandas"])
def relation(request):
    if request.param == "pandas":
        yield ROWS.to_pandas()
    elif request.param == "arrow":
        yield ROWS
    else:
        with duckdb.connect() as connection:
            connection.register("rows", ROWS)
            yield connection.query("select * from rows")


def ids(rows: pa.Table) -> list[str]:
    return sorted(rows.column("customer_id").to_pylist())


def test_all_rows_or_those_wanted(relation):
    assert ids(frames.table(relation)) == ["al", "bo", "o'neil"]
    assert ids(frames.table(relation, {"day": dt.date(2024, 1, 1)})) == ["al", "bo"]
    assert ids(frames.table(relation, {"bucket": (5, 9)})) == ["bo", "o'neil"]
    assert ids(frames.table(relation, {"customer_id": "o'neil"})) == ["o'neil"]
    none = frames.table(relation, {"bucket": (5, 8), "customer_id": "al"})
    assert none.num_rows == 0 and none.column_names == ROWS.column_names


def test_only_the_columns_wanted(relation):
    found = frames.table(relation, {"bucket": 5}, ["customer_id", "bucket"])
    assert found.to_pylist() == [{"customer_id": "bo", "bucket": 5}]


def test_batches_hold_the_same_rows(relation):
    batches = frames.batches(relation, {"bucket": (0, 5)}, ["customer_id", "bucket"])
    assert ids(pa.Table.from_batches(batches)) == ["al", "bo"]


def test_rows_are_counted(relation):
    wanted = {dt.date(2024, 1, 1): 2, dt.date(2024, 2, 1): 1}
    assert frames.counts(relation, "day") == wanted


def test_a_missing_column_is_named(relation):
    frames.require(relation, "fea_clv__labels", ["customer_id"])
    with pytest.raises(BadInput, match="`horizon_days` missing from `fea_clv__labels`"):
        frames.require(relation, "fea_clv__labels", ["customer_id", "horizon_days"])


def test_an_unknown_engine_is_refused():
    with pytest.raises(BadInput, match=r"Received builtins\.list"):
        frames.table([1, 2])


def test_an_incremental_model_reads_its_own_rows():
    class Dbt:
        is_incremental = True
        this = "past"

    with duckdb.connect() as session:
        session.sql("create table past as select 1 as x")
        assert frames.table(frames.this(session, Dbt())).to_pylist() == [{"x": 1}]
        Dbt.is_incremental = False
        assert frames.this(session, Dbt()) is None


def test_numbers_of_every_kind_become_floats():
    for kind in (pa.int8(), pa.float32(), pa.decimal128(18, 2), pa.bool_()):
        assert frames.is_number(kind)
        assert frames.floats(pa.array([1, None], pa.int8()).cast(kind))[0] == 1.0
    assert not frames.is_number(pa.date32()) and not frames.is_number(pa.string())
