"""What matters most: for every input how far the outcome moves when only that input goes from its low to its high."""

from collections.abc import Sequence
from dataclasses import dataclass

from wetrun.report.pictures.drawing import NARROW, WIDE, Drawing, line, rectangle, text
from wetrun.report.pictures.lettering import BOLD, fitted, width_of
from wetrun.report.pictures.scales import chance, linear_ticks, points

__all__ = ["Swing", "tornado"]

_SIDE = 10.0
_TOP = 40.0
_BAR = 14.0
_SMALL = 11.5


@dataclass(frozen=True, slots=True)
class Swing:
    """An input, and where the outcome's probability goes with it.

    Attributes:
        at_low: The outcome's probability when the input is `low`.
        low: The input's low value, in words (`3 %`).
    """

    name: str
    at_low: float
    at_high: float
    low: str
    high: str


def tornado(
    outcome: str, base: float, swings: Sequence[Swing], width: float = WIDE, name: str = "sensitivities"
) -> Drawing:
    """Draw swings around the outcome's probability, the widest first.

    Args:
        outcome: The outcome's name.
        base: Its probability when every input is as stated.
        swings: The inputs.
        width: Pixels.
        name: For identifiers; unique on a page.
    """
    ordered = sorted(swings, key=lambda swing: -abs(swing.at_high - swing.at_low))
    narrow = width <= (WIDE + NARROW) / 2
    names = width - 2 * _SIDE if narrow else (width - 2 * _SIDE) * 0.42
    left = _SIDE if narrow else _SIDE + names + 12
    right = width - _SIDE
    row = 56.0 if narrow else 40.0
    window = _window(base, ordered)
    bottom = _TOP + row * len(ordered)
    parts = _axis(outcome, base, window, (left, right), (_TOP, bottom))
    for index, swing in enumerate(ordered):
        y = _TOP + row * index
        parts.append(text(_SIDE, y + (17 if narrow else 18), fitted(swing.name, names)))
        parts += _bar(swing, base, window, (left, right), y + (22 if narrow else 7))
    words = "; ".join(
        f"{swing.name} from {swing.low} to {swing.high}: {chance(swing.at_low)} to {chance(swing.at_high)}"
        for swing in ordered
    )
    title = f"What moves {outcome} most"
    return Drawing(name, width, bottom + 26, title, f"{outcome} is {chance(base)}. {words}", "".join(parts))


def _window(base: float, swings: Sequence[Swing]) -> tuple[float, float]:
    ends = [end for swing in swings for end in (swing.at_low, swing.at_high)]
    low, high = min([base, *ends]), max([base, *ends])
    margin = (high - low) * 0.04 or max(abs(base) * 0.01, 1e-12)
    return low - margin, high + margin


def _across(value: float, window: tuple[float, float], sides: tuple[float, float]) -> float:
    return sides[0] + (sides[1] - sides[0]) * min(max((value - window[0]) / (window[1] - window[0]), 0.0), 1.0)


def _axis(
    outcome: str, base: float, window: tuple[float, float], sides: tuple[float, float], ends: tuple[float, float]
) -> list[str]:
    x = _across(base, window, sides)
    parts = list[str]()
    ticks = linear_ticks(window[0] - base, window[1] - base, max(2, int((sides[1] - sides[0]) / 78)))
    for tick in ticks:
        at = _across(base + tick, window, sides)
        label = "±0 points" if tick == 0 else points(tick)
        half = width_of(label, _SMALL) / 2
        anchor = "start" if at - half < sides[0] else "end" if at + half > sides[1] else "middle"
        parts.append(line(at, ends[0], at, ends[1], "grid"))
        parts.append(text(at, ends[1] + 16, label, "small", anchor))
    figure = f" {chance(base)}"
    label = fitted(outcome, sides[1] - sides[0] - width_of(figure, BOLD), BOLD) + figure
    half = width_of(label, BOLD) / 2
    middle = min(max(x, sides[0] + half), sides[1] - half) if 2 * half < sides[1] - sides[0] else sum(sides) / 2
    parts.append(text(middle, 18, label, "strong", "middle"))
    parts.append(line(x, 25, x, ends[1], "base"))
    return parts


def _bar(swing: Swing, base: float, window: tuple[float, float], sides: tuple[float, float], y: float) -> list[str]:
    parts, middle = list[str](), _across(base, window, sides)
    for value in (swing.at_low, swing.at_high):
        x = _across(value, window, sides)
        kind = "fill good" if value >= base else "fill bad"
        begin, wide = min(x, middle), abs(x - middle)
        if wide < 1:
            begin = min(begin, sides[1] - 1)
        parts.append(
            rectangle(
                begin, y, max(wide, 1.0), _BAR, kind, f"{swing.name}: {chance(value)}, {points(value - base)} points"
            )
        )
    return parts + _ends(swing, base, window, sides, y)


def _ends(swing: Swing, base: float, window: tuple[float, float], sides: tuple[float, float], y: float) -> list[str]:
    """The input's values below the ends of its bar, put apart where they would touch."""
    values = [(swing.at_low, swing.low), (swing.at_high, swing.high)]
    values.sort(key=lambda value: value[0])
    half = (sides[1] - sides[0]) / 2 - 8
    labels = [fitted(label, half, _SMALL) for _, label in values]
    wides = [width_of(label, _SMALL) for label in labels]
    begins = [_across(value, window, sides) for value, _ in values]
    first, second = begins[0] - wides[0] / 2, begins[1] - wides[1] / 2
    if values[0][0] <= base <= values[1][0]:
        middle = _across(base, window, sides)
        first, second = min(first, middle - wides[0] - 6), max(second, middle + 6)
    first = min(max(first, sides[0]), sides[1] - wides[0] - wides[1] - 12)
    second = min(max(second, first + wides[0] + 12), sides[1] - wides[1])
    return [
        text(begin, y + _BAR + 12, label, "small")
        for begin, label in ((first, labels[0]), (second, labels[1]))
        if label
    ]
