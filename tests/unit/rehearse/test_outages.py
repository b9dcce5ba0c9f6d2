"""When the service was down: what requests saw, what lay between them, and what steps saw instead."""

from dataclasses import replace

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from course_stages import plan_of
from sample_report import sample_report
from wetrun.course.results import Verdict
from wetrun.plan.plan import Availability, Plan
from wetrun.plan.steps import Http, Step
from wetrun.rehearse.outages import Change, Refusal, downtimes, refusal_of
from wetrun.report.model import ActionKind, Downtime, ScenarioReport, SectionKind, StepReport
from wetrun.report.phrases import downtime, longest_downtime

RUN = sample_report().runs[0]


def _run(*found: Downtime, gap: float | None = 0.25) -> ScenarioReport:
    return replace(RUN, seconds=9.0, downtimes=found, unseen_below=gap)


@example(0.5, 0.25, 0.5, 1.0)  # down when it is asked for the first time
@given(st.floats(0.5, 5), st.floats(0, 3), st.floats(0.01, 0.5), st.floats(0, 1))
def test_the_bounds_hold_whatever_happened_between_two_requests(
    began: float, lasted: float, every: float, phase: float
) -> None:
    """The service is down from `began` on, and is asked every so often: the true time is within the bounds."""
    asked = [every * (phase + n) for n in range(int(9 / every))]
    changes: list[Change] = []
    for before, at in zip([None, *asked], asked, strict=False):
        up = not began <= at < began + lasted
        if not changes or changes[-1].up is not up:
            changes.append(Change(at, up=up, since=before))
    run = _run(*downtimes(changes, (), every), gap=every)
    assert run.downtime_bounds is not None
    least, most = run.downtime_bounds
    assert least - 1e-9 <= lasted <= most + 1e-9
    assert most - least <= 2 * every + 1e-9


def test_an_outage_that_was_not_seen_is_not_told_as_none() -> None:
    """Four requests a second miss a restart of 200 ms: "no downtime" would be a claim without evidence."""
    assert downtime(_run()) == "< 250 ms"
    assert _run().downtime_bounds == (0.0, 0.25)
    assert downtime(_run(Downtime(1.0, 2.5))) == "1.5 s"
    assert downtime(replace(_run(), downtimes=None)) == "—"


def test_a_run_that_was_cut_short_bounds_nothing() -> None:
    """Without its end nobody knows how often the service was asked."""
    assert (downtime(_run(gap=None)), _run(gap=None).downtime_bounds) == ("none seen", None)


def test_the_longest_downtime_is_the_longest_that_is_possible() -> None:
    """Of two runs without a failed request the one that was asked less often leaves more room."""
    assert longest_downtime([_run(gap=0.3), _run(gap=0.9)]) == "< 900 ms"
    assert longest_downtime([_run(gap=0.9), _run(Downtime(1.0, 1.1))]) == "100 ms"
    assert longest_downtime([replace(_run(), downtimes=None)]) == "—"


SERVICE = Http("https://shop.test/health")


def _step(url: str) -> Plan:
    step = Step(name="answers", action=Http(url), target="t")
    return replace(plan_of((step,)), availability=Availability(SERVICE))


def _report(verdict: Verdict = Verdict.FAILED) -> StepReport:
    return StepReport(
        section="p0",
        kind=SectionKind.PHASE,
        name="answers",
        action=ActionKind.HTTP,
        command="",
        began=2.0,
        ended=2.1,
        verdict=verdict,
    )


def test_a_step_that_finds_nobody_there_is_evidence_of_an_outage() -> None:
    """The requests missed it, the health check did not: an operator would not believe "no downtime" beside that."""
    plan = _step("https://shop.test/api")
    for observed in ({"refused": True}, {"status": 503}):
        assert list(refusal_of(plan, _report(), observed)) == [Refusal(2.0, 2.1, "step `answers`")]
    [found] = downtimes((), [Refusal(2.0, 2.1, "step `answers`")], 0.25)
    assert (found.began, found.ended, found.check) == (2.0, 2.1, "step `answers`")
    assert _run(found).downtime_bounds == pytest.approx((0.0, 0.35))


def test_other_failures_are_no_outage() -> None:
    """A wrong answer is an answer, and another service is another service."""
    plan = _step("https://shop.test/api")
    assert not list(refusal_of(plan, _report(), {"status": 404}))
    assert not list(refusal_of(plan, _report(Verdict.PASSED), {"status": 503}))
    assert not list(refusal_of(_step("https://mail.test/api"), _report(), {"refused": True}))


def test_what_both_saw_is_one_outage() -> None:
    """The same seconds are not counted twice."""
    changes = [Change(0.0, up=True, since=None), Change(1.9, up=False, since=1.65), Change(3.0, up=True, since=2.75)]
    found = downtimes(changes, [Refusal(2.0, 2.1, "step `answers`")], 0.25)
    assert [(one.began, one.ended) for one in found] == [(1.9, 3.0)]
