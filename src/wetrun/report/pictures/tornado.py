"""What matters most: for every input how far the outcome moves when only that input goes from its low to its high."""

from collections.abc import Sequence

from wetrun.lean import dataclass
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
    outcome: str,
    base: float,
    swings: Sequence[Swing],
    width: float = WIDE,
    name: str = "sensitivities",
    *,
    more_is_better: bool = True,
) -> Drawing:
    """Draw swings around the outcome's probability, the widest first.

    Args:
        outcome: The outcome's name.
        base: Its probability when every input is as stated.
        swings: The inputs.
        width: Pixels.
        name: For identifiers; unique on a page.
        more_is_better: Whether the outcome is one to be wished for; else what raises it is drawn as bad.
    """
    ordered = sorted(swings, key=lambda swing: -abs(swing.at_high - swing.at_low))
    narrow = width <= (WIDE + NARROW) / 2
    names = width - 2 * _SIDE if narrow else (width - 2 * _SIDE) * 0.42
    left = _SIDE if narrow else _SIDE + names + 12
    right = width - _SIDE
    row = 56.0 if narrow else 40.0
    scale = _Scale(base, *_window(base, ordered), left, right, more_is_better)
    bottom = _TOP + row * len(ordered)
    parts = _axis(outcome, scale, _TOP, bottom)
    for index, swing in enumerate(ordered):
        y = _TOP + row * index
        parts.append(text(_SIDE, y + (17 if narrow else 18), fitted(swing.name, names)))
        parts += _bar(swing, scale, y + (22 if narrow else 7))
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


@dataclass(frozen=True, slots=True)
class _Scale:
    """Where values stand: `low` at `left`, `high` at `right`, and what a move away from `base` means."""

    base: float
    low: float
    high: float
    left: float
    right: float
    more_is_better: bool

    def across(self, value: float) -> float:
        part = (value - self.low) / (self.high - self.low)
        return self.left + (self.right - self.left) * min(max(part, 0.0), 1.0)

    def tone(self, value: float) -> str:
        if value == self.base:
            return "plain"
        return "good" if (value > self.base) == self.more_is_better else "bad"


def _axis(outcome: str, scale: _Scale, top: float, bottom: float) -> list[str]:
    wide = scale.right - scale.left
    parts = list[str]()
    for tick in linear_ticks(scale.low - scale.base, scale.high - scale.base, max(2, int(wide / 78))):
        at = scale.across(scale.base + tick)
        label = "±0 points" if tick == 0 else points(tick)
        half = width_of(label, _SMALL) / 2
        anchor = "start" if at - half < scale.left else "end" if at + half > scale.right else "middle"
        parts.append(line(at, top, at, bottom, "grid"))
        parts.append(text(at, bottom + 16, label, "small", anchor))
    x, figure = scale.across(scale.base), f" {chance(scale.base)}"
    label = fitted(outcome, wide - width_of(figure, BOLD), BOLD) + figure
    half = min(width_of(label, BOLD), wide) / 2
    parts.append(text(min(max(x, scale.left + half), scale.right - half), 18, label, "strong", "middle"))
    parts.append(line(x, 25, x, bottom, "base"))
    return parts


def _bar(swing: Swing, scale: _Scale, y: float) -> list[str]:
    parts, middle = list[str](), scale.across(scale.base)
    for value in (swing.at_low, swing.at_high):
        begin, wide = min(scale.across(value), middle), abs(scale.across(value) - middle)
        title = f"{swing.name}: {chance(value)}, {points(value - scale.base)} points"
        # What moves nothing is a line: it was looked at.
        begin = min(begin, scale.right - max(wide, 1.0))
        parts.append(rectangle(begin, y, max(wide, 1.0), _BAR, f"fill {scale.tone(value)}", title))
    return parts + _ends(swing, scale, y + _BAR + 12)


def _ends(swing: Swing, scale: _Scale, y: float) -> list[str]:
    """The input's values below the ends of its bar, put apart where they would touch."""
    values = sorted([(swing.at_low, swing.low), (swing.at_high, swing.high)], key=lambda value: value[0])
    half = (scale.right - scale.left) / 2 - 8
    labels = [fitted(label, half, _SMALL) for _, label in values]
    wides = [width_of(label, _SMALL) for label in labels]
    first, second = (scale.across(value) - wide / 2 for (value, _), wide in zip(values, wides, strict=True))
    if values[0][0] <= scale.base <= values[1][0]:
        middle = scale.across(scale.base)
        first, second = min(first, middle - wides[0] - 6), max(second, middle + 6)
    first = min(max(first, scale.left), scale.right - wides[0] - wides[1] - 12)
    second = min(max(second, first + wides[0] + 12), scale.right - wides[1])
    places = zip((first, second), labels, strict=True)
    return [text(begin, y, label, "small") for begin, label in places if label]
