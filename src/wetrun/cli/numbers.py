"""Numbers on the command line that keep their text, as which they come back in the output."""

import math
from typing import Any

import click

__all__ = ["Number", "Numbers"]


class Number(click.ParamType[Any]):
    """A number from 0 to a limit."""

    def __init__(self, name: str, most: float) -> None:
        self.name = name
        self.most = most

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Check one number."""
        text = str(value).strip()
        try:
            number = float(text)
        except ValueError:
            self.fail(f"`{text}` is not a number", param, ctx)
        if not 0 <= number <= self.most or math.isnan(number):
            self.fail(f"`{text}` is not between 0 and {self.most:g}", param, ctx)
        return text


class Numbers(Number):
    """Several of them, with commas between."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Check all numbers."""
        return tuple(Number.convert(self, part, param, ctx) for part in str(value).split(","))
