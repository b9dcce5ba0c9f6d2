"""How limits on numbers are written: `9`, `">= 3"`, `"< 500ms"`, `"250-400ms"`, `{good: 400ms, acceptable: 1s}`."""

import math
from collections.abc import Callable

from wetrun.formats.decode.context import Cursor
from wetrun.formats.decode.objects import ByForm, Fields, Key, Object
from wetrun.formats.decode.shapes import SCALAR_SCHEMA, Parsed
from wetrun.formats.decode.tree import Scalar, describe
from wetrun.formats.keys.quantities import seconds_of
from wetrun.lean import pattern
from wetrun.plan.expectations import Limits, Quantity, Range
from wetrun.units import TooMuchError, UnitError, parse_bytes

__all__ = [
    "LIMITS",
    "TIME_LIMITS",
    "UPPER_LIMIT_DOC",
    "limits_object_keys",
    "looks_like_limit",
    "make_limits",
    "parse_range",
]

HINT = 'write a number, or a limit such as `">= 3"`, `"< 500ms"`, `"> 80MB"` or `"250-400ms"`'
UPPER_LIMIT_DOC = "Within this it passes; a bare amount means at most."
_OPERATORS = r"<=|>=|==|<|>|=|≤|≥"
_LIMIT = pattern(rf"\s*(?P<sign>{_OPERATORS})\s*(?P<amount>\S.*?)\s*")
_SPAN = pattern(r"\s*(?P<low>-?[\d.]+\s*[A-Za-z]*)\s*(?:-|\.\.)\s*(?P<high>-?[\d.]+\s*[A-Za-z]*)\s*")
_NUMBER = pattern(r"[-+]?\d+(?:\.\d+)?(?:[eE][-+]?\d{1,3})?")
_BARE = pattern(r"-?[\d.]+")


def looks_like_limit(text: str) -> bool:
    """Whether a text begins with a comparison and goes on with a number."""
    match = _LIMIT.fullmatch(text)
    return match is not None and match["amount"][0] in "-+.0123456789"


def parse_range(text: str, *, at_most: bool = False) -> tuple[Range, Quantity]:
    """Read a limit.

    Args:
        text: A comparison, a span or an amount.
        at_most: What an amount alone means: at most it, or exactly it.

    Returns:
        The range in numbers, seconds or bytes, and which of them.

    Raises:
        UnitError: The text is no limit.
    """
    if len(text) > 80:
        raise UnitError(text[:20] + "…", "a limit", HINT)
    limit = _LIMIT.fullmatch(text)
    if limit is not None:
        value, quantity = _amount(limit["amount"], text)
        return _compared(limit["sign"], value), quantity
    span = _SPAN.fullmatch(text)
    if span is not None:
        return _span(span["low"].strip(), span["high"].strip(), text)
    value, quantity = _amount(text.strip(), text)
    return Range(high=value) if at_most else Range(value, value), quantity


def _compared(sign: str, value: float) -> Range:
    match sign:
        case "<":
            return Range(high=value, high_open=True)
        case "<=" | "≤":
            return Range(high=value)
        case ">":
            return Range(low=value, low_open=True)
        case ">=" | "≥":
            return Range(low=value)
        case _:
            return Range(value, value)


def _span(low_text: str, high_text: str, whole: str) -> tuple[Range, Quantity]:
    high, quantity = _amount(high_text, whole)
    # `250-400ms`: the first number borrows the unit of the second.
    unit = high_text.lstrip("-.0123456789") if _BARE.fullmatch(low_text) else ""
    low, low_quantity = _amount(low_text + unit, whole)
    if low_quantity is not quantity:
        raise UnitError(whole, "a span: its ends have different units", HINT)
    if low > high:
        raise UnitError(whole, "a span: it ends before it begins", "write the smaller limit first")
    return Range(low, high), quantity


def _amount(text: str, whole: str) -> tuple[float, Quantity]:
    if _NUMBER.fullmatch(text):
        value = float(text)
        if math.isfinite(value):
            return value, Quantity.NUMBER
    readers: tuple[tuple[Callable[[str], float], Quantity], ...] = (
        (seconds_of, Quantity.SECONDS),
        (parse_bytes, Quantity.BYTES),
    )
    for read, quantity in readers:
        try:
            return float(read(text)), quantity
        except TooMuchError:
            raise
        except UnitError:
            continue
    raise UnitError(whole.strip(), "a number or a limit", HINT)


def make_limits(
    here: Cursor, good: tuple[Range, Quantity], acceptable: tuple[Range, Quantity] | None, wanted: Quantity | None
) -> Limits:
    """Put limits together, or note that they contradict each other.

    Args:
        here: Where they stand.
        good: What passes.
        acceptable: What passes with a note, or None.
        wanted: The quantity that they must have, or None when any will do.

    Raises:
        Rejected: They contradict each other or the quantity.
    """
    quantity = good[1]
    if wanted is Quantity.SECONDS and quantity is not wanted:
        raise here.wrong("a time limit needs a unit", "write the unit, as in `400ms` or `2s`")
    if wanted is not None and quantity is not wanted:
        raise here.wrong(f"a limit in {quantity.value} where {wanted.value} are measured", HINT)
    if acceptable is None:
        return Limits(good[0], None, quantity)
    if acceptable[1] is not quantity:
        raise here.wrong("`good` and `acceptable` have different units", "write both in the same kind of unit")
    if not _contains(acceptable[0], good[0]):
        raise here.wrong("`acceptable` must be wider than `good`", "everything good is acceptable too")
    return Limits(good[0], acceptable[0], quantity)


def _contains(outer: Range, inner: Range) -> bool:
    low = outer.low is None or (inner.low is not None and (inner.low, inner.low_open) >= (outer.low, outer.low_open))
    high = outer.high is None or (
        inner.high is not None and (inner.high, not inner.high_open) <= (outer.high, not outer.high_open)
    )
    return low and high


def _range_reader(*, at_most: bool) -> Callable[[Cursor, Scalar], tuple[Range, Quantity]]:
    def read(here: Cursor, node: Scalar) -> tuple[Range, Quantity]:
        if isinstance(node.value, bool):
            raise here.wrong(f"{describe(node)} where a number or a limit is wanted", HINT)
        if isinstance(node.value, int | float) and math.isfinite(node.value):
            value = float(node.value)
            return Range(high=value) if at_most else Range(value, value), Quantity.NUMBER
        try:
            return parse_range(node.text, at_most=at_most)
        except UnitError as error:
            raise here.wrong(str(error), error.hint) from None

    return read


_AT_MOST = Parsed("limit", _range_reader(at_most=True), SCALAR_SCHEMA)
_GOOD = Key("good", _AT_MOST, UPPER_LIMIT_DOC, required=True)
_ACCEPTABLE = Key("acceptable", _AT_MOST, "Within this, wider than `good`, it passes with a note.")


def limits_object_keys() -> tuple[Key[tuple[Range, Quantity]], Key[tuple[Range, Quantity]]]:
    """The keys `good` and `acceptable`, for objects that have others beside them."""
    return Key("good", _AT_MOST, UPPER_LIMIT_DOC), Key("acceptable", _AT_MOST, _ACCEPTABLE.doc, beside=("good",))


def _limits_shape(title: str, wanted: Quantity | None, *, at_most: bool) -> ByForm[Limits]:
    def scalar(here: Cursor, node: Scalar) -> Limits:
        return make_limits(here, _range_reader(at_most=at_most)(here, node), None, wanted)

    def build(here: Cursor, fields: Fields) -> Limits:
        return make_limits(here, fields.want(_GOOD), fields.get(_ACCEPTABLE), wanted)

    doc = "Two limits: `good` passes, `acceptable` (wider) passes with a note."
    return ByForm(
        scalar=Parsed(title, scalar, SCALAR_SCHEMA),
        entries=Object(title, doc, (_GOOD, _ACCEPTABLE), build),
        what="a limit such as `400ms`" if wanted else 'a number or a limit such as `">= 3"`',
    )


LIMITS = _limits_shape("number limit", None, at_most=False)
TIME_LIMITS = _limits_shape("time limit", Quantity.SECONDS, at_most=True)
