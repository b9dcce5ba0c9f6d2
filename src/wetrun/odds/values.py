"""States as Python values, and all kinds of numbers as JSON and the command line have them."""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from numbers import Integral, Real
from typing import Any

from wetrun.lean import dataclass
from wetrun.simulate.models.inputs import Input, Time
from wetrun.simulate.models.laws import (
    Constant,
    Empirical,
    Exponential,
    Gamma,
    Lognormal,
    Pert,
    Triangular,
    Uniform,
    Weibull,
)
from wetrun.simulate.models.writing import law_json

__all__ = ["Law", "Probability", "State", "listed", "plain", "set_time", "state_json", "what_if_texts"]

Law = Constant | Uniform | Triangular | Pert | Lognormal | Exponential | Gamma | Weibull | Empirical
"""How long a state takes."""

Probability = float | str | Fraction | Decimal
"""A number from 0 to 1, exactly as it is written: `0.97`, `"1/3"`, `Fraction(1, 3)`."""


@dataclass(frozen=True, slots=True)
class State:
    """One state of a model.

    Attributes:
        time: How long it takes, in the model's unit: a law, a number for a fixed time, or None for no time at all.
        next: What comes next: the name of a state, or names with their probabilities, which sum to 1. A state without
            a next one is an outcome.
        tags: Which clocks run here (`down`, or any other word).
    """

    time: Law | float | None = None
    next: str | Mapping[str, Probability] | None = None
    tags: Iterable[str] = ()


def state_json(state: State) -> dict[str, Any]:
    """A state as JSON has it; what is none is left for the reader to find."""
    written: dict[str, Any] = {}
    if isinstance(state.time, Law):
        written["time"] = law_json(state.time)
    elif state.time is not None:
        written["time"] = {"constant": state.time}
    if isinstance(state.next, str):
        written["next"] = {state.next: 1}
    elif state.next is not None:
        written["next"] = dict(state.next)
    if state.tags:
        written["tags"] = state.tags if isinstance(state.tags, str) else list(state.tags)
    return written


def what_if_texts(settings: Mapping[str, Probability | Law]) -> list[str]:
    """What-ifs as the command line would be told them."""
    return [f"{name}={plain(value)}" for name, value in settings.items()]


def listed(values: Sequence[Probability]) -> str:
    """The values of a sweep likewise."""
    return ",".join(str(plain(value)) for value in values)


def set_time(value: Probability | Law, given: Input | None) -> Law | None:
    """A time that is set as a value, and not as a text."""
    if isinstance(value, Law):
        return value
    # `True` is no time, though it is a number.
    is_number = isinstance(given, Time) and not isinstance(value, str) and type(value) is not bool
    return Constant(float(value)) if is_number else None


def plain(value: object) -> str | float:
    """A number of any kind as JSON and the command line have it; probabilities keep their exact value."""
    if isinstance(value, str | bool | int):
        return value
    if isinstance(value, Integral):
        return int(value)
    return float(value) if isinstance(value, Real) and not isinstance(value, Fraction) else str(value)
