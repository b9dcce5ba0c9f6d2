"""What a part of a result must be: texts, lines, patterns, numbers and JSON."""

import re
from typing import Any

from wetrun.formats.decode.containers import ListOf
from wetrun.formats.decode.context import Cursor
from wetrun.formats.decode.objects import ByForm, Fields, Key, Object
from wetrun.formats.decode.shapes import SCALAR_SCHEMA, Parsed, Shape, Text
from wetrun.formats.decode.tree import Scalar
from wetrun.formats.keys.limits import LIMITS, limits_object_keys, looks_like_limit, make_limits, parse_range
from wetrun.formats.keys.quantities import integer
from wetrun.formats.keys.texts import ANY_JSON, check_regex, slashed, use_variables
from wetrun.plan.expectations import Contains, Exact, JsonSubset, Limits, Lines, Matcher, Not, OneOf, Range, Regex
from wetrun.units import UnitError

__all__ = ["JSON_MATCHER", "STATUS_MATCHER", "TEXT_MATCHER", "VALUE_MATCHER", "PlainMatcher"]

PlainMatcher = Exact | Contains | Regex | Lines | JsonSubset
_NULLABLE_SCALAR = {"type": [*SCALAR_SCHEMA["type"], "null"]}


def _text(here: Cursor, node: Scalar) -> Exact | Regex:
    pattern = slashed(node.text)
    use_variables(here, node.text, strict=False)
    return Exact(node.text.rstrip()) if pattern is None else Regex(check_regex(here, pattern))


def _pattern(here: Cursor, node: Scalar) -> Regex:
    return Regex(check_regex(here, slashed(node.text) or node.text))


def _block(here: Cursor, node: Scalar) -> Lines:
    use_variables(here, node.text, strict=False)
    return Lines(tuple(node.text.rstrip().split("\n")))


def _literal(kind: type[Exact] | type[Contains]) -> Parsed[Any]:
    def read(here: Cursor, node: Scalar) -> Exact | Contains:
        use_variables(here, node.text, strict=False)
        return Exact(node.text.rstrip()) if kind is Exact else Contains(node.text)

    return Parsed("text", read, SCALAR_SCHEMA)


class _LineList(Shape[Lines]):
    """A list of lines."""

    _lines = ListOf(Text("line", empty=True), "lines", least=1)

    def read(self, here: Cursor) -> Lines:
        lines = self._lines.read(here)
        for line in lines:
            use_variables(here, line, strict=False)
        return Lines(lines)

    def schema(self, book: Any) -> dict[str, Any]:
        return self._lines.schema(book)

    def words(self) -> str:
        return "a list of lines"


_SCALAR = Parsed[Exact | Regex]("text", _text, SCALAR_SCHEMA)
_LINES = _LineList()
_PLAIN_KEYS: tuple[Key[Any], ...] = (
    Key("exact", _literal(Exact), "The whole text equals this one; white space at the end does not count."),
    Key("contains", _literal(Contains), "This text stands somewhere in it.", also=("includes", "has")),
    Key(
        "matches",
        Parsed("regular expression", _pattern, SCALAR_SCHEMA),
        "This regular expression is found in it.",
        also=("regex", "match", "pattern"),
    ),
    Key(
        "lines",
        ByForm(scalar=Parsed("text", _block, SCALAR_SCHEMA), items=_LINES),
        "These lines in order: `*` and `?` match within a line, a line `...` matches any number of lines.",
    ),
)


def _single(here: Cursor, fields: Fields) -> Any:
    del here
    return next(value for key in _PLAIN_KEYS if (value := fields.get(key)) is not None)


def _names(keys: tuple[Key[Any], ...]) -> tuple[str, ...]:
    return tuple(key.name for key in keys)


_PLAIN_OBJECT: Object[PlainMatcher] = Object(
    "plain text matcher", "One way to say what a text must be.", _PLAIN_KEYS, _single, one_of=_names(_PLAIN_KEYS)
)
_PLAIN: ByForm[PlainMatcher] = ByForm(
    scalar=_SCALAR, items=_LINES, entries=_PLAIN_OBJECT, what="a text, `/pattern/`, a list of lines or a matcher"
)
_NOT = Key("not", _PLAIN, "This matcher must not match.")
_NUMBER = Key("number", LIMITS, 'The text is a number within these limits, as in `"< 80MB"`.')
_GOOD, _ACCEPTABLE = limits_object_keys()
_SUBSET = Key("subset", ANY_JSON, "The JSON value contains this one: objects by key, lists by position.")


def _matcher(here: Cursor, fields: Fields) -> Matcher:
    denied = fields.get(_NOT)
    if denied is not None:
        return Not(denied)
    good = fields.get(_GOOD)
    if good is not None:
        return make_limits(here, good, fields.get(_ACCEPTABLE), None)
    if fields.has(_SUBSET):
        return JsonSubset(fields.get(_SUBSET))
    limits = fields.get(_NUMBER)
    return limits if limits is not None else _single(here, fields)


def _matcher_object(title: str, doc: str, extra: tuple[Key[Any], ...]) -> Object[Matcher]:
    keys = (*_PLAIN_KEYS, _NOT, _NUMBER, *extra)
    leaders = tuple(key.name for key in keys if not key.beside)
    return Object(title, doc, keys, _matcher, one_of=leaders, stranger=_not_a_matcher)


def _not_a_matcher(word: str) -> str | None:
    del word
    return None


_TEXT_OBJECT = _matcher_object("text matcher", "One way to say what a text must be.", ())
TEXT_MATCHER: ByForm[Matcher] = ByForm(
    scalar=_SCALAR, items=_LINES, entries=_TEXT_OBJECT, what="a text, `/pattern/`, a list of lines or a matcher"
)


def _value(here: Cursor, node: Scalar) -> Matcher:
    if isinstance(node.value, int | float) and not isinstance(node.value, bool):
        return LIMITS.read(here)
    return _limit_in(here, node.text) or _text(here, node)


def _limit_in(here: Cursor, text: str) -> Limits | None:
    if not looks_like_limit(text):
        return None
    try:
        good, quantity = parse_range(text)
    except UnitError as error:
        raise here.wrong(str(error), error.hint) from None
    return Limits(good, None, quantity)


VALUE_MATCHER: ByForm[Matcher] = ByForm(
    scalar=Parsed[Matcher]("value", _value, SCALAR_SCHEMA),
    items=_LINES,
    entries=_matcher_object("value matcher", "One way to say what a value must be.", (_GOOD, _ACCEPTABLE)),
    what='a number, a limit such as `">= 3"`, a text or a matcher',
)


class _JsonScalar(Shape[Matcher]):
    """A scalar inside `json`: its own value, a `/pattern/` or a limit."""

    def read(self, here: Cursor) -> Matcher:
        if isinstance(here.node, Scalar) and isinstance(here.node.value, str):
            text = here.node.value
            pattern = slashed(text)
            if pattern is not None:
                return Regex(check_regex(here, pattern))
            limit = _limit_in(here, text)
            if limit is not None:
                return limit
        return JsonSubset(ANY_JSON.read(here))

    def schema(self, book: Any) -> dict[str, Any]:
        del book
        return dict(_NULLABLE_SCALAR)

    def words(self) -> str:
        return "a value"


class _JsonItems(Shape[Matcher]):
    """A list inside `json`: a subset by position."""

    def read(self, here: Cursor) -> Matcher:
        return JsonSubset(ANY_JSON.read(here))

    def schema(self, book: Any) -> dict[str, Any]:
        del book
        return {"type": "array"}

    def words(self) -> str:
        return "a list"


def _write_subset(word: str) -> str | None:
    return f"a matcher stands here; for an object with the key `{word}` write `subset: {{{word}: …}}`"


_JSON_KEYS: tuple[Key[Any], ...] = (*_PLAIN_KEYS, _NOT, _NUMBER, _GOOD, _ACCEPTABLE, _SUBSET)
JSON_MATCHER: ByForm[Matcher] = ByForm(
    scalar=_JsonScalar(),
    items=_JsonItems(),
    entries=Object(
        "JSON matcher",
        "One way to say what a JSON value must be.",
        _JSON_KEYS,
        _matcher,
        one_of=tuple(key.name for key in _JSON_KEYS if not key.beside),
        stranger=_write_subset,
    ),
    what='a value, a limit such as `">= 3"`, `/pattern/` or a matcher',
)


def _status(here: Cursor, node: Scalar) -> Limits:
    family = re.fullmatch(r"([1-5])[xX]{2}", node.text)
    if family is not None:
        first = int(family[1]) * 100
        return Limits(Range(first, first + 99))
    limits = LIMITS.read(here)
    ends = [end for end in (limits.good.low, limits.good.high) if end is not None]
    if any(not 100 <= end <= 600 for end in ends):
        raise here.wrong(
            f"`{node.text}` is no HTTP status", 'write `200`, `2xx`, `200-204` or a limit such as `"< 500"`'
        )
    return limits


class _Statuses(Shape[OneOf]):
    """A list of statuses."""

    _codes = ListOf(integer("an HTTP status", 100, 599), "HTTP statuses", least=1)

    def read(self, here: Cursor) -> OneOf:
        return OneOf(self._codes.read(here))

    def schema(self, book: Any) -> dict[str, Any]:
        return self._codes.schema(book)

    def words(self) -> str:
        return "a list of HTTP statuses"


STATUS_MATCHER: ByForm[Matcher] = ByForm(
    scalar=Parsed[Matcher]("HTTP status", _status, {"type": ["integer", "string"]}),
    items=_Statuses(),
    what='an HTTP status, a list of them, or a limit such as `"< 500"`',
)
