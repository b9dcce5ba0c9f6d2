"""Numbers as people write them in running text: `+2-3 minutes`, `<8 min`, `95%`, `310+`, `250-400ms`."""

import re
from dataclasses import replace

from wetrun.formats.writing.numbers import number_text
from wetrun.lean import dataclass
from wetrun.units import LONGEST, UnitError, parse_bytes

__all__ = ["Amount", "amount", "duration_text", "odds", "percentages", "sayable", "share_text", "times"]

_UNITS = {
    "ms": 0.001, "millisecond": 0.001, "s": 1.0, "sec": 1.0, "second": 1.0, "m": 60.0, "min": 60.0, "minute": 60.0,
    "h": 3600.0, "hr": 3600.0, "hour": 3600.0, "d": 86400.0, "day": 86400.0,
}  # fmt: skip
_NUMBER = r"\d{1,12}(?:[.,]\d{1,6})?"
_SIGN = (
    r"(?P<sign><=|>=|[<>≤≥~≈+]|(?<![A-Za-z])(?:about|around|approx(?:imately|\.)?|roughly|ca\.|up to|at most|at least"
    r"|(?:no |not )?(?:less|fewer|more) than|under|below|over|above|within|max\.?))"
)
_TIME_UNIT = r"(?:milliseconds?|ms|seconds?|secs?|s|minutes?|mins?|m|hours?|hrs?|h|days?|d)"
_BETWEEN = r"(?:(?P<between>between)\s++)?"


def _amount(unit: str) -> str:
    """A pattern of a number or a range, of which the first number may have a unit of its own (`30 s to 2 min`)."""
    to = rf"(?(between)(?:\s?(?P<first_of_two>{unit}))?\s++and|(?:\s?(?P<first>{unit}))?\s*+(?:-|–|—|to|\.\.))\s*+"
    return rf"(?:{_SIGN}\s*+)?{_BETWEEN}(?P<low>{_NUMBER})(?:{to}(?P<high>{_NUMBER}))?(?P<plus>\+)?"


_TIME = re.compile(
    _amount(_TIME_UNIT) + rf"[\s-]?(?P<unit>{_TIME_UNIT})(?:(?![\w/])|(?=\d{{1,2}}(?:mins?|m|secs?|s)(?![\w/])))",
    re.IGNORECASE,
)
_PERCENT = re.compile(_amount("%") + r"\s?%", re.IGNORECASE)
_PLAIN = re.compile(_amount("(?!)") + r"(?P<unit>\s?(?:[kKMG]i?B|[kmg]b))?", re.IGNORECASE)
_JOINS = frozenset({"", " ", " and "})  # between the parts of one time: `1 h 30 min`, `2m30s`
_SOME_OF = re.compile(
    r"\b(?:(?P<some>\d{1,9})\s(?:in|out of)\s|1\s?[/:]\s?)(?:every\s)?(?P<all>[1-9]\d{0,8})\b", re.IGNORECASE
)
_SHARE = re.compile(r"[~≈<≤]?\s?(?P<share>0?\.\d{1,6})(?![\w.,%]|\s?[%a-zA-Z])")
_BELOW = frozenset({"<", "less than", "fewer than", "under", "below"})
_ABOVE = frozenset({">", "more than", "over", "above"})
_AT_MOST = _BELOW | {"<=", "≤", "up to", "at most", "no more than", "not more than", "within", "max", "max."}
_AT_LEAST = (
    _ABOVE | {">=", "≥", "at least"} | {f"{no} {less} than" for no in ("no", "not") for less in ("less", "fewer")}
)
_DIGITS = 10  # of a time or a share in other units than it was stated in
_ABOUT = frozenset({"~", "≈", "about", "around", "approx", "approx.", "approximately", "roughly", "ca."})


@dataclass(frozen=True, slots=True)
class Amount:
    """A number, or a range of numbers with open ends.

    Attributes:
        low: The lower end; None means no lower end.
        high: The upper end; None means no upper end.
        open: Whether the stated limit itself is left out (`< 3`).
        about: Whether it is only about so much (`~350`).
        unit: What is counted: `s` (values are seconds), `%` (values are fractions), `B` (bytes), or nothing.
        added: Whether it comes on top (`+5 minutes`).
        text: As it is written.
    """

    low: float | None
    high: float | None
    unit: str
    text: str
    start: int
    end: int
    open: bool = False
    about: bool = False
    added: bool = False

    @property
    def single(self) -> bool:
        """Whether it is one number."""
        return self.low is not None and self.low == self.high

    @property
    def ranges(self) -> bool:
        """Whether it is two different numbers."""
        return self.low is not None and self.high is not None and self.low != self.high


def times(text: str) -> list[Amount]:
    """Every time in a text, in seconds; `1 h 30 min` is one."""
    found: list[Amount] = []
    smallest = 0.0  # the unit of the last one
    for match in _TIME.finditer(text):
        size = _UNITS[_singular(match["unit"])]
        last = found[-1] if found else None
        joined = last is not None and not last.ranges and size < smallest and text[last.end : match.start()] in _JOINS
        if not joined and not _starts_fresh(text, match):
            continue
        each = _made(match, "s", size)
        if last is not None and joined and match["sign"] is None and not each.ranges:
            found[-1] = _sum(last, each, text)
        else:
            found.append(each)
        smallest = size
    return found


def percentages(text: str) -> list[Amount]:
    """Every percentage in a text, as fractions."""
    return [_made(m, "%", 0.01) for m in _PERCENT.finditer(text) if _starts_fresh(text, m)]


def odds(text: str) -> Amount | None:
    """A probability as `1 in 20`, `9 out of 10` or `0.05`."""
    some = _SOME_OF.search(text)
    if some is not None and int(some["some"] or 1) <= int(some["all"]):
        share = int(some["some"] or 1) / int(some["all"])
        return Amount(share, share, "%", some[0], some.start(), some.end())
    alone = _SHARE.match(text)
    if alone is None:
        return None
    share = float(alone["share"])
    return Amount(share, share, "%", alone[0], alone.start(), alone.end())


def amount(text: str) -> Amount | None:
    """The one number that a whole text is, with its unit if it has one; None when the text is something else."""
    text = text.strip()
    for pattern, unit in ((_TIME, "s"), (_PERCENT, "%")):
        match = pattern.fullmatch(text)
        if match is not None:
            return _made(match, unit, _UNITS[_singular(match["unit"])] if unit == "s" else 0.01)
    parts = times(text) if text[-1:].isalpha() else []  # of several units; most texts are no time at all
    whole = next((each for each in parts if each.end - each.start == len(text)), None)
    if whole is not None:
        return whole
    match = _PLAIN.fullmatch(text)
    if match is None:
        return None
    if match["unit"] is None:
        return _made(match, "", 1.0)
    name = match["unit"].strip()
    try:
        size = parse_bytes(
            "1" + (name if name[-1] == "B" and name[:-1].strip("i") in {"k", "K", "M", "G"} else _size(name))
        )
    except UnitError:
        return None
    return _made(match, "B", float(size))


def sayable(low: float | None, high: float | None) -> bool:
    """Whether a plan can say a duration: one of more than a hundred years is a slip of the pen."""
    return (low or 0.0) <= LONGEST and (high or 0.0) <= LONGEST


def duration_text(low: float | None, high: float | None) -> str:
    """Write a duration for a plan: `2m-5m` is `2-5m`; an open end falls onto the other one."""
    first, last = low if low is not None else high, high if high is not None else low
    if first is None or last is None:
        return "0s"
    unit, size = next(
        ((u, s) for u, s in (("h", 3600.0), ("m", 60.0), ("s", 1.0)) if first % s == 0 == last % s), ("ms", 0.001)
    )
    one, two = number_text(first / size, _DIGITS), number_text(last / size, _DIGITS)
    return f"{one}{unit}" if one == two else f"{one}-{two}{unit}"


def share_text(share: float) -> str:
    """Write a probability for a plan: `0.085` is `8.5%`."""
    return f"{number_text(share * 100, _DIGITS)}%"


def _number(text: str) -> float:
    """`1,500` has a thousand in it; `0,5` is a half, as many write it."""
    thousands = re.fullmatch(r"[1-9]\d{0,2},\d{3}", text) is not None
    return float(text.replace(",", "" if thousands else "."))


def _size(name: str) -> str:
    return {"kb": "kB", "mb": "MB", "gb": "GB"}.get(name.lower(), name)


def _singular(unit: str) -> str:
    lower = unit.lower()
    return lower[:-1] if lower.endswith("s") and lower not in {"s", "ms"} else lower


def _starts_fresh(text: str, match: re.Match[str]) -> bool:
    """Not inside a word or a longer number (`v1.2s`, `abc5d`)."""
    before = text[match.start("low") - 1] if match.start("low") else " "
    return match["sign"] is not None or not (before.isalnum() or before in "._-/:")


def _sum(one: Amount, other: Amount, text: str) -> Amount:
    """Two parts of one time."""
    low = None if one.low is None else one.low + (other.low or 0.0)
    high = None if one.high is None else one.high + (other.high or 0.0)
    return replace(one, low=low, high=high, text=text[one.start : other.end].strip(), end=other.end)


def _made(match: re.Match[str], unit: str, size: float) -> Amount:
    first = (match["first"] or match["first_of_two"]) if unit == "s" else None
    low = _number(match["low"]) * (_UNITS[_singular(first)] if first else size)
    high = _number(match["high"]) * size if match["high"] else low
    if high < low:
        low, high = high, low
    sign = (match["sign"] or "").lower()
    plus = match["plus"] is not None
    lower: float | None = None if sign in _AT_MOST else low
    upper: float | None = None if sign in _AT_LEAST or (plus and lower is not None) else high
    return Amount(
        low=round(lower, 9) if lower is not None else None,
        high=round(upper, 9) if upper is not None else None,
        unit=unit,
        text=match[0].strip(),
        start=match.start(),
        end=match.end(),
        open=sign in _BELOW | _ABOVE,
        about=sign in _ABOUT,
        added=sign == "+",
    )
