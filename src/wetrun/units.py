"""Units that live in types: seconds, bytes, probabilities, and how people write them."""

import re
from math import ceil, floor, log10
from typing import NewType

__all__ = [
    "LARGEST",
    "LONGEST",
    "Bytes",
    "Probability",
    "Seconds",
    "TooMuchError",
    "UnitError",
    "counted",
    "format_bytes",
    "format_probability",
    "format_seconds",
    "parse_bytes",
    "parse_probability",
    "parse_seconds",
    "power_of_ten",
]

Seconds = NewType("Seconds", float)
Bytes = NewType("Bytes", int)
Probability = NewType("Probability", float)

LONGEST = Seconds(36525 * 86400.0)
"""A hundred years: no plan waits for longer, no certificate lives longer, and a date that far from now still exists."""

LARGEST = Bytes(2**60)
"""An EiB, more than any file system holds."""

_NUMBER = r"(?P<number>\d+(?:\.\d+)?)"
_SECONDS = {"ms": 0.001, "s": 1.0, "m": 60.0, "min": 60.0, "h": 3600.0, "d": 86400.0}
_SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
_BYTES = {"B": 1, "kB": 10**3, "KB": 10**3, "MB": 10**6, "GB": 10**9, "KiB": 2**10, "MiB": 2**20, "GiB": 2**30}


class UnitError(ValueError):
    """A quantity was written in a way that has no single meaning."""

    def __init__(self, text: str, wanted: str, hint: str) -> None:
        super().__init__(f"`{text}` is not {wanted}")
        self.text = text
        self.wanted = wanted
        self.hint = hint


class TooMuchError(UnitError):
    """A quantity is larger than any that is meant: a digit too many, or the wrong unit."""


def parse_seconds(text: str) -> Seconds:
    """Read a duration.

    Args:
        text: One or more numbers with a unit (`ms`, `s`, `m`, `min`, `h`, `d`), as in `90s` or `1h30m`.

    Returns:
        Seconds, from 0 to `LONGEST`.

    Raises:
        UnitError: There is no unit, the text is not a duration, or it is one of more than a hundred years.
    """
    compact = text.strip().replace(" ", "")
    parts = list(re.finditer(_NUMBER + r"(?P<unit>ms|min|s|m|h|d)", compact))
    if not parts or "".join(part.group(0) for part in parts) != compact:
        raise UnitError(text, "a duration", "write a number and a unit, such as `90s`, `5m` or `1h30m`")
    value = sum(float(part["number"]) * _SECONDS[part["unit"]] for part in parts)
    if not value <= LONGEST:
        raise TooMuchError(
            _short(text), "a duration of 100 years at most", "write at most `36525d`; is the unit right?"
        )
    return Seconds(value)


def parse_bytes(text: str) -> Bytes:
    """Read a size in bytes: `80MB` is 80 000 000, `80MiB` is 83 886 080; the result lies in [0, `LARGEST`].

    Raises:
        UnitError: There is no unit, the text is not a size, or it is one of more than an EiB.
    """
    match = re.fullmatch(_NUMBER + r"\s*(?P<unit>[kKMG]?i?B)", text.strip())
    if match is None or match["unit"] not in _BYTES:
        raise UnitError(text, "a size", "write a number and a unit, such as `80MB` or `2GiB`")
    value = float(match["number"]) * _BYTES[match["unit"]]
    if not value <= LARGEST:
        raise TooMuchError(_short(text), "a size of 1 EiB at most", "write a smaller one; is the unit right?")
    return Bytes(round(value))


def parse_probability(text: str) -> Probability:
    """Read a probability: `8%`, `0.08` or `1/12`; the result lies in [0, 1].

    Raises:
        UnitError: The text is not a probability, or lies outside [0, 1].
    """
    hint = "write a number from 0 to 1, a percentage such as `8%`, or a fraction such as `1/12`"
    match = re.fullmatch(_NUMBER + r"\s*(?:(?P<percent>%)|/\s*(?P<below>\d+(?:\.\d+)?))?", text.strip())
    if match is None or (match["below"] is not None and float(match["below"]) == 0):
        raise UnitError(text, "a probability", hint)
    value = float(match["number"]) / (100 if match["percent"] else float(match["below"] or 1))
    if not value <= 1:
        raise UnitError(text, "a probability", hint)
    return Probability(value)


def _short(text: str) -> str:
    return text if len(text) <= 40 else f"{text[:20]}…"


def format_seconds(value: float) -> str:
    """Write a duration for people: `350 ms`, `4.2 s`, `3 m 05 s`, `2 h 10 m`."""
    if value < 0:
        return "-" + format_seconds(-value)
    if value < 0.9995:
        return f"{value * 1000:.0f} ms"
    if value < 59.95:
        return f"{value:.1f} s"
    if value < 3599.5:
        minutes, seconds = divmod(round(value), 60)
        return f"{minutes} m {seconds:02d} s"
    hours, minutes = divmod(round(value / 60), 60)
    return f"{hours} h {minutes:02d} m"


def format_probability(probability: float) -> str:
    """Write a probability: `96.4 %`, `0.0165 %`, `9.3 × 10⁻⁸`; what is not certain never reads as 0 or 100 %."""
    if probability <= 0:
        return "0"
    if probability >= 1:
        return "100 %"
    if probability < 1e-4:
        exponent = floor(log10(probability))
        mantissa = f"{probability / 10.0**exponent:.1f}" if exponent > -308 else "<1"
        if mantissa == "10.0":
            mantissa, exponent = "1.0", exponent + 1
        return f"{mantissa} × {power_of_ten(exponent)}"
    if probability > 0.999:
        missing = 1 - probability
        digits = min(max(ceil(-log10(missing) - 1e-6) - 1, 1), 10)
        written = f"{100 * probability:.{digits}f}".rstrip("0")
        return f"{written} %" if float(written) < 100 else "> 99.999999999 %"
    return f"{100 * probability:.3g} %"


def power_of_ten(exponent: int) -> str:
    """Write a power of ten: `10⁻⁸`."""
    return "10" + str(exponent).translate(_SUPERSCRIPTS)


def format_bytes(value: float) -> str:
    """Write a size for people, in powers of ten: `12.3 MB`."""
    for unit, size in (("GB", 1e9), ("MB", 1e6), ("kB", 1e3)):
        if abs(value) >= size:
            return f"{value / size:.1f} {unit}"
    return f"{value:.0f} B"


def counted(count: int, noun: str) -> str:
    """A number with its noun: `1 line`, `3 lines`, `2 guesses`."""
    return f"{count} {noun}" + ("" if count == 1 else "es" if noun.endswith(("s", "x", "ch", "sh")) else "s")
