"""The one exception of `wetrun.odds`, and how everything that is wrong becomes it."""

import math
from collections.abc import Collection, Generator, Iterable, Sequence
from contextlib import contextmanager
from dataclasses import replace

from wetrun.errors import PlanError, PlanProblem, WetrunError
from wetrun.formats.decode.nearest import did_you_mean

__all__ = ["OddsError", "as_number", "check_levels", "check_names", "check_number", "told"]


class OddsError(WetrunError, ValueError):
    """A model, a plan or a question that cannot be answered; what is wrong, where, and the way out.

    Its text holds all of that, one line for each problem. It is a `ValueError`, too.

    Attributes:
        problems: Each with its `message`, its `path` within the model (`states/build/next`), its `place` in a file
            (`.file`, `.line`, `.column`; None for what was built in Python), and a `hint` (or None).
    """

    def __init__(self, problems: Sequence[PlanProblem]) -> None:
        super().__init__("\n".join(map(_in_words, problems)), hint=problems[0].hint if problems else None)
        self.problems = tuple(problems)


def _in_words(problem: PlanProblem) -> str:
    at = f" at `{problem.path}`" if problem.path else ""
    place = f" ({problem.place})" if problem.place is not None else ""
    return f"{problem.message}{at}{place}" + (f"; {problem.hint}" if problem.hint else "")


@contextmanager
def told(*, places: bool = True) -> Generator[None]:
    """Raise whatever is wrong inside as an `OddsError`; usable as a decorator.

    Args:
        places: Whether the text in which problems have places is one that somebody wrote.
    """
    try:
        yield
    except OddsError:
        raise
    except PlanError as error:
        problems = error.problems if places else tuple(replace(one, place=None) for one in error.problems)
        raise OddsError(problems) from None
    except WetrunError as error:
        raise OddsError([PlanProblem(str(error), hint=error.hint)]) from error


def check_levels(levels: Sequence[float]) -> list[float]:
    """Levels of quantiles as floats, each between 0 and 1, both left out."""
    for level in levels:
        if not 0 < level < 1:
            hint = "a quantile is what a share of the runs does not exceed, as 0.95"
            raise OddsError([PlanProblem(f"{level} is not between 0 and 1, both left out", hint=hint)])
    return [float(level) for level in levels]


def check_names(what: str, names: Iterable[str], known: Collection[str]) -> None:
    """Refuse a name that the model does not have."""
    for name in names:
        if name not in known:
            hint = did_you_mean(name, known)
            raise OddsError([PlanProblem(f"the model has no {what} `{name}`", hint=hint)])


def as_number(name: str, value: float | str) -> float:
    """An argument as a number, which may be endless."""
    try:
        number = float(value)
    except ValueError:
        number = math.nan
    if math.isnan(number):
        raise OddsError([PlanProblem(f"`{name}` is `{value}`, which is no number")])
    return number


def check_number(name: str, value: float, least: float, most: float = math.inf) -> None:
    """Refuse an argument that is below the least, above the most, or no number."""
    if not least <= value <= most:
        reach = f"at least {least:g}" if math.isinf(most) else f"between {least:g} and {most:g}"
        raise OddsError([PlanProblem(f"`{name}` is {value}, and must be {reach}")])
