"""Who scores on which date, as the log of decisions says."""

import datetime as dt

from dynamic_clv.versions import registry
from dynamic_clv.versions.registry import Decision

MONDAY = dt.date(2024, 6, 3)
NEXT_MONDAY = dt.date(2024, 6, 10)
ALL = ("first", "second", "third")


def decision(
    version: str, kind: str, champion: str | None, day: dt.date, hour: int = 12
) -> Decision:
    moment = dt.datetime.combine(day, dt.time(hour))
    return Decision(version, kind, champion, None, day, moment, "a reason")


LOG = [
    decision("first", "promoted", "first", MONDAY, 8),
    decision("second", "promoted", "second", MONDAY, 9),
    decision("third", "rejected", "second", NEXT_MONDAY, 8),
    decision("second", "rolled_back", "first", NEXT_MONDAY, 9),
]


def test_nobody_is_champion_of_an_empty_log():
    assert registry.champion([], ALL, MONDAY) is None
    assert registry.read(None) == []


def test_the_newest_decision_names_the_champion_in_whatever_order_it_is_read():
    for log in (LOG, LOG[::-1]):
        assert registry.champion(log, ALL, NEXT_MONDAY) == "first"
    assert registry.champion(LOG[:3], ALL, NEXT_MONDAY) == "second"


def test_a_decision_is_not_known_before_its_date():
    assert registry.champion(LOG, ALL, MONDAY) == "second"
    assert registry.champion(LOG, ALL, MONDAY - dt.timedelta(days=1)) is None


def test_a_decision_for_an_earlier_date_changes_no_later_one():
    late = decision("third", "promoted", "third", MONDAY, 23)
    assert registry.champion([*LOG, late], ALL, MONDAY) == "third"
    assert registry.champion([*LOG, late], ALL, NEXT_MONDAY) == "first"


def test_a_champion_that_is_gone_leaves_the_office_to_the_one_before():
    assert registry.champion(LOG, ("second",), NEXT_MONDAY) == "second"


def test_the_newest_decision_about_a_model_is_its_standing():
    assert registry.standing(LOG, NEXT_MONDAY) == {
        "first": "promoted",
        "second": "rolled_back",
        "third": "rejected",
    }
    assert registry.standing(LOG, MONDAY) == {"first": "promoted", "second": "promoted"}


def test_a_person_has_decided_until_the_gate_promotes_somebody():
    assert registry.is_a_persons(LOG, NEXT_MONDAY)
    assert not registry.is_a_persons(LOG, MONDAY)
    refused = decision("third", "rejected", "first", NEXT_MONDAY, 10)
    assert registry.is_a_persons([*LOG, refused], NEXT_MONDAY)
    newer = decision("third", "promoted", "third", NEXT_MONDAY, 11)
    assert not registry.is_a_persons([*LOG, newer], NEXT_MONDAY)


def test_rows_come_back_as_they_were_written():
    assert registry.read(registry.to_table(LOG[::-1])) == LOG
    assert registry.to_table([]).schema == registry.SCHEMA
