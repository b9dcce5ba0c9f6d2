"""One rule at one sample: whether its condition holds, and whether that can be told."""

import math
from dataclasses import replace
from typing import assert_never

from wetrun.course.matching.quantities import contains, number_in_words, range_in_words
from wetrun.course.matching.text import BadPatternError, search
from wetrun.course.matching.words import quoted
from wetrun.lean import dataclass
from wetrun.plan.expectations import Quantity
from wetrun.plan.monitors import Above, Rule, Seen, Slope

__all__ = ["ENOUGH", "TINY", "Progress", "Sample", "Value", "decide", "slope"]

Value = float | tuple[str, ...]
"""A sample: a number in the monitor's unit, or the lines that were added since the last one."""

ENOUGH = 3
"""Samples that a rule over numbers needs before it can be said not to have come true.

Source: a choice, not a formula: with fewer, one lucky sample decides; tools that pass on too few samples miss real
    regressions.
"""

_COVERED = 0.8
TINY = 1e-6
"""Seconds that are no time: a limit counts as reached although rounding made it a little later."""


@dataclass(frozen=True, slots=True)
class Progress:
    """What is remembered of one rule.

    Attributes:
        true: Whether it held when it could last be decided; a rule fires when this turns true.
        since: Since when the value has been in the bad range without a break, or None.
        decided: How many samples it could be decided at.
        hits: How often it fired.
    """

    true: bool = False
    since: float | None = None
    decided: int = 0
    hits: int = 0


@dataclass(frozen=True, slots=True)
class Sample:
    """One sample with what is needed to decide rules at it.

    Attributes:
        speed: How many times faster than in the plan time passes; words are about the plan's time.
    """

    at: float
    value: Value
    recent: tuple[tuple[float, float], ...]
    unbroken: float
    speed: float = 1.0


def slope(samples: tuple[tuple[float, float], ...], at: float, over: float) -> float | None:
    """The least-squares slope of the samples of the last `over` seconds, in units per second.

    Args:
        samples: Seconds and values, in order, at most one for each time.
        at: Now, in seconds.
        over: The length of the window, in seconds, > 0.

    Returns:
        The slope; None when there are fewer than three samples, or they cover less than 80 % of the window: too little
        to tell.
    """
    inside = [sample for sample in samples if sample[0] >= at - over - TINY and math.isfinite(sample[1])]
    if len(inside) < ENOUGH or inside[-1][0] - inside[0][0] < _COVERED * over - TINY:
        return None
    middle = math.fsum(time for time, _ in inside) / len(inside)
    level = math.fsum(value / len(inside) for _, value in inside)
    spread = math.fsum((time - middle) ** 2 for time, _ in inside)
    if spread <= 0:
        return None
    rate = math.fsum((time - middle) / spread * (value - level) for time, value in inside)
    return rate if math.isfinite(rate) else None


def decide(rule: Rule, progress: Progress, sample: Sample, quantity: Quantity) -> tuple[Progress, str | None]:
    """Decide one rule at one sample; a condition that cannot be decided there changes nothing.

    Args:
        rule: The rule.
        progress: What is remembered of it.
        sample: The sample.
        quantity: What the sample counts, for words.

    Returns:
        What is to be remembered, and what was seen, in words, when the rule fires: when it holds and did not hold
        before.
    """
    match rule.condition:
        case Above() as above:
            return _decide_above(above, progress, sample, quantity)
        case Slope(limits, over):
            rate = None if isinstance(sample.value, tuple) else slope(sample.recent, sample.at, over)
            held = None if rate is None else contains(limits, rate)
            words = "" if rate is None else f"a slope of {_rate_in_words(rate / sample.speed, quantity)}"
        case Seen(pattern):
            line = _first_match(pattern, sample.value)
            held = None if line is None else bool(line)
            words = line or ""
        case _:
            assert_never(rule.condition)
    if held is None:
        return progress, None
    return _turned(replace(progress, decided=progress.decided + 1), held=held, words=words)


def _decide_above(above: Above, progress: Progress, sample: Sample, quantity: Quantity) -> tuple[Progress, str | None]:
    if isinstance(sample.value, tuple):
        return progress, None
    bad = contains(above.range, sample.value)
    since = (sample.at if progress.since is None else progress.since) if bad else None
    decidable = sample.at - sample.unbroken >= above.lasting - TINY
    progress = replace(progress, since=since, decided=progress.decided + decidable)
    if bad and not decidable:
        return progress, None
    held = since is not None and sample.at - since >= above.lasting - TINY
    words = f"{number_in_words(sample.value, quantity, above.range)}, {range_in_words(above.range, quantity)}"
    if above.lasting and since is not None:
        words += f" for {number_in_words((sample.at - since) * sample.speed, Quantity.SECONDS)}"
    return _turned(progress, held=held, words=words)


def _turned(progress: Progress, *, held: bool, words: str) -> tuple[Progress, str | None]:
    fires = held and not progress.true
    return replace(progress, true=held, hits=progress.hits + fires), words if fires else None


def _first_match(pattern: str, value: Value) -> str | None:
    """The first line that matches, quoted; empty when none does, None when that cannot be told."""
    if not isinstance(value, tuple):
        return None
    try:
        return next((quoted(line) for line in value if search(pattern, line)[0]), "")
    except BadPatternError:
        return None


def _rate_in_words(rate: float, quantity: Quantity) -> str:
    """A slope per minute, as people say it."""
    amount = rate * 60
    if quantity is Quantity.SECONDS:
        return f"{amount * 1000:.3g} ms/min"
    return f"{number_in_words(amount, quantity) if quantity is Quantity.BYTES else format(amount, '.3g')}/min"
