"""Axes and numbers in words: round ticks for times and for parts, probabilities that people can read."""

from math import ceil, floor, isfinite, log10

from wetrun.units import format_probability as chance
from wetrun.units import format_seconds, power_of_ten

__all__ = ["chance", "linear_ticks", "odds_label", "points", "power_of_ten", "short_time", "time_ticks"]

_TIME_STEPS = (
    *(0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800),
    *(3600, 7200, 14400, 21600, 43200, 86400, 172800, 432000, 864000),
)


def points(difference: float) -> str:
    """Write a difference of probabilities in points with its sign, a real minus: `+1.5`."""
    value = 100 * difference
    if value == 0:
        return "±0"
    sign = "+" if value > 0 else "\N{MINUS SIGN}"
    size = abs(value)
    written = f"{size:.2f}" if size >= 0.095 else f"{size:.2g}" if size >= 1e-4 else f"{size:.0e}"
    return sign + (written.rstrip("0").rstrip(".") if "." in written else written)


def linear_ticks(low: float, high: float, most: int) -> tuple[float, ...]:
    """Round numbers from `low` to `high`, at most `most` ≥ 2 of them."""
    span = high - low
    if not isfinite(span) or span <= 0:
        return (low,)
    step = 10.0 ** floor(log10(span / most))
    ticks: tuple[float, ...] = (low,)
    for factor in (1, 2, 5, 10, 20):
        ticks = _multiples(step * factor, low, high)
        if len(ticks) <= most:
            return ticks
    return ticks[:most]


def time_ticks(low: float, high: float, most: int) -> tuple[float, ...]:
    """Round times from `low` to `high` seconds, at most `most` ≥ 2 of them."""
    span = high - low
    if not isfinite(span) or span <= 0:
        return (low,)
    for step in _TIME_STEPS:
        if span / step <= most and len(ticks := _multiples(step, low, high)) <= most:
            return ticks
    return tuple(86400 * tick for tick in linear_ticks(low / 86400, high / 86400, most))


def _multiples(step: float, low: float, high: float) -> tuple[float, ...]:
    return tuple(number * step for number in range(ceil(low / step - 1e-9), floor(high / step + 1e-9) + 1))


def odds_label(exponent: int) -> str:
    """Write a power of ten on an axis of probabilities: `100 %`, `0.1 %`, `10⁻⁴`."""
    return {0: "100 %", -1: "10 %", -2: "1 %", -3: "0.1 %"}.get(exponent, power_of_ten(exponent))


def short_time(seconds: float) -> str:
    """A time for an axis or a label: `0`, `500 ms`, `12 s`, `36:39 m`, `2:30 h`, `3 d`."""
    if seconds < 1:
        return format_seconds(seconds) if seconds else "0"
    if seconds < 59.95:
        return f"{seconds:.3g} s"
    if seconds < 3599.5:
        minutes, rest = divmod(round(seconds), 60)
        return f"{minutes}:{rest:02d} m" if rest else f"{minutes} m"
    if seconds < 172_800:
        hours, rest = divmod(round(seconds / 60), 60)
        return f"{hours}:{rest:02d} h" if rest else f"{hours} h"
    days = seconds / 86400
    if days < 9999.5:
        return f"{days:.4g} d"
    if days < 999_999.5:
        return f"{days:,.0f} d".replace(",", " ")
    exponent = floor(log10(days))
    return f"{days / 10.0**exponent:.1f} × {power_of_ten(exponent)} d"
