"""How much a number of runs supports, in numbers and in words. Pure."""

from math import ceil, log

from wetrun.course.beta import quantile
from wetrun.units import counted

__all__ = ["CONFIDENCE", "clean_runs_needed", "clopper_pearson", "counted", "evidence_line", "percent", "supported"]

CONFIDENCE = 0.95
"""The confidence at which claims are gated and evidence is stated."""

_MOST_RUNS = 10_000_000


def supported(successes: int, runs: int, confidence: float = CONFIDENCE) -> float:
    """The success probability that these runs support: the one-sided Clopper–Pearson lower bound.

    Args:
        successes: Runs that went well, 0 ≤ successes ≤ runs.
        runs: All runs, ≥ 0.
        confidence: In (0, 1).

    Returns:
        A probability; with no run at all 0, with no failure `(1 - confidence) ** (1 / runs)`.

    Source: C. J. Clopper and E. S. Pearson, Biometrika 26 (1934) 404–413.
    """
    if successes == 0:
        return 0.0
    if successes == runs:  # the closed form: it is asked for hundreds of times in one forecast
        return float((1 - confidence) ** (1 / runs))
    return quantile(1 - confidence, successes, runs - successes + 1)


def clopper_pearson(successes: int, runs: int, confidence: float = CONFIDENCE) -> tuple[float, float]:
    """The two-sided interval of the success probability; it covers the truth at least as often as it says.

    Arguments and source as for `supported`.

    Returns:
        Its lower and its upper limit; (0, 1) with no run at all.
    """
    low = supported(successes, runs, (1 + confidence) / 2)
    high = 1 - supported(runs - successes, runs, (1 + confidence) / 2)
    return low, high


def clean_runs_needed(claimed: float, successes: int = 0, runs: int = 0, confidence: float = CONFIDENCE) -> int | None:
    """How many more runs, all of them clean, would support a claimed success probability.

    Args:
        claimed: In [0, 1].
        successes: Runs so far that went well.
        runs: All runs so far.
        confidence: In (0, 1).

    Returns:
        A number of runs, 0 when the claim is supported already; None when no number within reason would do (a claim of
        100 % is supported by no number of runs).
    """
    failures = runs - successes
    # With f failures at least as many clean runs are needed as with none: there the bound has a closed form.
    if claimed <= 0:
        return 0
    if claimed >= 1:
        return None
    low = max(runs, ceil(log(1 - confidence) / log(claimed)) - 2)
    if supported(low - failures, low, confidence) >= claimed:
        return low - runs
    high = 2 * low + 2
    while supported(high - failures, high, confidence) < claimed:
        high *= 2
        if high > _MOST_RUNS:
            return None
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if supported(middle - failures, middle, confidence) >= claimed else (middle, high)
    return high - runs


def evidence_line(successes: int, runs: int, claimed: float | None = None) -> str:
    """What these runs support, what the plan claims, and how many more clean runs would support that.

    Args:
        successes: Runs that went well.
        runs: All runs.
        claimed: The probability of success that the plan claims, or None.

    Returns:
        As in `0 failures in 12 runs supports ≥ 78 % at 95 %; the plan claims 97 %; …`.
    """
    parts = ["no run so far, so nothing is supported"]
    if runs:
        bound = _rounded(supported(successes, runs), below=1.0 if claimed is None else claimed)
        failures = counted(runs - successes, "failure")
        parts = [f"{failures} in {counted(runs, 'run')} supports ≥ {bound} at {percent(CONFIDENCE)}"]
    if claimed is not None:
        parts.append(f"the plan claims {percent(claimed)}")
        needed = clean_runs_needed(claimed, successes, runs)
        match needed:
            case None:
                parts.append("no number of runs would support it")
            case 0:
                parts.append("they support it")
            case _:
                more = counted(needed, "more clean run" if runs else "clean run")
                parts.append(f"{more} would support it")
    return "; ".join(parts)


def percent(value: float) -> str:
    """A probability in per cent, for people: `97 %`, `0.1 %`."""
    return f"{value * 100:.6g} %"


def _rounded(value: float, below: float) -> str:
    """A probability in per cent, with as few digits as do; one that misses a limit is never rounded up to it."""
    digits = 0
    while value < below <= round(value * 100, digits) / 100 and digits < 6:
        digits += 1
    return f"{value * 100:.{digits}f} %"
