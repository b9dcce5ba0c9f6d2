"""Numbers on the command line; those that keep their text come back in the output as which they were written."""

import math
from typing import Any

import click

from wetrun.units import UnitError, parse_seconds

__all__ = ["Levels", "Share", "Until"]

_LATEST = 1e100


class Levels(click.ParamType[Any]):
    """Levels of quantiles as texts, with commas between."""

    name = "levels"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Check all levels."""
        texts = tuple(part.strip() for part in str(value).split(","))
        for text in texts:
            number = _number(text)
            if number is None:
                self.fail(f"`{text}` is not a number: write levels such as `0.5,0.95`", param, ctx)
            if not 0 < number < 1:
                reason = "a quantile is what a share of the runs does not exceed: write levels such as `0.5,0.95`"
                self.fail(f"`{text}` is not between 0 and 1, both left out; {reason}", param, ctx)
        return texts


class Until(click.ParamType[Any]):
    """A time as a text: with a unit, or as a number alone."""

    name = "time"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Check one time."""
        text = str(value).strip()
        number = _number(text)
        if number is None:
            try:
                parse_seconds(text)
            except UnitError as error:
                self.fail(f"`{text}` is no time: {error.hint}", param, ctx)
        elif not 0 <= number <= _LATEST:
            self.fail(f"`{text}` is not between 0 and {_LATEST:g}", param, ctx)
        return text


class Share(click.FloatRange):
    """A number in (0, 1]."""

    def __init__(self) -> None:
        super().__init__(0, 1, min_open=True)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Check one number."""
        number = super().convert(value, param, ctx)
        if math.isnan(number):
            self.fail(f"`{value}` is not a number", param, ctx)
        return number


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None
