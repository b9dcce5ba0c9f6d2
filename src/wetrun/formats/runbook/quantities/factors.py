"""How many times slower something is said to be, in so many words or by the two times: `2-3x longer`."""

import re
from collections.abc import Iterator

from wetrun.formats.runbook.quantities.amounts import Amount

__all__ = ["factors"]

_NUMBER = r"\d{1,6}(?:\.\d{1,6})?"
_SLOWER = re.compile(
    rf"(?<![\w.])(?P<low>{_NUMBER})(?:\s?(?:-|–|to)\s?(?P<high>{_NUMBER}))?(?:\s?[x×]|\stimes)"
    r"\s+(?:longer|slower|as (?:long|slow)|more time)\b",
    re.IGNORECASE,
)
_INSTEAD = re.compile(
    rf"(?<![\w.])(?P<now>{_NUMBER})\s?(?P<unit>ms|s|sec|min)\s+instead of"
    rf"\s+(?P<usual>{_NUMBER})\s?(?P<usual_unit>ms|s|sec|min)\b",
    re.IGNORECASE,
)
_UNITS = {"ms": 0.001, "s": 1.0, "sec": 1.0, "min": 60.0}


def factors(text: str) -> Iterator[Amount]:
    """Every factor that a line states, in its order."""
    if "longer" in text or "slow" in text or "as long" in text or "more time" in text:
        for match in _SLOWER.finditer(text):
            low = float(match["low"])
            yield _factor(match, low, float(match["high"] or low))
    if "instead of" in text:
        for match in _INSTEAD.finditer(text):
            usual = float(match["usual"]) * _UNITS[match["usual_unit"].lower()]
            if usual > 0:
                factor = round(float(match["now"]) * _UNITS[match["unit"].lower()] / usual, 6)
                yield _factor(match, factor, factor)


def _factor(match: re.Match[str], low: float, high: float) -> Amount:
    return Amount(low, high, "×", match[0], match.start(), match.end())
