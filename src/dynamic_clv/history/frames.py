"""Relations of the warehouse to Arrow, the only module that knows the engine.

A relation is what `dbt.ref()` returned (a DuckDB relation), or anything already in
memory: an Arrow table or a pandas frame.
"""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from dynamic_clv.errors import BadInput

Relation = Any
Scalar = str | int | float | dt.date

# A value the column must equal, or a pair (least, most) it must lie between.
Wanted = Mapping[str, Scalar | tuple[Scalar, Scalar]]

ROWS_PER_BATCH = 100_000


def table(
    relation: Relation,
    wanted: Wanted | None = None,
    select: Sequence[str] | None = None,
) -> pa.Table:
    """Read rows into one Arrow table.

    Args:
        relation: where from.
        wanted: column -> value, or (least, most) both included; all rows if None.
        select: columns to read; all if None.
    """
    if _is_duckdb(relation):
        return _narrow(relation, wanted, select).to_arrow_table(ROWS_PER_BATCH)
    rows = _arrow(relation)
    for name, value in (wanted or {}).items():
        rows = rows.filter(_matches(rows.column(name), value))
    return rows if select is None else rows.select(list(select))


def batches(
    relation: Relation,
    wanted: Wanted | None = None,
    select: Sequence[str] | None = None,
) -> Iterator[pa.RecordBatch]:
    """Stream rows as record batches, never holding more than one batch.

    Finish reading before the same session is asked anything else.
    """
    if _is_duckdb(relation):
        narrow = _narrow(relation, wanted, select)
        yield from narrow.to_arrow_reader(ROWS_PER_BATCH)
        return
    yield from table(relation, wanted, select).to_batches(ROWS_PER_BATCH)


def counts(relation: Relation, column: str) -> dict[Scalar, int]:
    """Count the rows of each value of a column, inside the warehouse."""
    if _is_duckdb(relation):
        name = f'"{column}"'
        found = relation.aggregate(f"{name}, count(*) as count_rows", name)
        rows = found.to_arrow_table()
    else:
        rows = _arrow(relation).group_by(column).aggregate([([], "count_all")])
    values, sizes = (rows.column(place).to_pylist() for place in (0, 1))
    return dict(zip(values, sizes, strict=True))


def schema(relation: Relation) -> pa.Schema:
    """Return the Arrow schema of a relation without reading its rows."""
    if _is_duckdb(relation):
        return relation.limit(0).to_arrow_table().schema
    return _arrow(relation).schema


def require(
    relation: Relation, name: str, wanted: Sequence[str], advice: str | None = None
) -> None:
    """Check that a relation has the columns asked for.

    Raises:
        BadInput: a column is missing; names it and those that are there.
    """
    found = schema(relation).names
    if not set(wanted) <= set(found):
        raise BadInput.missing_columns(name, wanted, found, advice)


def this(session: Any, dbt: Any) -> Relation | None:
    """Return the rows an incremental model has written so far, None on its first run.

    Args:
        session: the session dbt handed to the model.
        dbt: the object dbt handed to the model.
    """
    return session.query(f"select * from {dbt.this}") if dbt.is_incremental else None


def text(column: pa.Array | pa.ChunkedArray) -> pa.Array:
    """Return one contiguous Arrow text array."""
    whole = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    whole = whole.cast(pa.string())
    return whole.combine_chunks() if isinstance(whole, pa.ChunkedArray) else whole


def is_number(kind: pa.DataType) -> bool:
    """Tell whether a column of this Arrow type is a number to learn from."""
    return (
        pa.types.is_integer(kind)
        or pa.types.is_floating(kind)
        or pa.types.is_decimal(kind)
        or pa.types.is_boolean(kind)
    )


def is_text(kind: pa.DataType) -> bool:
    """Tell whether a column of this Arrow type is a category."""
    if pa.types.is_dictionary(kind):
        return is_text(kind.value_type)
    return (
        pa.types.is_string(kind)
        or pa.types.is_large_string(kind)
        or pa.types.is_string_view(kind)
    )


def floats(column: pa.Array | pa.ChunkedArray) -> np.ndarray:
    """Return a numeric Arrow column as float64, NaN where null or infinite."""
    if pa.types.is_boolean(column.type):
        column = column.cast(pa.int8())
    values = column.cast(pa.float64()).to_numpy(zero_copy_only=False)
    return np.where(np.isfinite(values), values, np.nan)


def _is_duckdb(relation: Relation) -> bool:
    return type(relation).__module__.split(".")[0].lstrip("_") == "duckdb"


def _arrow(relation: Relation) -> pa.Table:
    if isinstance(relation, pa.Table):
        return relation
    if type(relation).__module__.startswith("pandas"):
        return pa.Table.from_pandas(relation, preserve_index=False)
    raise BadInput(
        "A DuckDB relation, an Arrow table or a pandas frame is needed.",
        f"Received {type(relation).__module__}.{type(relation).__qualname__}.",
        "Convert it, or teach `history/frames.py` this engine.",
    )


def _narrow(
    relation: Relation, wanted: Wanted | None, select: Sequence[str] | None
) -> Relation:
    """Let the warehouse filter and select: nothing unused is carried over."""
    if wanted:
        rules = (_rule(name, value) for name, value in wanted.items())
        relation = relation.filter(" and ".join(rules))
    if select is not None:
        relation = relation.project(", ".join(f'"{name}"' for name in select))
    return relation


def _rule(name: str, value: Scalar | tuple[Scalar, Scalar]) -> str:
    if isinstance(value, tuple):
        return f'"{name}" between {_literal(value[0])} and {_literal(value[1])}'
    return f'"{name}" = {_literal(value)}'


def _literal(value: Scalar) -> str:
    if isinstance(value, dt.date):
        return f"date '{value:%Y-%m-%d}'"
    if isinstance(value, str):
        return "'" + value.replace("'", "''") + "'"
    return repr(value)


def _matches(
    column: pa.ChunkedArray, value: Scalar | tuple[Scalar, Scalar]
) -> pa.ChunkedArray:
    if isinstance(value, tuple):
        least, most = (pa.scalar(end, column.type) for end in value)
        above, below = pc.greater_equal(column, least), pc.less_equal(column, most)
        return pc.and_(above, below)
    return pc.equal(column, pa.scalar(value, column.type))
