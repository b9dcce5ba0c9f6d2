"""A monitor's samples as a small chart: lines in a box of 1000 by 100."""

import math
from collections.abc import Sequence

from wetrun.course.matching.quantities import number_in_words
from wetrun.lean import dataclass
from wetrun.report.model import MonitorReport

__all__ = ["Hit", "Level", "Sparkline", "sparkline"]

_MOST_POINTS = 400


@dataclass(frozen=True, slots=True)
class Level:
    """A limit of a rule, drawn across; `top` in per cent of the height."""

    top: float
    label: str


@dataclass(frozen=True, slots=True)
class Hit:
    """A rule that came true; `left` in per cent of the width."""

    left: float
    title: str


@dataclass(frozen=True, slots=True)
class Sparkline:
    """What is drawn: `lines` are SVG points in a box of 1000 by 100, broken where samples are missing."""

    lines: tuple[str, ...]
    dots: tuple[tuple[float, float], ...]
    levels: tuple[Level, ...]
    hits: tuple[Hit, ...]


def sparkline(monitor: MonitorReport, total: float) -> Sparkline | None:
    """Lay out the samples of a monitor over `total` seconds; None when there is none to draw."""
    values = [value for _, value in monitor.samples if value is not None and math.isfinite(value)]
    if not values:
        return None
    # From zero, so that noise looks like noise; a limit far above would flatten everything and is left to the table.
    low, high = min(0.0, *values), max(0.0, *values)
    near = [limit for limit in monitor.limits if low <= limit <= 2.5 * high]
    high = max([high, *near])
    margin = (high - low) * 0.08 or 1.0
    low, high = low - (margin if low < 0 else 0), high + margin

    def place(at: float, value: float) -> tuple[float, float]:
        return round(min(max(at / total, 0), 1) * 1000, 1), round((high - value) / (high - low) * 100, 1)

    runs = [[place(*point) for point in run] for run in _unbroken(monitor.samples)]
    return Sparkline(
        lines=tuple(" ".join(f"{x},{y}" for x, y in run) for run in runs if len(run) > 1),
        dots=tuple((round(run[0][0] / 10, 2), run[0][1]) for run in runs if len(run) == 1),
        levels=tuple(Level(place(0, limit)[1], number_in_words(limit, monitor.quantity)) for limit in near),
        hits=tuple(Hit(round(min(max(at / total, 0), 1) * 100, 3), words) for at, words in monitor.hits),
    )


def _unbroken(samples: Sequence[tuple[float, float | None]]) -> list[list[tuple[float, float]]]:
    runs: list[list[tuple[float, float]]] = [[]]
    for at, value in samples:
        if value is None or not math.isfinite(value):
            runs.append([])
        else:
            runs[-1].append((at, value))
    return [_thinned(run) for run in runs if run]


def _thinned(run: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """Keep the lowest and the highest sample of each small stretch, so that no peak is lost."""
    if len(run) <= _MOST_POINTS:
        return run
    size = math.ceil(len(run) / (_MOST_POINTS / 2))
    stretches = [run[start : start + size] for start in range(0, len(run), size)]
    extremes = [
        sorted({min(stretch, key=lambda point: point[1]), max(stretch, key=lambda point: point[1])})
        for stretch in stretches
    ]
    return [point for pair in extremes for point in pair]
