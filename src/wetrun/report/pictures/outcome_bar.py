"""Outcomes and how likely each is: one bar for their shares, and a row for each on a scale that shows rare ones."""

from collections.abc import Sequence
from math import floor, log10

from wetrun.lean import dataclass
from wetrun.report.pictures.drawing import NARROW, WIDE, Drawing, Tone, circle, line, rectangle, text
from wetrun.report.pictures.lettering import BOLD, SIZE, fitted, width_of
from wetrun.report.pictures.log_scale import LogScale
from wetrun.report.pictures.scales import chance, odds_label

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
    scale = LogScale(left, right, lowest, 0)
    parts += scale.grid(top, top + row * len(ordered), odds_label)
    for index, share in enumerate(ordered):
        y = top + row * index
        words_y = y + 16
        parts.append(_swatch(_SIDE + 5, words_y - 4.5, share))
        parts.append(text(_SIDE + 18, words_y, fitted(share.name, names - 22)))
        parts.append(text(width - _SIDE, words_y, chance(share.probability), "figure", "end"))
        parts += _position(share, scale, y + (29 if narrow else 12))
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


def _swatch(x: float, y: float, share: OutcomeShare) -> str:
    return rectangle(x - 5, y - 5, 10, 10, f"fill {share.tone}")


def _position(share: OutcomeShare, scale: LogScale, y: float) -> list[str]:
    parts = [line(scale.left, y, scale.right, y, "grid")]
    if share.interval is not None:
        low, high = map(scale.at, share.interval)
        parts.append(line(low, y, high, y, f"range {share.tone}"))
    title = f"{share.name}: {chance(share.probability)}"
    if share.probability > 0:
        parts.append(circle(scale.at(share.probability), y, SIZE / 2.6, f"fill {share.tone}", title))
    return parts
