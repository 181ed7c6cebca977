"""Sparse customer x period rows to dense arrays, (customers, steps, channels).

A silent period has no row in the warehouse; here it becomes a step of zeros.
"""

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from dynamic_clv import columns


def scatter(
    batches: Sequence[pa.RecordBatch],
    customer_ids: pa.Array,
    periods_before_today: int,
    steps: int,
    channels: Sequence[str],
    spare: int = 0,
) -> np.ndarray:
    """Write the rows known at one cut-off into a dense array, newest step last.

    Args:
        batches: rows of `fea_clv__customer_windows`, in any order.
        customer_ids: customers wanted, one per row of the result; no duplicates.
        periods_before_today: the cut-off, in whole periods before today. Rows of
            later periods are left out: they had not happened yet.
        steps: periods of history to keep.
        channels: columns to read, in the order of the result's last axis.
        spare: channels of zeros behind them, for the caller to fill.

    Returns:
        float32 array (customers, steps, channels), zero where nothing happened.
    """
    width = len(channels) + spare
    dense = np.zeros((len(customer_ids), steps, width), np.float32)
    flat = dense.reshape(len(customer_ids) * steps, width)
    positions = _places(batches, customer_ids)
    first = 0
    for batch in batches:
        position = positions[first : first + batch.num_rows]
        first += batch.num_rows
        periods = _numbers(batch.column(columns.PERIODS_BEFORE_TODAY)).astype(np.int64)
        step = steps - 1 - (periods - periods_before_today)
        known = (step >= 0) & (step < steps) & (position >= 0)
        values = np.zeros((batch.num_rows, width), np.float32)
        for channel, name in enumerate(channels):
            values[:, channel] = _numbers(batch.column(name))
        where = position * steps + step
        if not known.all():
            where, values = where[known], values[known]
        flat[where] = values
    return dense


def existed(
    days_known: np.ndarray,
    steps: int,
    period_days: int,
) -> np.ndarray:
    """Mark the steps in which a customer was already known.

    A silent step of an old customer says "did not buy"; the same zeros before the
    first order say nothing. This channel tells the two apart.

    Args:
        days_known: (customers,) days from the first order to the cut-off.
        steps: periods of history.
        period_days: days in one period.

    Returns:
        float32 array (customers, steps) of zeros and ones.

    Examples:
        >>> existed(np.array([8.0]), steps=3, period_days=7).tolist()
        [[0.0, 1.0, 1.0]]
    """
    days_ago = np.arange(steps - 1, -1, -1) * period_days  # end of each step
    known = days_known[:, None] > days_ago[None, :]  # (customers, steps)
    return known.astype(np.float32)


def channel_units(dense: np.ndarray) -> np.ndarray:
    """Return the mean size of what happened in each channel, where anything did.

    Args:
        dense: (customers, steps, channels).

    Returns:
        (channels,) positive numbers; 1 for a channel in which nothing ever happened.
    """
    size = np.abs(dense)
    happened = (size > 0).sum(axis=(0, 1))
    total = size.sum(axis=(0, 1), dtype=np.float64)
    return np.where(happened > 0, total / np.maximum(happened, 1), 1.0)


def compress(dense: np.ndarray, units: np.ndarray) -> np.ndarray:
    """Shorten the long tail: sign(x) * log(1 + |x| / unit), in float32.

    Args:
        dense: (customers, steps, channels), of which most steps are silent.
        units: (channels,) from `channel_units` of the training rows. Channels behind
            those that have a unit stay as they are.
    """
    short = dense.copy()
    flat, count = short.reshape(-1, dense.shape[2]), len(units)
    happened = np.flatnonzero(flat[:, :count].any(axis=1))
    scaled = flat[happened, :count] / units.astype(np.float32)
    flat[happened, :count] = np.copysign(np.log1p(np.abs(scaled)), scaled)
    return short


def _places(batches: Sequence[pa.RecordBatch], customer_ids: pa.Array) -> np.ndarray:
    """Return which wanted customer each row is of, -1 for none, (rows,).

    All rows at once: the wanted ones are hashed anew by each lookup.
    """
    kind = customer_ids.type
    ids = [batch.column(columns.CUSTOMER_ID).cast(kind) for batch in batches]
    found = pc.index_in(pa.chunked_array(ids, kind), value_set=customer_ids)
    return found.fill_null(-1).to_numpy().astype(np.int64)


def _numbers(column: pa.Array) -> np.ndarray:
    """Return an Arrow column as float64, with zero for null."""
    column = column.cast(pa.float64())
    if column.null_count:
        column = column.fill_null(0)
    return column.to_numpy(zero_copy_only=False)
