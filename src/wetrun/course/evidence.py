"""How much a number of runs supports. Pure."""

from math import comb

__all__ = ["supported"]


def supported(successes: int, runs: int, confidence: float = 0.95) -> float:
    """The success probability that these runs support: the one-sided Clopper–Pearson lower bound.

    Args:
        successes: Runs that went well, 0 ≤ successes ≤ runs.
        runs: All runs, ≥ 0.
        confidence: In (0, 1).

    Returns:
        A probability; with no run at all 0, with no failure `(1 - confidence) ** (1 / runs)`.

    Source: C. J. Clopper and E. S. Pearson, Biometrika 26 (1934) 404–413.
    """
    if runs == 0 or successes == 0:
        return 0.0
    low, high = 0.0, 1.0
    for _ in range(60):
        middle = (low + high) / 2
        tail = sum(comb(runs, k) * middle**k * (1 - middle) ** (runs - k) for k in range(successes, runs + 1))
        low, high = (middle, high) if tail < 1 - confidence else (low, middle)
    return (low + high) / 2
