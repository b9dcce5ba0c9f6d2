"""Questions as people write them: what-ifs (`NAME=0.2`) and sweeps (`NAME=1m..10m`)."""

import re
from collections.abc import Mapping, Sequence
from fractions import Fraction
from math import isfinite
from typing import assert_never

from wetrun.errors import WetrunError
from wetrun.lean import dataclass, pattern
from wetrun.simulate.models.inputs import Chance, Input, Kind, Quantity, Setting, Time, find
from wetrun.simulate.models.laws import Constant, Uniform
from wetrun.units import UnitError, parse_seconds

__all__ = [
    "AskedTwiceError",
    "Axis",
    "QuestionError",
    "parse_sweep",
    "parse_sweeps",
    "parse_what_if",
    "parse_what_ifs",
    "read_number",
    "read_odds",
    "read_time",
    "read_until",
]

_NUMBER = pattern(r"(\d+(?:\.\d*)?|\.\d+)(?:[eE]([-+]?\d{1,3}))?\s*(%|/\s*(\d+(?:\.\d+)?))?")
_ALONE = pattern(r"\d{1,100}(?:\.\d{1,100})?")
_MOST_STEPS = 10_000
_EVEN_STEPS = 10
_UNITS = {"s": 1.0, "min": 60.0, "h": 3600.0, "ms": 0.001, "d": 86400.0}


class QuestionError(WetrunError):
    """A question that cannot be read."""

    def __init__(self, text: str, wanted: str, hint: str) -> None:
        super().__init__(f"`{text[:80]}` is not {wanted}", hint=hint)
        self.text = text


class AskedTwiceError(WetrunError):
    """An input is set, or swept, twice in one question."""

    def __init__(self, name: str, what: str, hint: str) -> None:
        super().__init__(f"`{name}` is {what} twice", hint=hint)
        self.name = name


@dataclass(frozen=True, slots=True)
class Axis:
    """An input and the values that it takes one after another."""

    name: str
    values: tuple[Setting, ...]


def parse_what_ifs(texts: Sequence[str], inputs: Mapping[str, Input], unit: str) -> dict[str, Setting]:
    """Read what-ifs, which are set all together; each as `parse_what_if`.

    Raises:
        AskedTwiceError: Two are about the same input.
    """
    found = [parse_what_if(text, inputs, unit) for text in texts]
    hint = "set it once; several values one after another are a `--sweep NAME=VALUE,VALUE`"
    _once([name for name, _ in found], "set", hint)
    return dict(found)


def parse_sweeps(texts: Sequence[str], inputs: Mapping[str, Input], unit: str) -> tuple[Axis, ...]:
    """Read the sweeps that make a grid; each as `parse_sweep`.

    Raises:
        AskedTwiceError: Two are about the same input.
    """
    found = tuple(parse_sweep(text, inputs, unit) for text in texts)
    _once([axis.name for axis in found], "swept", "name all its values in one sweep, as in `NAME=1m,2m,10m`")
    return found


def _once(names: Sequence[str], what: str, hint: str) -> None:
    twice = next((name for at, name in enumerate(names) if name in names[:at]), None)
    if twice is not None:
        raise AskedTwiceError(twice, what, hint)


def parse_what_if(text: str, inputs: Mapping[str, Input], unit: str) -> tuple[str, Setting]:
    """Read `NAME=VALUE`; a value is a probability (`0.2`, `20%`, `1/12`), a time (`90s`, `2-5m`), or a number (`12`).

    Args:
        text: The question.
        inputs: The model's inputs by name.
        unit: The unit of the model's times.

    Raises:
        QuestionError: It is no such question.
        UnknownInputError: There is no input of that name.
    """
    name, written = _parted(text, "a what-if", "write `NAME=VALUE`, as in `scenario.slow-database.probability=0.2`")
    return name, _setting(text, find(name, inputs), written, unit)


def parse_sweep(text: str, inputs: Mapping[str, Input], unit: str) -> Axis:
    """Read `NAME=FROM:TO:STEP` (both ends included), `NAME=FROM..TO` (ten values) or `NAME=VALUE,VALUE,…`.

    Raises:
        QuestionError: It is no such question, or has more than 10 000 values.
        UnknownInputError: There is no input of that name.
    """
    hint = "write `NAME=FROM:TO:STEP`, as in `scenario.slow-database.probability=0:0.2:0.05`, or `NAME=1m..10m`"
    name, written = _parted(text, "a sweep", hint)
    given = find(name, inputs)
    even = written.split("..")
    parts = written.split(":")
    if len(even) == 2:
        first, last = (_amount(text, given, part, unit) for part in even)
        step = (last - first) / (_EVEN_STEPS - 1)
    elif len(parts) == 1:
        return Axis(name, tuple(_setting(text, given, part, unit) for part in written.split(",")))
    elif len(parts) == 3:
        first, last, step = (_amount(text, given, part, unit) for part in parts)
    else:
        raise QuestionError(text, "a sweep", hint)
    if step <= 0 or last < first:
        raise QuestionError(text, "a sweep", "the step must be above zero, and the end not before the beginning")
    count = (last - first) // step + 1
    if count > _MOST_STEPS:
        raise QuestionError(text, "a sweep", f"it has {count} values; {_MOST_STEPS} are the most")
    amounts = [first + number * step for number in range(int(count))]
    if isinstance(given, Quantity) and given.kind is Kind.COUNT:
        amounts = [*dict.fromkeys(Fraction(round(value)) for value in amounts)]
    return Axis(name, tuple(Constant(float(value)) if isinstance(given, Time) else value for value in amounts))


def _parted(text: str, wanted: str, hint: str) -> tuple[str, str]:
    name, equals, written = text.rpartition("=")
    if not equals or not name.strip() or not written.strip():
        raise QuestionError(text, wanted, hint)
    return name.strip(), written.strip()


def _setting(text: str, given: Input, written: str, unit: str) -> Setting:
    if not isinstance(given, Time):
        return _amount(text, given, written, unit)
    low, dash, high = written.partition("-")
    if not dash or not low.strip():
        return Constant(float(read_time(text, written, unit)))
    # `2-5m`: the first number borrows the unit of the second.
    borrowed = re.sub(r"^[\d.\s]+", "", high) if re.fullmatch(r"[\d.\s]+", low) else ""
    begin, end = read_time(text, low + borrowed, unit), read_time(text, high, unit)
    if begin > end:
        raise QuestionError(text, "a what-if", "write the smaller time first")
    return Uniform(float(begin), float(end)) if begin < end else Constant(float(begin))


def _amount(text: str, given: Input, written: str, unit: str) -> Fraction:
    match given:
        case Time():
            return read_time(text, written, unit)
        case Chance() | Quantity(kind=Kind.SHARE):
            return read_odds(text, written)
        case Quantity(kind=kind):
            return read_number(text, written, whole=kind is Kind.COUNT)
        case _:
            assert_never(given)


def read_until(texts: Sequence[str], unit: str) -> dict[str, float]:
    """Read times by which something may have happened, in the unit of the model.

    Args:
        texts: With a unit, or numbers alone, which are in the unit of the model.
        unit: That of the model's times.

    Returns:
        By what was written.

    Raises:
        QuestionError: It is no time, or the model's unit is none that is known.
    """
    return {text: _until(text, unit) for text in texts}


def _until(text: str, unit: str) -> float:
    try:
        return float(text)
    except ValueError:
        return float(read_time(text, text, unit))


def read_number(text: str, written: str, *, whole: bool = False) -> Fraction:
    """Read a number ≥ 0, exactly as written; likewise.

    Args:
        text: The question.
        written: The number.
        whole: Whether it must have no part behind the point.

    Raises:
        QuestionError: It is no such number.
    """
    match = _NUMBER.fullmatch(written.strip())
    if match is None or match[3] is not None:
        raise QuestionError(text, "a question", f"`{written.strip()}` is no number: write one such as `12`")
    value = Fraction(match[1]) * Fraction(10) ** int(match[2] or 0)
    if whole and value.denominator != 1:
        raise QuestionError(text, "a question", f"`{written.strip()}` is no whole number: write one such as `12`")
    return value


def read_odds(text: str, written: str) -> Fraction:
    """Read a probability, exactly as written; the question of which it is part is told if it is none.

    Raises:
        QuestionError: It is no probability.
    """
    match = _NUMBER.fullmatch(written.strip())
    below = Fraction(match[4]) if match and match[4] else Fraction(100 if match and match[3] else 1)
    if match is None or not below:
        raise QuestionError(text, "a question", f"`{written}` is no probability: write `0.2`, `20%` or `1/12`")
    value = Fraction(match[1]) * Fraction(10) ** int(match[2] or 0) / below
    if value > 1:
        raise QuestionError(text, "a question", f"`{written}` is no probability: it is above 1")
    return value


def read_time(text: str, written: str, unit: str) -> Fraction:
    """Read a time, in the unit of the model; likewise. Where nobody knows that unit, it is a number alone.

    Raises:
        QuestionError: It is no time.
    """
    if unit not in _UNITS:
        if not _ALONE.fullmatch(written.strip()):
            hint = f"the model's unit is `{unit}`: write a number alone, which is in it"
            raise QuestionError(text, "a time of this model", hint)
        return Fraction(written.strip())
    try:
        seconds = parse_seconds(written)
    except UnitError as error:
        raise QuestionError(text, "a question", f"`{written.strip()}` is no time: {error.hint}") from None
    value = seconds / _UNITS[unit]
    if not isfinite(value):
        raise QuestionError(text, "a question", f"`{written.strip()}` is no time that can be reckoned with")
    return Fraction(repr(value))
