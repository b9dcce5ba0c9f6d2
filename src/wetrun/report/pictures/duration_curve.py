"""How long it takes, outcome by outcome: a hill per outcome over one axis of time, with its quantiles."""

from collections.abc import Sequence
from itertools import pairwise

from wetrun.lean import dataclass
from wetrun.report.pictures.cumulative import quantile_of, reached_at
from wetrun.report.pictures.drawing import WIDE, Drawing, Tone, line, path, points_of, rectangle, text
from wetrun.report.pictures.lettering import BOLD, fitted, width_of
from wetrun.report.pictures.scales import chance, short_time, time_ticks

__all__ = ["DurationCurve", "duration_curves"]

_SIDE = 10.0
_CAPTION = 19.0
_HILL = 46.0
_FOOT = 22.0
_BINS = 150
_SMALL = 11.5


@dataclass(frozen=True, slots=True)
class DurationCurve:
    """How long one outcome takes, given that it comes.

    Attributes:
        probability: Of the outcome, or None where it stands for all of them.
        reached: (time, P(over by then)), seconds; both rise, the last probability is 1 or near it.
        quantiles: (level, seconds), rising; the first and the last are drawn as the ends of a band, 0.5 as a line.
    """

    name: str
    tone: Tone
    probability: float | None
    reached: tuple[tuple[float, float], ...]
    quantiles: tuple[tuple[float, float], ...]


def duration_curves(curves: Sequence[DurationCurve], width: float = WIDE, name: str = "durations") -> Drawing:
    """Draw hills below each other, all over one axis.

    Args:
        curves: The outcomes, in the order in which they are drawn; those without points are named, not drawn.
        width: Pixels.
        name: For identifiers; unique on a page.
    """
    left, right = _SIDE, width - _SIDE
    low, high = _window(curves)
    row = _CAPTION + _HILL + _FOOT
    bottom = row * len(curves) + 2
    ticks = time_ticks(low, high, max(2, int((right - left) / 84)))
    parts = [line(x, 4, x, bottom, "grid") for x in (_across(tick, low, high, left, right) for tick in ticks)]
    for index, curve in enumerate(curves):
        parts += _hill(curve, row * index, (low, high), (left, right))
    for tick in ticks:
        x = _across(tick, low, high, left, right)
        half = width_of(short_time(tick), _SMALL) / 2
        anchor = "start" if x - half < left else "end" if x + half > right else "middle"
        parts.append(text(x, bottom + 15, short_time(tick), "small", anchor))
    words = "; ".join(f"{curve.name}: {_in_words(curve)}" for curve in curves)
    return Drawing(name, width, bottom + 24, "How long each outcome takes", words, "".join(parts))


def _window(curves: Sequence[DurationCurve]) -> tuple[float, float]:
    """The axis: from the first to the last time that matters (one in a thousand is cut at either end)."""
    drawn = [curve for curve in curves if curve.reached]
    if not drawn:
        return 0.0, 1.0
    ends = [time for curve in drawn for _, time in curve.quantiles]
    low = min([*ends, *(quantile_of(curve.reached, 0.001) for curve in drawn)])
    high = max([*ends, *(quantile_of(curve.reached, 0.999) for curve in drawn)])
    margin = (high - low) * 0.03 or max(high * 0.05, 0.5)
    # Times from zero where zero is near: then lengths can be compared.
    return (0.0 if low < 0.35 * high else max(low - margin, 0.0)), high + margin


def _across(time: float, low: float, high: float, left: float, right: float) -> float:
    return left + (right - left) * min(max((time - low) / (high - low), 0.0), 1.0)


def _hill(curve: DurationCurve, top: float, window: tuple[float, float], sides: tuple[float, float]) -> list[str]:
    likely = "" if curve.probability is None else chance(curve.probability)
    room = sides[1] - sides[0] - width_of(likely, BOLD) - 16
    parts = [text(sides[0], top + 15, fitted(curve.name, room, BOLD), "strong")]
    parts.append(text(sides[1], top + 15, likely, "figure", "end"))
    ground = top + _CAPTION + _HILL
    parts.append(line(sides[0], ground, sides[1], ground, "axis"))
    if not curve.reached:
        return [*parts, text(sides[0], ground - 6, "never happens", "small")]
    heights = _heights(curve.reached, *window)
    step = (sides[1] - sides[0]) / len(heights)
    outline = [(sides[0] + step * (index + 0.5), ground - _HILL * part) for index, part in enumerate(heights)]
    closed = [(sides[0], ground), *outline, (sides[1], ground)]
    shape = points_of(closed) + "Z"
    if curve.quantiles:
        (_, first), (_, last) = curve.quantiles[0], curve.quantiles[-1]
        begin, end = (_across(time, *window, *sides) for time in (first, last))
        begin = min(begin, sides[1] - 1)
        parts.append(rectangle(begin, ground, max(end - begin, 1.0), 4, f"fill {curve.tone}"))
    parts.append(path(shape, f"hill {curve.tone}", title=f"{curve.name}: {_in_words(curve)}"))
    return parts + _marks(curve, ground, window, sides)


def _heights(reached: Sequence[tuple[float, float]], low: float, high: float) -> list[float]:
    """The density in `_BINS` bins, in parts of its highest."""
    edges = [low + (high - low) * index / _BINS for index in range(_BINS + 1)]
    masses = [max(after - before, 0.0) for before, after in pairwise(reached_at(reached, edge) for edge in edges)]
    # Three bins together are one pixel of a phone; so a lattice's teeth do not show.
    smooth = [
        (masses[max(index - 1, 0)] + 2 * mass + masses[min(index + 1, _BINS - 1)]) / 4
        for index, mass in enumerate(masses)
    ]
    highest = max(smooth) or 1.0
    return [mass / highest for mass in smooth]


def _marks(curve: DurationCurve, ground: float, window: tuple[float, float], sides: tuple[float, float]) -> list[str]:
    """The quantiles below the hill: the middle one first, then those for which there is room."""
    parts, taken = list[str](), list[tuple[float, float]]()
    for level, time in sorted(curve.quantiles, key=lambda one: (abs(one[0] - 0.5) > 0.01, -abs(one[0] - 0.5))):
        x = _across(time, *window, *sides)
        middle = abs(level - 0.5) < 0.01
        parts.append(line(x, ground - (_HILL if middle else 0), x, ground + 6, "median" if middle else "mark"))
        label = ("" if middle else f"{100 * level:g} % ") + short_time(time)
        wide = width_of(label, _SMALL)
        begin = min(max(x - wide / 2, sides[0]), sides[1] - wide)
        if all(begin > end + 8 or begin + wide < start - 8 for start, end in taken):
            taken.append((begin, begin + wide))
            parts.append(text(begin + wide / 2, ground + 17, label, "small strong" if middle else "small", "middle"))
    return parts


def _in_words(curve: DurationCurve) -> str:
    if not curve.reached:
        return "never happens"
    return ", ".join(f"{100 * level:g} % within {short_time(time)}" for level, time in curve.quantiles) or "no figures"
