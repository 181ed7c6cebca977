"""Who becomes champion: every new model is judged once, and why is recorded."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from dynamic_clv import columns
from dynamic_clv.gates import trial
from dynamic_clv.gates.trial import Court, Verdict
from dynamic_clv.history import examples, frames, reading
from dynamic_clv.history.examples import CutOff, Tables
from dynamic_clv.learning import training
from dynamic_clv.settings import Settings
from dynamic_clv.versions import policy, registry
from dynamic_clv.versions.registry import Decision

Row = Mapping[str, Any]

# Kinds by how much they know.
KINDS = (columns.COHORT_MEAN, columns.BTYD, columns.CNN_LSTM)


@dataclass(frozen=True)
class Field:
    """The models that may score today.

    Attributes:
        rows: published, knowing nothing after today; those that cannot score with the
            settings of this build are left out.
        unfit: version -> why it was left out.
        today: the cut-off to score.
        settings: of this build.
        court: where challengers are judged.
    """

    rows: list[Row]
    unfit: dict[str, str]
    today: CutOff
    settings: Settings
    court: Court

    def row(self, version: str | None) -> Row | None:
        """Return the row of a version, None if it may not score."""
        found = (row for row in self.rows if row["model_version"] == version)
        return next(found, None)

    def champion(self, decisions: Sequence[Decision]) -> str | None:
        """Return who is in office, even if it cannot score today."""
        versions = {row["model_version"] for row in self.rows} | set(self.unfit)
        return registry.champion(decisions, versions, self.today.as_of_date)


def decide(
    tables: Tables,
    trained: frames.Relation,
    written: frames.Relation | None,
    settings: Settings,
    log: Callable[[str], None],
    interrupted: Callable[[], bool] = lambda: False,
) -> pa.Table:
    """Judge every published model that has not been judged.

    Args:
        tables: the relations that the SQL half built.
        trained: `ml_clv__trained_models`.
        written: decisions so far; None if there are none.
        settings: of this build.
        log: told one line per decision.
        interrupted: asked often; True stops everything.

    Returns:
        Rows to append to `ml_clv__promotions`.

    Raises:
        Interrupted: the build was asked to stop.
    """
    cuts = examples.cut_offs(tables.as_of_dates)
    today = next((cut for cut in cuts if cut.role == columns.TODAY), None)
    if today is None:
        return registry.to_table([])
    court = Court(tables, trained, cuts, training.stopper(interrupted))
    known = registry.read(written)
    field = _field(court, today, settings, known)
    made = []
    for decision in _decisions(field, known):
        log(f"model {decision.model_version} {decision.decision}: {decision.reason}")
        made.append(decision)
    return registry.to_table(made)


def _field(
    court: Court, today: CutOff, settings: Settings, known: Sequence[Decision]
) -> Field:
    names = [*policy.COLUMNS, "back_test_version"]
    rows = policy.published(frames.table(court.trained, select=names), today.as_of_date)
    channels = reading.channels(court.tables.windows)
    obstacles = {
        row["model_version"]: policy.obstacle(row, settings, channels) for row in rows
    }
    office = registry.champion(known, set(obstacles), today.as_of_date)
    if office in obstacles:
        obstacles[office] = obstacles[office] or court.fault(office)
    fit = [row for row in rows if obstacles[row["model_version"]] is None]
    unfit = {version: why for version, why in obstacles.items() if why}
    return Field(fit, unfit, today, settings, court)


def _decisions(field: Field, known: Sequence[Decision]) -> Iterator[Decision]:
    """Fill the office if it is empty, then let the waiting challengers try."""
    made = _fill(field, known)
    yield from made
    known = [*known, *made]
    champion = field.row(field.champion(known))
    for challenger in _waiting(field, known, champion):
        decision = _contest(field, challenger, champion)
        yield decision
        champion = field.row(decision.champion_version)


def _fill(field: Field, known: Sequence[Decision]) -> list[Decision]:
    """Put somebody in office where nobody is, or not with the settings in force."""
    version, date = field.champion(known), field.today.as_of_date
    champion = field.row(version)
    if champion is None:
        why = field.unfit.get(version)
        reason = "there is no champion"
        if why:
            reason = f"champion {version} cannot score: {why}"
        return list(_first(field, known, version, reason))
    again = _of_these_settings(field, known, champion)
    if again is None:
        return []
    reason = "it was champion before, and its settings are those of this build again"
    return [registry.promoted(again["model_version"], version, date, reason)]


def _first(
    field: Field, known: Sequence[Decision], replaced: str | None, reason: str
) -> Iterator[Decision]:
    """Promote the most suitable model that works: no shop is left without a score."""
    date = field.today.as_of_date
    standing = registry.standing(known, date)
    refused = (columns.REJECTED, columns.ROLLED_BACK)
    candidates = sorted(
        policy.preferred(field.rows, field.settings),
        key=lambda row: standing.get(row["model_version"]) in refused,
    )
    for row in candidates:
        version, found = row["model_version"], _judge(field, row, None)
        if found.fault is None:
            said = (f"{reason}; {found.reason}", found.figures())
            yield registry.promoted(version, replaced, date, *said)
            return
        if version not in standing:
            yield registry.rejected(version, None, date, found.fault)


def _of_these_settings(
    field: Field, known: Sequence[Decision], champion: Row
) -> Row | None:
    """Return a former champion of the settings that are in force again."""
    date, settings = field.today.as_of_date, field.settings
    if policy.same_settings(champion, settings) or registry.is_a_persons(known, date):
        return None
    standing = registry.standing(known, date)
    in_office = (columns.PROMOTED, columns.RESTORED)
    former = [
        row
        for row in policy.preferred(field.rows, settings)
        if policy.same_settings(row, settings)
        and standing.get(row["model_version"]) in in_office
    ]
    return former[0] if former else None


def _waiting(
    field: Field, known: Sequence[Decision], champion: Row | None
) -> list[Row]:
    """List the models newer than the champion that nobody has judged, oldest first."""
    standing = registry.standing(known, field.today.as_of_date)
    return sorted(
        (
            row
            for row in field.rows
            if champion is not None
            and row["model_version"] not in standing
            and policy.same_settings(row, field.settings)
            and policy.age(row) > policy.age(champion)
        ),
        key=policy.age,
    )


def _contest(field: Field, challenger: Row, champion: Row) -> Decision:
    """Promote a challenger that is not worse than anybody."""
    version, office = challenger["model_version"], champion["model_version"]
    found, date = _judge(field, challenger, champion), field.today.as_of_date
    said = (date, found.reason, found.figures())
    if _passes(challenger, champion, found):
        return registry.promoted(version, office, *said)
    return registry.rejected(version, office, *said)


def _passes(challenger: Row, champion: Row, found: Verdict) -> bool:
    if challenger["model_kind"] in policy.FALLBACKS:
        kinds = challenger["model_kind"], champion["model_kind"]
        return KINDS.index(kinds[0]) >= KINDS.index(kinds[1])
    is_judged = found.fault is None and bool(found.comparisons)
    return is_judged and not found.worse


def _judge(field: Field, challenger: Row, champion: Row | None) -> Verdict:
    if challenger["model_kind"] in policy.FALLBACKS:
        kind = challenger["model_kind"]
        return Verdict(note=f"there was too little data for more than {kind}")
    return trial.judge(field.court, challenger, champion)
