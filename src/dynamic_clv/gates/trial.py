"""A challenger on trial: asked, beside its rivals, about the newest cut-off known.

The back-test model stands for the model that would score. Each champion is asked
through its own back-test model, which has aged as much by the test cut-off as the
champion has by today: neither saw a label of the test, and both are as stale as they
would be in use.
"""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from dynamic_clv import columns
from dynamic_clv.errors import BadInput
from dynamic_clv.gates import evaluation, gate, rival_answers
from dynamic_clv.gates.gate import Answer, Comparison, Figure
from dynamic_clv.history import frames, reading
from dynamic_clv.history.examples import CutOff, Part, Tables
from dynamic_clv.model import artifacts, prediction
from dynamic_clv.model.artifacts import TrainedModel
from dynamic_clv.versions import policy

Row = Mapping[str, Any]

# Customers compared at most: by then their draw moves a figure less than a seed does.
MOST_CUSTOMERS = 5_000

# What answers where no network can, and is compared in everything.
REFERENCE = "bg_nbd_gamma_gamma"

# How the champion is called among the rivals, before its version.
CHAMPION = "champion"

# Comparisons that a reason names; the log's figures hold all.
MOST_NAMED = 3


@dataclass(frozen=True)
class Verdict:
    """What a trial found.

    Attributes:
        fault: why the model cannot be used at all; None if it can.
        comparisons: with the champion and the rules; empty if it could not be asked.
        note: what could not be compared, and why.
        count_customers: compared.
    """

    fault: str | None = None
    comparisons: list[Comparison] = field(default_factory=list)
    note: str = ""
    count_customers: int = 0

    @property
    def worse(self) -> list[Comparison]:
        """Where the challenger is worse beyond noise, and the champion is not."""
        return [one for one in self.comparisons if one.is_worse and not one.is_excused]

    @property
    def reason(self) -> str:
        """Say in a sentence what was found."""
        if self.fault:
            return self.fault
        if not self.comparisons:
            return self.note
        names = dict.fromkeys(one.rival for one in self.comparisons)
        found = f"not worse than {', '.join(names)}"
        if self.worse:
            named = ", ".join(map(str, self.worse[:MOST_NAMED]))
            more = len(self.worse) - MOST_NAMED
            found = f"worse in {named}" + (f" and {more} more" if more > 0 else "")
        found += f", on {self.count_customers} customers"
        excused = [str(one) for one in self.comparisons if one.is_excused]
        if excused:
            found += f"; as the champion is, worse in {', '.join(excused[:MOST_NAMED])}"
        return f"{found}; {self.note}" if self.note else found

    def figures(self) -> list[dict[str, Any]]:
        """Return every comparison as plain values."""
        return [one.to_dict() for one in self.comparisons]


@dataclass(frozen=True)
class Court:
    """What a trial needs.

    Attributes:
        tables: the relations that the SQL half built.
        trained: `ml_clv__trained_models`.
        cuts: every cut-off, newest first.
        check: raises where the build is to stop.
    """

    tables: Tables
    trained: frames.Relation
    cuts: list[CutOff]
    check: Callable[[], None]

    @property
    def test(self) -> CutOff | None:
        """The cut-off that models are asked about."""
        return next((cut for cut in self.cuts if cut.role == columns.TEST), None)

    def load(self, version: str) -> TrainedModel:
        """Rebuild a model.

        Raises:
            BadInput: there is none, or its row is not what was written.
        """
        rows = frames.table(self.trained, {"model_version": version}).to_pylist()
        if not rows:
            raise BadInput(
                f"Model {version} is needed.",
                "Received no such row of `ml_clv__trained_models`.",
                "Force a training with `clv_force_retrain`.",
            )
        return artifacts.from_row(rows[0])

    def fault(self, version: str) -> str | None:
        """Say why a model cannot be rebuilt, or None if it can."""
        try:
            self.load(version)
        except BadInput as why:
            return str(why)
        return None

    def read(self, model: TrainedModel) -> Part | None:
        """Read the customers of the test as a back-test model wants them."""
        test = self.test
        buckets = reading.sampled(self.tables.behaviour, [test], MOST_CUSTOMERS)
        return evaluation.read_part(self.tables, model, test, buckets)


def judge(court: Court, challenger: Row, champion: Row | None) -> Verdict:
    """Compare a challenger with the champion and with the baselines.

    Args:
        court: what is asked.
        challenger: row of a published network, `policy.COLUMNS` at least.
        champion: row of the one that scores; None if there is nobody.
    """
    if court.test is None:
        return Verdict(note="it cannot be judged: there is no test cut-off")
    if challenger["back_test_version"] is None:
        return Verdict(note="it cannot be judged: no back-test model is beside it")
    try:
        back_test = court.load(challenger["back_test_version"])
        published = court.load(challenger["model_version"])
    except BadInput as why:
        return Verdict(fault=str(why))
    part = court.read(back_test) if _may_ask(court, back_test) else None
    if part is None or not len(part):
        return Verdict(note="it cannot be judged: nobody is labelled at the test")
    return _compare(court, part, (back_test, _as_then(published, back_test)), champion)


def _compare(
    court: Court, part: Part, challengers: Sequence[TrainedModel], champion: Row | None
) -> Verdict:
    """Compare a back-test model and its published twin with everybody.

    The twin has learned from the labels that it is asked for, so it can only be better:
    if even so it is worse, its training has failed.
    """
    said = [gate.of_predictions(prediction.predict(one, part)) for one in challengers]
    nonsense = sum(map(gate.count_nonsense, said))
    if nonsense:
        return Verdict(fault=f"it says what is no number, {nonsense} times")
    rivals, note = _rivals(court, part, challengers[0], champion)
    court.check()
    outcome = _outcome(part)
    found = [
        _excused(one, outcome, rivals)
        for model, answer in zip(challengers, said, strict=True)
        for name, rival in rivals.items()
        for one in gate.compare(outcome, answer, model.purpose, name, *rival)
    ]
    return Verdict(comparisons=found, note=note, count_customers=len(part))


def _excused(
    one: Comparison, outcome: Answer, rivals: Mapping[str, tuple[Answer, Sequence]]
) -> Comparison:
    """Excuse a challenger that a rule beats where the same rule beats the champion.

    Otherwise a bad first champion would stay for as long as a rule is good.
    """
    said, figures = rivals[one.rival]
    champion = next((rivals[name][0] for name in rivals if _is_champion(name)), None)
    if champion is None or not one.is_worse or _is_champion(one.rival):
        return one
    same = [figure for figure in figures if figure.name == one.figure]
    found = gate.compare(outcome, champion, one.purpose, one.rival, said, same)
    return replace(one, is_excused=any(other.is_worse for other in found))


def _is_champion(rival: str) -> bool:
    return rival.startswith(CHAMPION)


def _rivals(
    court: Court, part: Part, back_test: TrainedModel, champion: Row | None
) -> tuple[dict[str, tuple[Answer, Sequence[Figure]]], str]:
    """Ask everybody else: the two who could score instead count in every figure.

    Returns:
        Answer and the figures that count by name; why the champion is not among them.
    """
    old, note = _ask_champion(court, part, champion)
    rules = rival_answers.of_rules_and_trees(court.tables, back_test, part, court.cuts)
    found = {
        name: (gate.of_baseline(rule), _figures(name)) for name, rule in rules.items()
    }
    if REFERENCE not in rules:
        note = f"{REFERENCE} cannot be fitted on so few{'; ' if note else ''}{note}"
    if old is not None:
        found[f"{CHAMPION} {champion['model_version']}"] = (old, gate.FIGURES)
    return found, note


def _figures(name: str) -> Sequence[Figure]:
    return gate.FIGURES if name == REFERENCE else gate.RANKING


def _ask_champion(
    court: Court, part: Part, champion: Row | None
) -> tuple[Answer | None, str]:
    """Ask the champion about the same customers, or say why that is not possible."""
    if champion is None:
        return None, ""
    if champion["model_kind"] in policy.FALLBACKS:
        return None, f"the champion is a fallback, {REFERENCE} speaks for it"
    if champion["back_test_version"] is None:
        return None, "the champion has no back-test model to be asked"
    try:
        model = court.load(champion["back_test_version"])
    except BadInput as why:
        return None, f"the champion cannot be asked: {why}"
    if not _may_ask(court, model):
        return None, "the champion knows labels of the test, so it is not asked"
    theirs = court.read(_aged(model))
    if theirs is None or not theirs.facts.customer_ids.equals(part.facts.customer_ids):
        return None, "the champion cannot be asked about the same customers"
    return gate.of_predictions(prediction.predict(_aged(model), theirs)), ""


def _outcome(part: Part) -> Answer:
    return {
        "amount": part.amount,
        "bought": (part.count_orders > 0).astype(np.float64),
        "count_orders": part.count_orders,
    }


def _may_ask(court: Court, model: TrainedModel) -> bool:
    """Tell whether everything that a back-test model learned was over by the test."""
    validation = min(model.parameters, default=None)
    if validation is None:
        return False
    learned = validation + dt.timedelta(days=model.label_horizon_days)
    return learned <= court.test.as_of_date


def _aged(model: TrainedModel) -> TrainedModel:
    """Leave a back-test model what its published twin knows of the shop's level."""
    newest = max(model.parameters)
    known = [level for level in model.levels if level.known_from <= newest]
    return replace(model, levels=known)


def _as_then(published: TrainedModel, back_test: TrainedModel) -> TrainedModel:
    """Set the published model on the back-test model's past instead of on today."""
    return replace(
        published,
        parameters=back_test.parameters,
        levels=back_test.levels,
        seasons=back_test.seasons,
        shifts=back_test.shifts,
    )
