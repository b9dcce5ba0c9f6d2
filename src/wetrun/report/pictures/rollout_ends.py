"""Where a rollout over a fleet ends: after which wave, how likely, and what its users then feel."""

from collections.abc import Callable, Sequence
from math import ceil, floor, log10

from wetrun.lean import dataclass
from wetrun.report.pictures.drawing import NARROW, WIDE, Drawing, Tone, circle, line, rectangle, text
from wetrun.report.pictures.lettering import SIZE, fitted
from wetrun.report.pictures.log_scale import LogScale
from wetrun.report.pictures.scales import odds_label, power_of_ten

__all__ = ["RolloutEnd", "rollout_ends"]

_SIDE = 10.0
_HEAD = 24.0
_ROW, _NARROW_ROW = 26.0, 42.0
_FIGURE, _SMALL_FIGURE = 108.0, 82.0
_FOOT = 24.0
_LOWEST, _HIGHEST = -12, 15
_DOT = SIZE / 2.6


@dataclass(frozen=True, slots=True)
class RolloutEnd:
    """One way in which a rollout ends.

    Attributes:
        name: In words: `stops after wave 2`.
        figure: Its probability in words.
        interval: In which the probability lies, where that is known.
        users: Users affected × time on average when it ends so, minutes; None where nobody says.
        told: The same in words.
    """

    name: str
    tone: Tone
    probability: float
    figure: str
    interval: tuple[float, float] | None = None
    users: float | None = None
    told: str = ""


def rollout_ends(ends: Sequence[RolloutEnd], width: float = WIDE, name: str = "rollout", *, more: int = 0) -> Drawing:
    """Draw the ends of a rollout below each other, in the order given.

    Args:
        ends: At least one.
        width: Pixels: `WIDE` or `NARROW`, or between.
        name: For identifiers; unique on a page.
        more: How many further waves there are after which it may stop, which are not drawn.
    """
    with_users = any(end.users is not None for end in ends)
    odds = [_Row(end.name, end.tone, end.probability, end.figure, "figure", end.interval) for end in ends]
    users = [_Row(end.name, end.tone, end.users or 0.0, end.told, "small") for end in ends]
    parts, low = list[str](), (_lowest(ends), 0)
    if width <= (WIDE + NARROW) / 2:
        bottom = _narrow("probability", odds, LogScale(_SIDE + 18, width - _SIDE - 6, *low), 0, odds_label, parts)
        if with_users:
            scale = LogScale(_SIDE + 18, width - _SIDE - 6, *_powers(ends))
            bottom = _narrow("user-minutes, on average", users, scale, bottom + 8, _count, parts)
    else:
        bottom = _wide(width, odds, users if with_users else [], (low, _powers(ends)), parts)
    if more:
        parts.append(text(_SIDE, bottom + 12, f"… and {more} more waves after which it may stop", "small"))
        bottom += 20
    words = "; ".join(f"{end.name} {end.figure}" + (f", {end.told}" if end.told else "") for end in ends)
    return Drawing(name, width, bottom, "Where the rollout ends", words, "".join(parts))


@dataclass(frozen=True, slots=True)
class _Row:
    """A value on a scale: its name, tone, figure in words and how that is written, and the interval around it."""

    name: str
    tone: Tone
    value: float
    figure: str
    kind: str
    interval: tuple[float, float] | None = None


def _wide(
    width: float,
    odds: Sequence[_Row],
    users: Sequence[_Row],
    powers: tuple[tuple[int, int], tuple[int, int]],
    parts: list[str],
) -> float:
    """Put both scales beside each other, behind the names; gives where they end."""
    right = width - _SIDE
    names = (width - 2 * _SIDE) * 0.29
    left, bottom = _SIDE + names + 14, _HEAD + _ROW * len(odds)
    half = (right - left - _FIGURE - _SMALL_FIGURE - 14) / 2 if users else right - left - _FIGURE
    blocks = [(odds, LogScale(left, left + half, *powers[0]), _FIGURE, "probability", odds_label)]
    if users:
        begin = left + half + _FIGURE + 14
        scale = LogScale(begin, begin + half, *powers[1])
        blocks.append((users, scale, _SMALL_FIGURE, "user-minutes, on average", _count))
    for rows, scale, room, heading, label in blocks:
        parts.append(text(scale.left, 14, heading, "small"))
        parts.extend(scale.grid(_HEAD, bottom, label))
        for index, row in enumerate(rows):
            y = _HEAD + _ROW * index
            parts.append(text(scale.right + room, y + 17, fitted(row.figure, room - 8), row.kind, "end"))
            parts.extend(_dot(scale, y + 13, row))
    for index, row in enumerate(odds):
        parts.extend(_name(row, _HEAD + _ROW * index + 17, names))
    return bottom + _FOOT


def _narrow(
    heading: str, rows: Sequence[_Row], scale: LogScale, top: float, label: Callable[[int], str], parts: list[str]
) -> float:
    """Put one scale below its heading, each value below its name; gives where it ends."""
    parts.append(text(_SIDE, top + 14, heading, "small"))
    top += _HEAD
    bottom = top + _NARROW_ROW * len(rows)
    parts.extend(scale.grid(top, bottom, label))
    for index, row in enumerate(rows):
        y = top + _NARROW_ROW * index
        parts.extend(_name(row, y + 17, scale.right - _SIDE - _FIGURE))
        parts.append(text(scale.right + 6, y + 17, fitted(row.figure, _FIGURE), row.kind, "end"))
        parts.extend(_dot(scale, y + 30, row))
    return bottom + _FOOT


def _lowest(ends: Sequence[RolloutEnd]) -> int:
    seen = [one for end in ends for one in (end.probability, *(end.interval or ())) if one > 0]
    return max(min(floor(log10(min(seen, default=0.01))), -2), _LOWEST)


def _powers(ends: Sequence[RolloutEnd]) -> tuple[int, int]:
    """Between which powers of ten users × time lie."""
    seen = [log10(end.users) for end in ends if end.users is not None and end.users > 0]
    low = min(max(floor(min(seen, default=0.0)), _LOWEST), _HIGHEST - 1)
    return low, min(max(ceil(max(seen, default=1.0)), low + 1), _HIGHEST)


def _count(exponent: int) -> str:
    return f"{10**exponent:,}".replace(",", " ") if 0 <= exponent <= 4 else power_of_ten(exponent)


def _name(row: _Row, base: float, room: float) -> list[str]:
    return [
        rectangle(_SIDE, base - 9.5, 10, 10, f"fill {row.tone}"),
        text(_SIDE + 18, base, fitted(row.name, room - 22)),
    ]


def _dot(scale: LogScale, y: float, row: _Row) -> list[str]:
    parts = [line(scale.left, y, scale.right, y, "grid")]
    if row.interval is not None:
        low, high = map(scale.at, row.interval)
        parts.append(line(low, y, high, y, f"range {row.tone}"))
    if row.value > 0:
        parts.append(circle(scale.at(row.value), y, _DOT, f"fill {row.tone}", f"{row.name}: {row.figure}"))
    return parts
