"""Sensitivities in words: what an input costs; and the words for inputs and probabilities."""

import re
from collections.abc import Mapping, Sequence
from math import isnan
from typing import TYPE_CHECKING

import numpy as np

from wetrun.lean import dataclass
from wetrun.simulate.exact.responses import responses
from wetrun.simulate.models.graph import Graph
from wetrun.simulate.models.inputs import Chance, Input
from wetrun.simulate.questions.worth import Worth
from wetrun.units import format_probability

if TYPE_CHECKING:
    from numpy import float64
    from numpy.typing import NDArray

__all__ = ["Sensitivity", "in_words", "percent", "sensitivities", "spoken"]

_STEP = 1e-4
_NOTHING = 5e-9


@dataclass(frozen=True, slots=True)
class Sensitivity:
    """How one input moves an outcome.

    Attributes:
        value: The input's probability in the model.
        now: The outcome's probability in the model.
        never: The same if what the input is about never happened; not a number where the model cannot say.
        always: The same if it always happened.
        ends: Towards which of 0 and 1 the input may be moved: nobody is told to have more of what goes wrong.
        slope: How much the outcome's probability changes per change of the input, at its value: a central difference,
            exact for what is linear or quadratic in the input, to about 1e-8 otherwise.
    """

    name: str
    value: float
    now: float
    never: float
    always: float
    slope: float
    ends: tuple[float, ...]

    @property
    def cost(self) -> float:
        """How much of the outcome the input costs: what its better end would give more, in [0, 1]."""
        return max([0.0, *(found - self.now for found in self._found.values())])

    @property
    def is_cost(self) -> bool:
        """Whether it is the input itself that costs: less of it would give more."""
        return self.cost > 0 and self._found.get(0.0, 0.0) - self.now == self.cost

    @property
    def _found(self) -> dict[float, float]:
        """What the ends give towards which the input may be moved, where the model can say."""
        both = {0.0: self.never, 1.0: self.always}
        return {end: both[end] for end in self.ends if not isnan(both[end])}


def sensitivities(
    graph: Graph, inputs: Mapping[str, Input], outcomes: Sequence[str], worth: Worth
) -> tuple[Sensitivity, ...]:
    """Compute how every input moves some outcomes together, the costliest first.

    Args:
        graph: The model.
        inputs: Its inputs by name; times are passed over.
        outcomes: Names of outcomes; their probabilities are summed.
        worth: Which way is good.
    """
    chances = [given for given in inputs.values() if isinstance(given, Chance)]
    values = [float(graph.choices[given.choice].probabilities[given.label]) for given in chances]
    asked = [(given, _points_around(value)) for given, value in zip(chances, values, strict=True)]
    found = [
        _sensitivity(given, value, answers.tolist(), worth)
        for given, value, answers in zip(chances, values, responses(graph, asked, outcomes), strict=True)
    ]
    return tuple(sorted(found, key=lambda one: (-one.cost, -abs(one.slope), one.name)))


def _points_around(value: float) -> "NDArray[float64]":
    middle = min(max(value, _STEP), 1 - _STEP)
    return np.array([value, 0.0, 1.0, middle - _STEP, middle + _STEP])


def _sensitivity(chance: Chance, value: float, answers: Sequence[float], worth: Worth) -> Sensitivity:
    now, never, always, before, after = answers
    return Sensitivity(chance.name, value, now, never, always, (after - before) / (2 * _STEP), worth.ends(chance.name))


def in_words(sensitivity: Sensitivity, outcome: str) -> str:
    """Say what an input does to an outcome, in one sentence without a full stop.

    Args:
        sensitivity: The input.
        outcome: The outcome in words (`success`).
    """
    name, cost = spoken(sensitivity.name), sensitivity.cost
    if cost < _NOTHING:
        return f"{name} costs nothing of {outcome}"
    without = sensitivity.is_cost
    at_best = "without it" if without else "if it always happened"
    figures = f"{percent(sensitivity.now)} now, {percent(sensitivity.now + cost)} {at_best}"
    if without:
        return f"{name} costs {_points(cost)} of {outcome} ({figures})"
    return f"more of {name} would give up to {_points(cost)} of {outcome} ({figures})"


def spoken(name: str) -> str:
    """Say an input's name as people would: `scenario.api-regression.probability` is `api-regression`.

    What has no such form is put in backticks.
    """
    if match := re.fullmatch(r"scenario\.(.+)\.probability", name):
        return match[1]
    if match := re.fullmatch(r"scenario\.(.+)\.detected", name):
        return f"detection of {match[1]}"
    if match := re.fullmatch(r"(?:procedure\.|recovery\.)?(.+)\.succeeds", name):
        return f"success of {match[1]}"
    return f"`{name}`"


def percent(probability: float) -> str:
    """A probability as tables write it, also where it stands in a sentence: `96.4 %`, `9.3 × 10⁻⁸`, `0 %`."""
    return format_probability(probability) if probability > 0 else "0 %"


def _points(difference: float) -> str:
    value = 100 * difference
    written = f"{value:.2f}".rstrip("0").rstrip(".") if value >= 0.1 else f"{value:.2g}"
    return f"{written} point{'' if written == '1' else 's'}"
