"""The `expect` of a step: subjects and what they must be."""

from collections.abc import Iterable, Mapping
from typing import Any

from wetrun.errors import Place
from wetrun.formats.decode.containers import ListOf, Named
from wetrun.formats.decode.context import Cursor, Rejected
from wetrun.formats.decode.nearest import listed
from wetrun.formats.decode.objects import ByForm, Fields, Key, Object
from wetrun.formats.decode.shapes import Flag, Schema, SchemaBook, Shape
from wetrun.formats.decode.tree import Entries, Items, Scalar
from wetrun.formats.keys.limits import TIME_LIMITS
from wetrun.formats.keys.matchers import JSON_MATCHER, STATUS_MATCHER, TEXT_MATCHER, VALUE_MATCHER
from wetrun.formats.keys.quantities import integer
from wetrun.formats.keys.texts import ANY_JSON
from wetrun.plan.expectations import ExitCode, Expectation, JsonSubset, Limits, Matcher, Range, Subject

__all__ = ["EXPECT", "SUBJECTS", "defaults", "refuse_foreign_subjects"]

_COMMAND = ("exit", "fails", "stdout", "stderr", "output", "json", "time")
_REQUEST = ("status", "headers", "body", "json", "time", "latency")
_QUERY = ("value", "rows", "json", "time")
SUBJECTS: Mapping[str, tuple[str, ...]] = {"run": _COMMAND, "http": _REQUEST, "sql": _QUERY, "wait": (), "approve": ()}

_CODE = integer("an exit code", 0, 255)


_ANY_CODE = Limits(Range(0, 255))


class _ExitCodes(Shape[ExitCode | Limits]):
    """An exit code, several, `nonzero`, or `any`."""

    _codes = ListOf(_CODE, "exit codes", least=1, alone=True)

    def read(self, here: Cursor) -> ExitCode | Limits:
        if isinstance(here.node, Scalar) and here.node.text == "nonzero":
            return ExitCode(())
        if isinstance(here.node, Scalar) and here.node.text == "any":
            return _ANY_CODE
        return ExitCode(self._codes.read(here))

    def schema(self, book: SchemaBook) -> Schema:
        return {"anyOf": [self._codes.schema(book), {"enum": ["nonzero", "any"]}]}

    def words(self) -> str:
        return "an exit code, a list of them, `nonzero` or `any`"


class _Json(Shape[tuple[tuple[str | None, Matcher, Place], ...]]):
    """`json`: paths with what stands there, or `subset` for the whole value."""

    _paths = Named(JSON_MATCHER, "JSON values")

    def read(self, here: Cursor) -> tuple[tuple[str | None, Matcher, Place], ...]:
        if not isinstance(here.node, Entries):
            return ((None, JsonSubset(ANY_JSON.read(here)), here.place),)
        found: list[tuple[str | None, Matcher, Place]] = []
        broken = False
        for entry in here.node.entries:
            inner = here.entry(entry)
            try:
                if entry.key == "subset":
                    found.append((None, JsonSubset(ANY_JSON.read(inner)), entry.place))
                    continue
                if not all(entry.key.split(".")):
                    hint = "write names and positions with dots between them, as in `items.0.name`"
                    raise here.key(entry).wrong(f"`{entry.key}` is no JSON path", hint)
                found.append((entry.key, JSON_MATCHER.read(inner), entry.place))
            except Rejected:
                broken = True
        if broken:
            raise Rejected
        if not found:
            raise here.wrong("an empty mapping where JSON paths are wanted", "write `results.length: 9`, say")
        return tuple(found)

    def schema(self, book: SchemaBook) -> Schema:
        paths: Schema = {
            "type": "object",
            "properties": {"subset": {}},
            "additionalProperties": JSON_MATCHER.schema(book),
        }
        return {"anyOf": [paths, {"type": ["array", "string", "number", "boolean"]}]}

    def words(self) -> str:
        return "a mapping of JSON paths to values or matchers"

    def parts(self) -> Any:
        yield JSON_MATCHER


class _Rows(Shape[tuple[str | None, Matcher]]):
    """`rows`: how many, or a subset of them."""

    def read(self, here: Cursor) -> tuple[str | None, Matcher]:
        if isinstance(here.node, Items):
            return None, JsonSubset(ANY_JSON.read(here))
        return "length", VALUE_MATCHER.read(here)

    def schema(self, book: SchemaBook) -> Schema:
        return {"anyOf": [{"type": "array"}, VALUE_MATCHER.schema(book)]}

    def words(self) -> str:
        return "a number of rows, or a list of them"


_EXIT = Key(
    "exit",
    _ExitCodes(),
    "The exit code: `0`, `[0, 2]`, `nonzero` or `any`.",
    default="`0`",
    also=("exit_code", "code", "rc"),
)
_FAILS = Key("fails", Flag(), "Whether the command must fail.", also=("fail", "failure"))
_STDOUT = Key("stdout", TEXT_MATCHER, "What the command writes to standard output.")
_STDERR = Key("stderr", TEXT_MATCHER, "What the command writes to standard error.")
_OUTPUT = Key("output", TEXT_MATCHER, "Both streams, standard output first.")
_JSON = Key(
    "json",
    _Json(),
    "Values at JSON paths (`results.length: 9`) of the output, the body or the rows; `subset` for a whole.",
)
_STATUS = Key(
    "status",
    STATUS_MATCHER,
    "The HTTP status: `200`, `[200, 204]`, `2xx`, `200-204`.",
    default="`2xx`",
    also=("status_code",),
)
_HEADERS = Key(
    "headers", Named(TEXT_MATCHER, "text matchers"), "What the answer's headers hold, by name.", also=("header",)
)
_BODY = Key("body", TEXT_MATCHER, "The answer's body.")
_VALUE = Key("value", VALUE_MATCHER, "The first column of the query's first row.")
_ROWS = Key("rows", _Rows(), 'How many rows (`3`, `">= 1"`), or the rows themselves, as a list of mappings.')
_TIME = Key("time", TIME_LIMITS, "How long it takes; a bare amount means at most.", also=("duration", "took"))
_LATENCY = Key("latency", TIME_LIMITS, "The same as `time`, for requests.")
_TEXTS = (
    (_STDOUT, Subject.STDOUT),
    (_STDERR, Subject.STDERR),
    (_OUTPUT, Subject.OUTPUT),
    (_BODY, Subject.BODY),
    (_VALUE, Subject.VALUE),
)


def _exit(fields: Fields) -> Iterable[Expectation]:
    if fields.has(_EXIT) and fields.has(_FAILS):
        fields.key_at(_FAILS).note("`exit` and `fails` say the same thing twice", "keep one of them")
        raise Rejected
    codes = fields.get(_EXIT)
    if codes is not None:
        yield Expectation(Subject.EXIT, codes, place=fields.key_at(_EXIT).place)
    fails = fields.get(_FAILS)
    if fails is not None:
        yield Expectation(Subject.EXIT, ExitCode(()) if fails else ExitCode(), place=fields.key_at(_FAILS).place)


def _collect(fields: Fields) -> Iterable[Expectation]:
    yield from _exit(fields)
    status = fields.get(_STATUS)
    if status is not None:
        yield Expectation(Subject.STATUS, status, place=fields.key_at(_STATUS).place)
    for key, subject in _TEXTS:
        matcher = fields.get(key)
        if matcher is not None:
            yield Expectation(subject, matcher, place=fields.key_at(key).place)
    for name, matcher in fields.get_or(_HEADERS, dict[str, Matcher]()).items():
        yield Expectation(Subject.HEADER, matcher, name, fields.key_at(_HEADERS).place)
    for path, matcher, place in fields.get_or(_JSON, ()):
        yield Expectation(Subject.JSON, matcher, path, place)
    rows = fields.get(_ROWS)
    if rows is not None:
        subject = Subject.ROWS if rows[0] is None else Subject.JSON
        yield Expectation(subject, rows[1], rows[0], fields.key_at(_ROWS).place)
    for time_key in (_TIME, _LATENCY):
        limits = fields.get(time_key)
        if limits is not None:
            yield Expectation(Subject.TIME, limits, place=fields.key_at(time_key).place)


def _build(here: Cursor, fields: Fields) -> tuple[Expectation, ...]:
    del here
    return tuple(_collect(fields))


_KEYS: tuple[Key[Any], ...] = (
    _EXIT,
    _FAILS,
    _STDOUT,
    _STDERR,
    _OUTPUT,
    _STATUS,
    _HEADERS,
    _BODY,
    _JSON,
    _VALUE,
    _ROWS,
    _TIME,
    _LATENCY,
)
_ONE: Object[tuple[Expectation, ...]] = Object(
    "expectation",
    "What a step's result must look like; every key must hold. Which keys there are depends on the kind of step.",
    _KEYS,
    _build,
)


class _Several(Shape[tuple[Expectation, ...]]):
    """A list of expectations, all of which must hold."""

    _list = ListOf(_ONE, "expectations", least=1)

    def read(self, here: Cursor) -> tuple[Expectation, ...]:
        return tuple(expectation for part in self._list.read(here) for expectation in part)

    def schema(self, book: SchemaBook) -> Schema:
        return self._list.schema(book)

    def words(self) -> str:
        return "a list of expectations"

    def parts(self) -> Any:
        yield _ONE


EXPECT: ByForm[tuple[Expectation, ...]] = ByForm(
    items=_Several(), entries=_ONE, what="an expectation or a list of them"
)


def refuse_foreign_subjects(here: Cursor, action: str) -> None:
    """Note every key of an `expect` that results of this action do not have.

    Args:
        here: Where the value of `expect` stands.
        action: The step's leading key (`run`, `http`…).
    """
    allowed = SUBJECTS[action]
    cursors = [here]
    if isinstance(here.node, Items):
        cursors = [here.item(index, node) for index, node in enumerate(here.node.items)]
    for cursor in cursors:
        for entry in cursor.node.entries if isinstance(cursor.node, Entries) else ():
            if entry.key not in allowed and any(entry.key == key.name for key in _KEYS):
                hint = f"there are {listed(allowed)}" if allowed else "remove it"
                cursor.key(entry).note(f"the result of `{action}` has no `{entry.key}`", hint)


def defaults(action: str, given: tuple[Expectation, ...], place: Place) -> tuple[Expectation, ...]:
    """Add what is expected without saying so: exit code 0 of a command, a status from 200 to 299 of a request."""
    if action == "run" and all(expectation.subject is not Subject.EXIT for expectation in given):
        return (Expectation(Subject.EXIT, ExitCode(), place=place), *given)
    if action == "http" and all(expectation.subject is not Subject.STATUS for expectation in given):
        return (Expectation(Subject.STATUS, Limits(Range(200, 299)), place=place), *given)
    return given
