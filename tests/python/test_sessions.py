"""Visits are told apart by the shop's own ids where it has some, else by silence."""

from collections.abc import Callable

import pytest
from shops import Shop

ORDER = {
    "customer_id": "A",
    "order_id": "O1",
    "ordered_at": "2024-01-01 09:00:00",
    "amount": "10",
}

# Two hours lie between the first two, five minutes between the last two.
TIMES = ("10:00:00", "12:00:00", "12:05:00")


@pytest.mark.parametrize(
    ("ids", "count_sessions"),
    [
        ((), 2),  # the input has no such column
        (("S1", "S1", "S1"), 1),
        (("S1", "S2", "S2"), 2),
        (("S1", "S1", None), 1),  # one is missing, in the middle of a visit
    ],
)
def test_sessions_of_a_day(
    open_shop: Callable[[str], Shop], ids: tuple, count_sessions: int
):
    shop = open_shop("sessions")
    events = [
        {
            "customer_id": "A",
            "event_type": "page_view",
            "occurred_at": f"2024-01-01 {time}",
            **({"session_id": ids[place]} if ids else {}),
        }
        for place, time in enumerate(TIMES)
    ]
    shop.deliver(orders=[ORDER], events=events)
    built = shop.build()
    assert built.success, built.messages
    query = "select sum(count_sessions) from int_clv__event_days"
    assert shop.rows(query) == [(count_sessions,)]
