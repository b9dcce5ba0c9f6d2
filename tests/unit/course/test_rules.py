"""When a monitor's rule comes true, and when there was too little data to say."""

import math
from dataclasses import replace

import pytest

from wetrun.course.results import Verdict
from wetrun.course.rules import RuleHit, Value, Window, sampled, scaled, scaled_monitor, verdict, window
from wetrun.plan.expectations import Quantity, Range
from wetrun.plan.monitors import Above, Condition, LogLines, Monitor, Rule, Seen, Slope
from wetrun.plan.responses import Simple
from wetrun.units import Seconds

OVER_80 = Range(80e6, low_open=True)


def rule(condition: Condition) -> Rule:
    return Rule("the rule", condition, Simple.ROLLBACK)


def monitor(*conditions: Condition, missing: int = 3) -> Monitor:
    rules = tuple(rule(condition) for condition in conditions)
    return Monitor(
        name="memory", sample=LogLines("x"), target="t", quantity=Quantity.BYTES, rules=rules, missing=missing
    )


def fed(watched: Monitor, *samples: tuple[float, Value | None], speed: float = 1) -> tuple[Window, list[RuleHit]]:
    state, hits = window(scaled_monitor(watched, speed), speed), list[RuleHit]()
    for at, value in samples:
        state, new = sampled(state, at, value)
        hits.extend(new)
    return state, hits


class TestAbove:
    def test_it_fires_at_the_edge_and_again_only_after_it_was_false(self) -> None:
        """One fault must lead to one response, not to one for each sample."""
        values = [70e6, 90e6, 95e6, 70e6, 90e6]
        _, hits = fed(monitor(Above(OVER_80)), *((float(at), value) for at, value in enumerate(values)))
        assert [hit.at for hit in hits] == [1.0, 4.0]
        assert hits[0].words == "90 MB, > 80 MB"

    def test_lasting_needs_the_whole_time_without_a_break(self) -> None:
        """A rule `for 5m` exists so that a peak does not roll back a deployment."""
        bad = Above(OVER_80, Seconds(10.0))
        assert fed(monitor(bad), (0, 90e6), (5, 90e6), (9, 90e6))[1] == []
        assert [hit.at for hit in fed(monitor(bad), (0, 90e6), (5, 90e6), (10, 90e6))[1]] == [10]
        assert fed(monitor(bad), (0, 90e6), (5, 70e6), (10, 90e6), (15, 90e6))[1] == []

    def test_a_missing_sample_neither_breaks_nor_proves(self) -> None:
        """Otherwise one lost request would hide a leak, or prove one."""
        bad = Above(OVER_80, Seconds(10.0))
        assert [hit.at for hit in fed(monitor(bad), (0, 90e6), (5, None), (10, 90e6))[1]] == [10]
        assert fed(monitor(bad), (0, 90e6), (5, None), (10, math.nan))[1] == []

    def test_too_many_missing_samples_are_inconclusive_and_end_the_stretch(self) -> None:
        """Nobody looked in between, so nobody can say that it lasted."""
        bad = Above(OVER_80, Seconds(10.0))
        state, hits = fed(monitor(bad, missing=2), (0, 90e6), (4, None), (5, None), (6, None), (11, 90e6))
        assert [(hit.verdict, hit.rule, hit.at) for hit in hits] == [(Verdict.INCONCLUSIVE, None, 5)]
        assert verdict(state).verdict is Verdict.INCONCLUSIVE

    def test_what_lasted_is_counted_from_the_end_of_a_gap(self) -> None:
        """The words must not claim to have watched while nobody did."""
        bad = Above(OVER_80, Seconds(5.0))
        _, hits = fed(monitor(bad, missing=1), (0, 90e6), (4, None), (10, 90e6), (15, 90e6))
        assert [hit.words for hit in hits if hit.rule] == ["90 MB, > 80 MB for 5 s"]

    def test_a_gap_does_not_make_the_same_fault_fire_again(self) -> None:
        """Not having looked is not having seen it gone."""
        bad = Above(OVER_80, Seconds(5.0))
        _, hits = fed(monitor(bad, missing=1), (0, 90e6), (5, 90e6), (6, None), (10, 90e6), (15, 90e6))
        assert [hit.at for hit in hits if hit.rule] == [5]


class TestSlope:
    LEAK = Slope(Range(5e6 / 60, low_open=True), Seconds(180.0))

    def test_a_leak_is_seen_and_a_level_is_not(self) -> None:
        """The rule that finds leaks before memory ends."""
        leak = [(t, 50e6 + 6e6 / 60 * t) for t in range(0, 200, 10)]
        hits = fed(monitor(self.LEAK), *leak)[1]
        assert [hit.words for hit in hits] == ["a slope of 6 MB/min"]
        assert fed(monitor(self.LEAK), *[(t, 50e6) for t in range(0, 200, 10)])[1] == []

    def test_too_short_a_cover_is_undecided(self) -> None:
        """A steep start-up is no leak: the window must be (nearly) full first."""
        state, hits = fed(monitor(self.LEAK), *[(t, 1e6 * t) for t in range(0, 140, 10)])
        assert hits == []
        assert verdict(state).verdict is Verdict.INCONCLUSIVE

    def test_samples_at_the_same_time_count_once(self) -> None:
        """Duplicates would give a slope weight, or divide by zero."""
        assert fed(monitor(self.LEAK), (0, 1.0), (180, 1e9), (180, 2e9), (180, 3e9))[1] == []

    def test_a_gap_empties_the_window(self) -> None:
        """A restart may hide in a gap: a line drawn across it would be no measurement."""
        samples: list[tuple[float, float | None]] = [(0, 0.0), (90, 9e6), (100, None), (170, 17e6), (180, 18e6)]
        assert fed(monitor(self.LEAK, missing=2), *samples)[1] != []
        assert [hit.rule for hit in fed(monitor(self.LEAK, missing=1), *samples)[1]] == [None]

    def test_memory_is_bounded(self) -> None:
        """A watch of days must not hold days of samples."""
        state, _ = fed(monitor(self.LEAK), *[(t, 1.0) for t in range(0, 100_000, 20)])
        assert len(state.recent) <= 10


class TestSeen:
    def test_a_line_is_seen(self) -> None:
        """A fatal line in a log is often the only sign."""
        seen = monitor(Seen("FATAL|panic"))
        assert [hit.words for hit in fed(seen, (0, ("ok",)), (1, ("ok", "FATAL: no space")))[1]] == [
            "`FATAL: no space`"
        ]
        assert fed(seen, (0, ()), (1, ("fine",)))[1] == []

    @pytest.mark.parametrize("condition", [Seen("("), Above(OVER_80)])
    def test_what_cannot_be_decided_is_not_passed(self, condition: Condition) -> None:
        """A rule that can never come true must not look like a check that found nothing."""
        state, hits = fed(monitor(condition), *[(float(t), ("a",)) for t in range(9)])
        assert (hits, verdict(state).verdict) == ([], Verdict.INCONCLUSIVE)


class TestVerdict:
    def test_enough_good_samples_pass(self) -> None:
        """A monitor that did its work must be able to say so."""
        state, _ = fed(monitor(Above(OVER_80), Above(OVER_80, Seconds(2.0))), (0, 1.0), (1, 1.0), (2, 1.0))
        assert verdict(state).verdict is Verdict.PASSED

    def test_a_rule_for_longer_than_was_watched_has_not_passed(self) -> None:
        """It could not have come true, so that it did not says nothing."""
        state, _ = fed(monitor(Above(OVER_80, Seconds(300.0))), *[(float(t), 1.0) for t in range(180)])
        assert verdict(state).reasons == (
            "`the rule`: not enough data: needs 5 m 00 s without a break, had 180 samples",
        )

    @pytest.mark.parametrize("samples", [(), ((0.0, 1.0),), ((0.0, 1.0), (1.0, 1.0))])
    def test_too_few_samples_are_not_enough_data(self, samples: tuple[tuple[float, float], ...]) -> None:
        """Other tools report a pass on too few samples and miss real regressions."""
        assert verdict(fed(monitor(Above(OVER_80)), *samples)[0]).verdict is Verdict.INCONCLUSIVE

    def test_mostly_missing_is_not_passed(self) -> None:
        """Many short silences are as blind as one long one."""
        samples = [(float(t), None if t % 3 else 1.0) for t in range(30)]
        assert verdict(fed(monitor(Above(OVER_80)), *samples)[0]).reasons == ("20 of 30 samples were missing",)

    def test_a_monitor_without_rules_and_samples_says_so(self) -> None:
        """Silence must not read as success."""
        assert verdict(window(monitor())).reasons == ("no sample was taken",)

    def test_a_hit_is_a_failure_even_when_samples_are_missing(self) -> None:
        """What was seen is not undone by what was not."""
        state, _ = fed(monitor(Above(OVER_80), missing=1), (0, 90e6), (1, None))
        assert verdict(state).verdict is Verdict.FAILED


class TestScaled:
    def test_durations_shrink_slopes_grow_values_stay(self) -> None:
        """A wrong direction here makes every fast rehearsal blind or hysterical."""
        assert scaled(rule(Above(OVER_80, Seconds(300.0))), 60).condition == Above(OVER_80, Seconds(5.0))
        assert scaled(rule(Slope(Range(2.0, low_open=True), Seconds(180.0))), 60).condition == Slope(
            Range(120.0, low_open=True), Seconds(3.0)
        )
        assert scaled(rule(Seen("x")), 60) == rule(Seen("x"))
        assert scaled_monitor(monitor(), 5).every == 1.0

    def test_what_was_seen_is_told_in_the_time_of_the_plan(self) -> None:
        """`slope > 5MB/min (a slope of 600 MB/min)` would have an author look for a leak sixty times as bad."""
        conditions = Slope(Range(5e6 / 60, low_open=True), Seconds(180.0)), Above(OVER_80, Seconds(120.0))
        leak = ((tick / 4, 79e6 + 10e6 * tick / 4) for tick in range(13))
        _, hits = fed(monitor(*conditions), *leak, speed=60)
        assert [hit.words for hit in hits] == ["101.5 MB, > 80 MB for 2 m 00 s", "a slope of 10 MB/min"]

    def test_what_is_lacking_is_told_in_the_time_of_the_plan(self) -> None:
        """Nobody finds `needs 5 s` in a plan that says `for 5m`."""
        conditions = Slope(Range(5e6 / 60, low_open=True), Seconds(180.0)), Above(OVER_80, Seconds(300.0))
        state, _ = fed(monitor(*conditions), *((float(t), 1.0) for t in range(3)), speed=60)
        assert verdict(state).reasons == (
            "`the rule`: not enough data: needs 3 samples over 3 m 00 s, had 3 samples",
            "`the rule`: not enough data: needs 5 m 00 s without a break, had 3 samples",
        )

    @pytest.mark.parametrize(
        ("every", "missing", "speed", "tolerated"),
        [(5.0, 3, 1, 3), (5.0, 3, 60, 24), (0.5, 3, 10, 30), (60.0, 3, 10, 3)],
    )
    def test_a_restart_is_no_blindness(self, every: float, missing: int, speed: float, tolerated: int) -> None:
        """A service restarts no faster because waits are shorter: two silent seconds must not void a fast rehearsal."""
        slow = replace(monitor(missing=missing), every=Seconds(every))
        assert scaled_monitor(slow, speed).missing == tolerated

    def test_a_scaled_leak_is_found_at_the_same_sample(self) -> None:
        """At speed 60 a leak that runs 60 times as fast must be noticed at the same point of the plan."""
        conditions = Slope(Range(5e6 / 60), Seconds(180.0)), Above(OVER_80, Seconds(60.0))
        leak = [(float(t), 50e6 + 6e6 / 60 * t) for t in range(0, 900, 5)]
        slow = fed(monitor(*conditions), *leak)[1]
        fast = fed(monitor(*conditions), *[(at / 60, value) for at, value in leak], speed=60)[1]
        assert [hit.at for hit in slow] == pytest.approx([hit.at * 60 for hit in fast])
        assert len(slow) == 2


def test_a_sample_from_the_past_is_ignored() -> None:
    """A clock that goes back must neither fire nor clear a rule."""
    state, _ = fed(monitor(Above(OVER_80)), (5, 1.0))
    assert sampled(state, 4, 90e6) == (state, ())
