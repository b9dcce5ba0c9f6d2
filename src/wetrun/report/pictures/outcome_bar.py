"""Outcomes and how likely each is: one bar for their shares, and a row for each on a scale that shows rare ones."""

from collections.abc import Sequence
from math import ceil, floor, log10

from wetrun.lean import dataclass
from wetrun.report.pictures.drawing import NARROW, WIDE, Drawing, Tone, circle, line, rectangle, text
from wetrun.report.pictures.lettering import BOLD, SIZE, fitted, width_of
from wetrun.report.pictures.scales import chance, power_of_ten

__all__ = ["OutcomeShare", "outcome_bar"]

_BAR_TOP, _BAR = 6.0, 26.0
_ROW = 24.0
_SIDE = 10.0
_FIGURE = 98.0
_LOWEST = -12


@dataclass(frozen=True, slots=True)
class OutcomeShare:
    """An outcome with its probability in [0, 1], and with the interval that it lies in, where that is known."""

    name: str
    probability: float
    tone: Tone
    interval: tuple[float, float] | None = None


def outcome_bar(shares: Sequence[OutcomeShare], width: float = WIDE, name: str = "outcomes") -> Drawing:
    """Draw outcomes, the most likely one first.

    Args:
        shares: The outcomes; their probabilities sum to 1.
        width: Pixels: `WIDE` or `NARROW`, or between.
        name: For identifiers; unique on a page.
    """
    ordered = sorted(shares, key=lambda share: -share.probability)
    narrow = width <= (WIDE + NARROW) / 2
    inner = width - 2 * _SIDE
    parts = _stack(ordered, inner)
    row = _ROW + 16 if narrow else _ROW
    names = inner - _FIGURE if narrow else inner * 0.42
    left = _SIDE + 18 if narrow else _SIDE + names + 12
    right = width - _SIDE - (6 if narrow else _FIGURE)
    lowest = _lowest(ordered)
    top = _BAR_TOP + _BAR + 16
    parts += _scale(left, right, top, top + row * len(ordered), lowest)
    for index, share in enumerate(ordered):
        y = top + row * index
        words_y = y + 16
        parts.append(_swatch(_SIDE + 5, words_y - 4.5, share))
        parts.append(text(_SIDE + 18, words_y, fitted(share.name, names - 22)))
        parts.append(text(width - _SIDE, words_y, chance(share.probability), "figure", "end"))
        parts += _position(share, left, right, y + (29 if narrow else 12), lowest)
    words = "; ".join(f"{share.name} {chance(share.probability)}" for share in ordered)
    height = top + row * len(ordered) + 24
    return Drawing(name, width, height, "How likely each outcome is", words, "".join(parts))


def _stack(ordered: Sequence[OutcomeShare], inner: float) -> list[str]:
    whole = sum(share.probability for share in ordered) or 1.0
    parts, x = [rectangle(_SIDE, _BAR_TOP, inner, _BAR, "sunk")], _SIDE
    for share in ordered:
        wide = inner * share.probability / whole
        # A gap of a pixel keeps neighbours of one tone apart; what is thinner than that stands in the rows below.
        shown = min(max(wide - 1, min(wide, 0.75)), _SIDE + inner - x)
        parts.append(
            rectangle(x, _BAR_TOP, shown, _BAR, f"fill {share.tone}", f"{share.name}: {chance(share.probability)}")
        )
        label = fitted(share.name, wide - 14, BOLD)
        if label and "…" not in label and wide > width_of(label, BOLD) + 14:
            parts.append(text(x + 7, _BAR_TOP + 17.5, label, "onfill"))
        x += wide
    return parts


def _lowest(ordered: Sequence[OutcomeShare]) -> int:
    """The power of ten at which the scale begins."""
    ends = [share.interval[0] if share.interval else share.probability for share in ordered]
    seen = [end for end in [*ends, *(share.probability for share in ordered)] if end > 0]
    return max(min(floor(log10(min(seen, default=0.01))), -2), _LOWEST)


def _at(probability: float, left: float, right: float, lowest: int) -> float:
    """Where a probability stands on the scale; what is rarer than its beginning stands there."""
    if probability <= 0:
        return left
    return right - (right - left) * min(max(log10(min(probability, 1.0)) / lowest, 0.0), 1.0)


def _scale(left: float, right: float, top: float, bottom: float, lowest: int) -> list[str]:
    parts = list[str]()
    every = ceil(-lowest / max(1, min(6, int((right - left) / 58))))
    for exponent in range(0, lowest - 1, -every):
        x = _at(10.0**exponent, left, right, lowest)
        label = {0: "100 %", -1: "10 %", -2: "1 %", -3: "0.1 %"}.get(exponent, power_of_ten(exponent))
        anchor = "end" if exponent == 0 else "start" if x - left < 12 else "middle"
        parts.append(line(x, top, x, bottom + 2, "grid"))
        parts.append(text(x, bottom + 16, label, "small", anchor))
    return parts


def _swatch(x: float, y: float, share: OutcomeShare) -> str:
    return rectangle(x - 5, y - 5, 10, 10, f"fill {share.tone}")


def _position(share: OutcomeShare, left: float, right: float, y: float, lowest: int) -> list[str]:
    parts = [line(left, y, right, y, "grid")]
    if share.interval is not None:
        low, high = (_at(end, left, right, lowest) for end in share.interval)
        parts.append(line(low, y, high, y, f"range {share.tone}"))
    title = f"{share.name}: {chance(share.probability)}"
    if share.probability > 0:
        parts.append(circle(_at(share.probability, left, right, lowest), y, SIZE / 2.6, f"fill {share.tone}", title))
    return parts
