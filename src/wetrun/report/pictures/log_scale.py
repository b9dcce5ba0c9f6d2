"""An axis by powers of ten, on which what is rare stands beside what is frequent."""

from collections.abc import Callable
from math import ceil, log10

from wetrun.lean import dataclass
from wetrun.report.pictures.drawing import line, text

__all__ = ["LogScale"]

_ROOM = 58
_MOST = 6


@dataclass(frozen=True, slots=True)
class LogScale:
    """An axis.

    Attributes:
        left: Where 10**low stands, pixels.
        right: Where 10**high stands.
        low: < high.
    """

    left: float
    right: float
    low: int
    high: int

    def at(self, value: float) -> float:
        """Where a value stands; what is beyond an end stands there."""
        if value <= 0:
            return self.left
        part = (self.high - log10(value)) / (self.high - self.low)
        return self.right - (self.right - self.left) * min(max(part, 0.0), 1.0)

    def grid(self, top: float, bottom: float, label: Callable[[int], str]) -> list[str]:
        """Lines at round powers, with what `label` says of their exponents below them; 18 pixels under the bottom."""
        parts = list[str]()
        every = ceil((self.high - self.low) / max(1, min(_MOST, int((self.right - self.left) / _ROOM))))
        for exponent in range(self.high, self.low - 1, -every):
            x = self.at(10.0**exponent)
            anchor = "end" if exponent == self.high else "start" if x - self.left < 12 else "middle"
            parts.append(line(x, top, x, bottom + 2, "grid"))
            parts.append(text(x, bottom + 16, label(exponent), "small", anchor))
        return parts
