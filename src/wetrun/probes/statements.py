"""What both kinds of database share: texts taken apart into statements, and rows put together."""

import json
import re
from collections.abc import Iterable, Iterator, Sequence

from wetrun.course.results import Ending
from wetrun.errors import WetrunError
from wetrun.lean import dataclass, pattern
from wetrun.plan.expectations import JsonValue

__all__ = ["MOST_ROWS", "Answer", "SqlUnansweredError", "only_looks", "row", "split"]

MOST_ROWS = 10_000
"""More rows than these are no value to compare or to judge."""

_TOKEN = pattern(
    r"""[eE]'(?:[^'\\]|\\.|'')*'|'(?:[^']|'')*'|"(?:[^"]|"")*"|\$(?P<tag>\w*)\$.*?\$(?P=tag)\$"""
    r"""|(?P<comment>--[^\n]*|/\*.*?\*/)|(?P<end>;)|\w+|.""",
    re.DOTALL,
)
_LOOKING = pattern(r"\s*\(*\s*(select|with|values|table|pragma|explain|show)\b", re.IGNORECASE)
_CHANGING = pattern(r"\b(insert|update|delete|merge|replace)\b", re.IGNORECASE)


class SqlUnansweredError(WetrunError):
    """A database did not answer a statement: it could not be asked, or there was nobody.

    Attributes:
        ending: How the observation ends.
        refused: Whether that nobody answered is an observation of the database.
    """

    exit_code = 4

    def __init__(self, reason: str, *, refused: bool = False, hint: str | None = None) -> None:
        super().__init__(reason, hint=hint)
        self.ending = Ending.DONE if refused else Ending.ERROR
        self.refused = refused


@dataclass(frozen=True, slots=True)
class Answer:
    """The rows of the last statement, or what the database said against one of them."""

    rows: tuple[dict[str, JsonValue], ...] = ()
    error: str | None = None

    def lines(self) -> Iterator[str]:
        """Each row as one line of JSON."""
        for each in self.rows:
            yield json.dumps(each, ensure_ascii=False)


def split(text: str) -> tuple[str, ...]:
    """Take a text apart at the semicolons that are outside of quotes; comments are left out."""
    statements, current = list[str](), list[str]()
    for token in _TOKEN.finditer(text):
        if token["end"]:
            statements.append("".join(current).strip())
            current.clear()
        else:
            current.append(" " if token["comment"] else token[0])
    statements.append("".join(current).strip())
    return tuple(statement for statement in statements if statement)


def only_looks(statement: str) -> bool:
    """Whether a statement can change nothing by its form; `with` counts only without a changing word in it."""
    return _LOOKING.match(statement) is not None and _CHANGING.search(statement) is None


def row(columns: Sequence[str], values: Iterable[JsonValue]) -> dict[str, JsonValue]:
    """Make an object of a row; a column's name that comes again gets `_2`, `_3`…, so that no value is lost."""
    found: dict[str, JsonValue] = {}
    for column, value in zip(columns, values, strict=True):
        name, count = column, 1
        while name in found:
            count += 1
            name = f"{column}_{count}"
        found[name] = value
    return found
