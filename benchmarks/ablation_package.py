"""The trained package without one of its ingredients: nothing is learned again.

Shares of the experts that are left are chosen anew, on the same cut-offs.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from unittest import mock

import numpy as np
import pyarrow as pa
from rivals_question import Read

from dynamic_clv import columns
from dynamic_clv.history.examples import Part
from dynamic_clv.learning import judging, network_models
from dynamic_clv.measures.baselines import Baseline
from dynamic_clv.model import artifacts, blending, prediction
from dynamic_clv.model.artifacts import TrainedModel
from dynamic_clv.settings import Settings


@dataclass(frozen=True)
class Package:
    """What was trained, and what it is asked.

    Attributes:
        back_test: the model that chooses the shares.
        published: the model that is asked about today.
        judged: labelled cut-offs that the back-test model never learned from.
        today: everybody, with their weeks.
        settings: of the package.
    """

    back_test: TrainedModel
    published: TrainedModel
    judged: list[Part]
    today: Part
    settings: Settings

    def without(self, **changes: object) -> "Package":
        """Change both models alike."""
        models = (
            replace(model, **changes) for model in (self.back_test, self.published)
        )
        back_test, published = models
        return replace(self, back_test=back_test, published=published)


Variant = Callable[[Package], Baseline]


def package(known: Read, trained: pa.Table) -> Package | None:
    """Take the models from what was trained, and the rest from what was read.

    Returns:
        None where a fallback answered: it has no ingredients and follows no policy.
    """
    models = {row["purpose"]: artifacts.from_row(row) for row in trained.to_pylist()}
    if columns.BACK_TEST not in models:
        return None
    most = network_models.MOST_JUDGED_ROWS
    roles = (columns.VALIDATION, columns.TEST)
    judged = [part for role in roles for part in known.sample(role, most)]
    given = judged, known.today, known.settings
    return Package(models[columns.BACK_TEST], models[columns.PUBLISHED], *given)


def everything(found: Package) -> Baseline:
    """Answer as the package does."""
    return under(found.settings.champion)(found)


def under(champion: str) -> Variant:
    """Answer as the package does under one `clv_champion`, see `settings.CHAMPIONS`."""

    def said(found: Package) -> Baseline:
        choices = judging.choose(found.back_test, found.judged, found.settings)
        shares = {head: choice.options[champion] for head, choice in choices.items()}
        return _said(replace(found.published, blend=shares), found.today)

    return said


def one_expert(name: str) -> Variant:
    """Believe one expert in everything."""

    def said(found: Package) -> Baseline:
        shares = {head: {name: 1.0} for head in found.published.blend}
        return _said(replace(found.published, blend=shares), found.today)

    return said


def without_fading(found: Package) -> Baseline:
    """Corrections last however far the horizon reaches beyond the longest label."""
    with mock.patch.object(blending, "faded", lambda shares, known: shares):
        return everything(found)


def without_middle(found: Package) -> Baseline:
    """The total is the experts' own."""
    with mock.patch.object(judging, "shifts", lambda model, parts: {}):
        return everything(found)


def one_network(found: Package) -> Baseline:
    """Only the first network is asked."""
    first, second = (
        replace(model, members=model.members[:1])
        for model in (found.back_test, found.published)
    )
    return everything(replace(found, back_test=first, published=second))


INGREDIENTS: dict[str, Variant] = {
    "everything": everything,
    "the network only": one_expert(columns.CNN_LSTM),
    "BG/NBD only, at the shop's level": one_expert(columns.BTYD),
    "one network for two": one_network,
    "without the regression": lambda found: everything(found.without(regression=[])),
    "without the trees": lambda found: everything(found.without(trees={})),
    "without the season": lambda found: everything(found.without(seasons={})),
    "without any level of the shop": (
        lambda found: everything(found.without(seasons={}, levels=[]))
    ),
    "without the middle of two totals": without_middle,
    "without fading beyond the labels": without_fading,
}


def _said(model: TrainedModel, today: Part) -> Baseline:
    """Set a model on today's total and ask it about everybody."""
    model = replace(model, shifts=judging.shifts(model, [today]))
    found = prediction.predict(model, today)
    middle = np.asarray(found.quantiles)[:, 1]
    return Baseline(found.amount, middle, found.p_order)
