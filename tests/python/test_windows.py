"""Sparse rows to dense arrays: a hand-drawn shop of two customers."""

import numpy as np
import pyarrow as pa
import pytest

from dynamic_clv.history import windows

ROWS = pa.RecordBatch.from_pylist(
    [
        {"customer_id": "bo", "periods_before_today": 3, "orders": 1, "amount": 10.0},
        {"customer_id": "al", "periods_before_today": 1, "orders": 2, "amount": 30.0},
        {"customer_id": "bo", "periods_before_today": 0, "orders": 5, "amount": None},
        {"customer_id": "someone", "periods_before_today": 1, "orders": 9},
    ]
)
CUSTOMERS = pa.array(["al", "bo"])
CHANNELS = ["orders", "amount"]


def test_the_newest_period_is_the_last_step():
    dense = windows.scatter([ROWS], CUSTOMERS, 0, 4, CHANNELS)
    assert dense.shape == (2, 4, 2) and dense.dtype == np.float32
    assert dense[0].tolist() == [[0, 0], [0, 0], [2, 30], [0, 0]]
    assert dense[1].tolist() == [[1, 10], [0, 0], [0, 0], [5, 0]]


def test_nothing_after_the_cut_off_is_seen():
    dense = windows.scatter([ROWS], CUSTOMERS, 2, 3, CHANNELS)
    assert dense[0].tolist() == [[0, 0]] * 3
    assert dense[1].tolist() == [[0, 0], [1, 10], [0, 0]]


def test_history_older_than_the_window_is_cut():
    assert windows.scatter([ROWS], CUSTOMERS, 0, 2, CHANNELS)[1, 0].tolist() == [0, 0]


@pytest.mark.parametrize("order", [[3, 1, 0, 2], [2, 0, 3, 1]])
def test_row_order_and_batches_change_nothing(order):
    shuffled = ROWS.take(pa.array(order))
    batches = [shuffled.slice(0, 1), shuffled.slice(1, 0), shuffled.slice(1)]
    once = windows.scatter([ROWS], CUSTOMERS, 0, 4, CHANNELS)
    assert np.array_equal(windows.scatter(batches, CUSTOMERS, 0, 4, CHANNELS), once)


def test_no_rows_and_no_customers():
    assert windows.scatter([], CUSTOMERS, 0, 4, CHANNELS).sum() == 0
    nobody = pa.array([], pa.string())
    assert windows.scatter([ROWS], nobody, 0, 4, CHANNELS).shape == (0, 4, 2)


def test_a_customer_exists_from_the_first_order_on():
    known = windows.existed(np.array([1.0, 7.0, 8.0, 99.0]), 3, period_days=7)
    assert known.tolist() == [[0, 0, 1], [0, 0, 1], [0, 1, 1], [1, 1, 1]]


def test_units_are_the_size_of_what_happened():
    dense = np.array([[[0.0, 0.0], [-2.0, 0.0]], [[4.0, 0.0], [0.0, 0.0]]])
    assert windows.channel_units(dense).tolist() == [3.0, 1.0]


def test_compression_keeps_signs_and_zeros_and_ignores_the_currency():
    dense = np.array([[[3.0]], [[-3.0]], [[0.0]]], np.float32)
    short = windows.compress(dense, np.array([3.0]))
    assert short[:, 0, 0] == pytest.approx([np.log(2), -np.log(2), 0])
    assert windows.compress(dense * 100, np.array([300.0])) == pytest.approx(short)


def test_channels_without_a_unit_are_not_shortened():
    dense = np.array([[[3.0, 1.0], [0.0, 7.0]]], np.float32)
    short = windows.compress(dense, np.array([3.0]))
    assert short[0, :, 1].tolist() == [1.0, 7.0]
    assert short[0, :, 0] == pytest.approx([np.log(2), 0])
    assert dense[0, 0, 0] == 3.0
