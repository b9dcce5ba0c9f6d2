"""Monitor rules, held against a recomputation from all samples at every sample."""

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from wetrun.course.results import Verdict
from wetrun.course.rules import sampled, verdict, window
from wetrun.plan.expectations import Range
from wetrun.plan.monitors import Above, Condition, LogLines, Monitor, Rule, Seen, Slope
from wetrun.plan.responses import Simple
from wetrun.units import Seconds

MISSING = 3
Samples = list[tuple[float, float | None]]

SAMPLES: st.SearchStrategy[Samples] = st.lists(
    st.tuples(st.sampled_from([0.0, 1.0, 1.0, 2.0, 5.0]), st.none() | st.integers(0, 5).map(float)), max_size=25
).map(lambda steps: [(sum(gap for gap, _ in steps[: i + 1]), value) for i, (_, value) in enumerate(steps)])
LIMITS = st.builds(Range, st.integers(0, 5).map(float), st.none() | st.integers(3, 6).map(float), st.booleans())


def monitor(condition: Condition) -> Monitor:
    return Monitor(
        name="m", sample=LogLines("x"), target="t", missing=MISSING, rules=(Rule("r", condition, Simple.ROLLBACK),)
    )


def inside(limits: Range, value: float) -> bool:
    above = limits.low is None or value > limits.low or (value == limits.low and not limits.low_open)
    return above and (limits.high is None or value < limits.high or (value == limits.high and not limits.high_open))


def unbroken(samples: Sequence[tuple[float, float | None]]) -> list[tuple[float, float]]:
    """The present samples since the last time that too many in a row were missing."""
    start, run = 0, 0
    for index, (_, value) in enumerate(samples):
        run = run + 1 if value is None else 0
        if run >= MISSING:
            start = index + 1
    return [(at, value) for at, value in samples[start:] if value is not None]


def lasts(samples: Samples, above: Above) -> bool | None:
    """Whether it is bad and has been for long enough; None when bad but not watched for long enough."""
    seen = unbroken(samples)
    now, value = seen[-1]
    if not inside(above.range, value):
        return False
    if now - seen[0][0] < above.lasting:
        return None
    start = now
    for at, earlier in reversed(seen):
        if not inside(above.range, earlier):
            break
        start = at
    return now - start >= above.lasting


def rises(samples: Samples, rule: Slope) -> bool | None:
    """The textbook formula over the last window, the last sample of each time."""
    seen = unbroken(samples)
    points = sorted({at: value for at, value in seen if at >= seen[-1][0] - rule.over}.items())
    if len(points) < 3 or points[-1][0] - points[0][0] < 0.8 * rule.over:
        return None
    n, sx, sy = len(points), sum(x for x, _ in points), sum(y for _, y in points)
    sxx, sxy = sum(x * x for x, _ in points), sum(x * y for x, y in points)
    return inside(rule.range, (n * sxy - sx * sy) / (n * sxx - sx * sx))


def expected_hits(samples: Samples, condition: Above | Slope) -> list[int]:
    """The samples at which the condition turns true, recomputed from the beginning at each."""
    hits, before = list[int](), False
    for index, (_, value) in enumerate(samples):
        if value is None:
            continue
        now = (
            lasts(samples[: index + 1], condition)
            if isinstance(condition, Above)
            else rises(samples[: index + 1], condition)
        )
        if now and not before:
            hits.append(index)
        before = before if now is None else now
    return hits


def observed_hits(samples: Samples, condition: Condition) -> tuple[list[int], list[int]]:
    state = window(monitor(condition))
    failed, inconclusive = list[int](), list[int]()
    for index, (at, value) in enumerate(samples):
        state, hits = sampled(state, at, value)
        for hit in hits:
            (failed if hit.verdict is Verdict.FAILED else inconclusive).append(index)
    return failed, inconclusive


@given(SAMPLES, LIMITS, st.sampled_from([0.0, 1.0, 3.0, 7.0]))
def test_above_fires_exactly_when_it_turns_true(samples: Samples, limits: Range, lasting: float) -> None:
    """No hit without the condition, none missed, over any series of samples."""
    condition = Above(limits, Seconds(lasting))
    assert observed_hits(samples, condition)[0] == expected_hits(samples, condition)


@given(SAMPLES, st.floats(-2.01, 2.01), st.sampled_from([2.0, 5.0, 10.0]))
def test_slope_fires_exactly_when_it_turns_true(samples: Samples, low: float, over: float) -> None:
    """The running window must agree with the textbook formula over everything that was seen."""
    # An odd offset keeps slopes of small whole numbers away from the limit, where rounding alone would decide.
    condition = Slope(Range(low + 0.000_123), Seconds(over))
    assert observed_hits(samples, condition)[0] == expected_hits(samples, condition)


@given(st.lists(st.lists(st.sampled_from(["ok", "FATAL", "a FATAL b"]), max_size=3).map(tuple), max_size=10))
def test_seen_fires_exactly_when_it_turns_true(batches: list[tuple[str, ...]]) -> None:
    """One batch with the line is one hit, however many lines it has."""
    state, fired = window(monitor(Seen("FATAL"))), list[int]()
    for at, batch in enumerate(batches):
        state, hits = sampled(state, float(at), batch)
        fired.extend(at for _ in hits)
    present = [any("FATAL" in line for line in batch) for batch in batches]
    assert fired == [at for at, now in enumerate(present) if now and not (at and present[at - 1])]


@given(SAMPLES, LIMITS, st.sampled_from([0.0, 3.0]))
def test_an_inconclusive_hit_comes_once_for_each_series_of_missing_samples(
    samples: Samples, limits: Range, lasting: float
) -> None:
    """Whoever watches must be told once that nobody is watching."""
    runs, run = list[int](), 0
    for index, (_, value) in enumerate(samples):
        run = run + 1 if value is None else 0
        if run == MISSING:
            runs.append(index)
    assert observed_hits(samples, Above(limits, Seconds(lasting)))[1] == runs


@given(SAMPLES, LIMITS, st.sampled_from([0.0, 3.0]))
def test_passed_means_watched_for_long_enough_without_a_gap(samples: Samples, limits: Range, lasting: float) -> None:
    """Safety rule: missing data is inconclusive, never passed."""
    state = window(monitor(Above(limits, Seconds(lasting))))
    for at, value in samples:
        state, _ = sampled(state, at, value)
    present = [at for at, value in samples if value is not None]
    series = "".join("." if value is None else "x" for _, value in samples)
    if verdict(state).verdict is Verdict.PASSED:
        assert len(present) >= 3
        assert present[-1] - present[0] >= lasting
        assert "." * MISSING not in series
