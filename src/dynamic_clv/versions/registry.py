"""Who scores: decisions about trained models, a log that is only ever added to.

The clock of a decision is the `as_of_date` of the build that made it, so a build for an
earlier date scores with who was champion then.
"""

import datetime as dt
import json
from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any

import pyarrow as pa

from dynamic_clv import columns
from dynamic_clv.history import frames

SCHEMA = pa.schema(
    [
        ("model_version", pa.string()),
        ("decision", pa.string()),
        ("champion_version", pa.string()),
        ("replaced_version", pa.string()),
        ("as_of_date", pa.date32()),
        ("decided_at", pa.timestamp("us")),
        ("reason", pa.string()),
        ("figures_json", pa.string()),
    ]
)


@dataclass(frozen=True)
class Decision:
    """One row of `ml_clv__promotions`.

    Attributes:
        model_version: the model that it is about.
        decision: promoted, rejected, rolled_back or restored.
        champion_version: who scores from then on; None if nobody can.
        replaced_version: who scored before; None if nobody did.
        as_of_date: clock of the build.
        decided_at: UTC.
        reason: in a sentence.
        figures_json: what was compared, as a list.
    """

    model_version: str
    decision: str
    champion_version: str | None
    replaced_version: str | None
    as_of_date: dt.date
    decided_at: dt.datetime
    reason: str
    figures_json: str = "[]"


def read(relation: frames.Relation | None) -> list[Decision]:
    """Read the log, oldest decision first; None is a log without rows."""
    if relation is None:
        return []
    names = [field.name for field in fields(Decision)]
    rows = frames.table(relation, select=names).to_pylist()
    return sorted((Decision(**row) for row in rows), key=_moment)


def to_table(decisions: Sequence[Decision]) -> pa.Table:
    """Write decisions as rows; none gives a typed table without rows."""
    return pa.Table.from_pylist([asdict(one) for one in decisions], schema=SCHEMA)


def champion(
    decisions: Sequence[Decision], versions: Collection[str], as_of_date: dt.date
) -> str | None:
    """Return who scores on a date: whom the newest decision names that is still there.

    Args:
        decisions: from `read`.
        versions: models that may be used on that date.
        as_of_date: later decisions are not known yet.
    """
    named = (
        one.champion_version
        for one in sorted(decisions, key=_moment, reverse=True)
        if one.as_of_date <= as_of_date and one.champion_version in versions
    )
    return next(named, None)


def is_a_persons(decisions: Sequence[Decision], as_of_date: dt.date) -> bool:
    """Tell whether a person, not the gate, put the champion of a date in office."""
    known = (
        one.decision
        for one in sorted(decisions, key=_moment, reverse=True)
        if one.as_of_date <= as_of_date and one.decision != columns.REJECTED
    )
    return next(known, None) in (columns.ROLLED_BACK, columns.RESTORED)


def standing(decisions: Sequence[Decision], as_of_date: dt.date) -> dict[str, str]:
    """Return the newest decision about each model that was known on a date."""
    known = [one for one in decisions if one.as_of_date <= as_of_date]
    return {one.model_version: one.decision for one in sorted(known, key=_moment)}


def promoted(
    version: str,
    replaced: str | None,
    as_of_date: dt.date,
    reason: str,
    figures: Sequence[dict[str, Any]] = (),
) -> Decision:
    """Decide that a model scores from now on."""
    made = (columns.PROMOTED, version, replaced, as_of_date, _now(), reason)
    return Decision(version, *made, _text(figures))


def rejected(
    version: str,
    champion_version: str | None,
    as_of_date: dt.date,
    reason: str,
    figures: Sequence[dict[str, Any]] = (),
) -> Decision:
    """Decide that a model does not score, and who does."""
    who = (champion_version, champion_version)
    made = (columns.REJECTED, *who, as_of_date, _now(), reason)
    return Decision(version, *made, _text(figures))


def _moment(one: Decision) -> tuple[dt.date, dt.datetime]:
    return one.as_of_date, one.decided_at


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC).replace(tzinfo=None)


def _text(figures: Sequence[dict[str, Any]]) -> str:
    return json.dumps(list(figures))
