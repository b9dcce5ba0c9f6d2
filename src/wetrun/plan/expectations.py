"""What a result must look like: a subject (which part of the result) and a matcher (what it must be)."""

from enum import Enum

from wetrun.errors import Place
from wetrun.lean import dataclass

__all__ = [
    "Contains",
    "Exact",
    "ExitCode",
    "Expectation",
    "JsonSubset",
    "JsonValue",
    "Limits",
    "Lines",
    "Matcher",
    "Not",
    "OneOf",
    "Quantity",
    "Range",
    "Regex",
    "Subject",
]

JsonValue = None | bool | int | float | str | list["JsonValue"] | dict[str, "JsonValue"]


class Subject(Enum):
    """The part of a result that an expectation looks at.

    `EXIT`, `STDOUT`, `STDERR`, `OUTPUT` (both streams, stdout first) belong to commands; `STATUS`, `BODY`, `HEADER` to
    requests; `VALUE` is a query's first column of its first row, or a sample; `ROWS` is a query's rows as JSON; `TIME`
    (latency) is the wall time in seconds; `JSON` reads stdout, body or rows as JSON.
    """

    EXIT = "exit"
    STDOUT = "stdout"
    STDERR = "stderr"
    OUTPUT = "output"
    STATUS = "status"
    BODY = "body"
    HEADER = "header"
    VALUE = "value"
    ROWS = "rows"
    JSON = "json"
    TIME = "time"


class Quantity(Enum):
    """What a number counts; decides how its text is read and written."""

    NUMBER = "number"
    SECONDS = "seconds"
    BYTES = "bytes"


@dataclass(frozen=True, slots=True)
class Range:
    """A set of numbers from `low` to `high`; an open end excludes the limit itself (`> 3`)."""

    low: float | None = None
    high: float | None = None
    low_open: bool = False
    high_open: bool = False


@dataclass(frozen=True, slots=True)
class Exact:
    """The text, without white space at its end, equals this one."""

    text: str


@dataclass(frozen=True, slots=True)
class Contains:
    """The text stands somewhere in the subject."""

    text: str


@dataclass(frozen=True, slots=True)
class Regex:
    """The pattern is found somewhere in the subject (Python's `re`, multi-line)."""

    pattern: str


@dataclass(frozen=True, slots=True)
class Lines:
    """Lines in order: `*` and `?` match within a line, a line `...` matches any number of lines."""

    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class JsonSubset:
    """The JSON value contains this one: objects by key, lists by position, `...` stands for any further items."""

    value: JsonValue


@dataclass(frozen=True, slots=True)
class Limits:
    """A number within limits: `good` passes, `acceptable` (wider, optional) passes with a note."""

    good: Range
    acceptable: Range | None = None
    quantity: Quantity = Quantity.NUMBER


@dataclass(frozen=True, slots=True)
class ExitCode:
    """One of these exit codes; an empty tuple means any but 0 (the command must fail)."""

    codes: tuple[int, ...] = (0,)


@dataclass(frozen=True, slots=True)
class OneOf:
    """A number that is one of these, of which there is at least one."""

    numbers: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """The matcher must not match."""

    matcher: "Exact | Contains | Regex | Lines | JsonSubset"


Matcher = Exact | Contains | Regex | Lines | JsonSubset | Limits | ExitCode | OneOf | Not


@dataclass(frozen=True, slots=True)
class Expectation:
    """One thing that must be true of a result.

    Attributes:
        subject: The part of the result.
        matcher: What it must be.
        selector: A JSON path (`results.length`, `items.0.name`) or a header's name, or None.
        place: Where the plan says so.
    """

    subject: Subject
    matcher: Matcher
    selector: str | None = None
    place: Place | None = None
