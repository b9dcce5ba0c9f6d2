"""A small plan with runs to choose from, for tests of what a rehearsal comes to."""

from collections.abc import Mapping
from dataclasses import replace
from textwrap import dedent

from wetrun.course.results import Verdict as Check
from wetrun.course.verdict import RunResult, decide
from wetrun.formats.yaml_plan import read_plan
from wetrun.plan.expectations import Quantity
from wetrun.plan.plan import Plan
from wetrun.plan.scenarios import Outcome
from wetrun.report.model import Detection, FaultReport, RehearsalReport, ScenarioReport
from wetrun.report.results.foreseen import Foreseen, Known
from wetrun.report.results.model import Number
from wetrun.report.results.source import Source
from wetrun.report.seen import (
    ActionKind,
    ComparisonReport,
    DifferenceReport,
    Mark,
    MarkKind,
    MonitorReport,
    SectionKind,
    StepReport,
)

__all__ = [
    "PLAN",
    "clean",
    "compared",
    "faulty",
    "foreseen",
    "good_runs",
    "plan",
    "report",
    "sample_source",
    "source",
    "step",
]

PLAN = """
    name: shop
    state: {commit: git rev-parse HEAD}
    phases:
    - name: Code
      expected: 2-4s
      steps: [{name: pull, run: git pull}]
    - name: Verify
      steps: [{name: look, http: "http://shop.test/", expect: {latency: {good: 300ms, acceptable: 1s}}}]
    monitors:
      memory: {sample: {run: cat memory}, every: 1s, rules: [{when: "> 80", then: rollback}]}
    scenarios:
      gone:
        probability: 4%
        fault: dirty-worktree
        from: Verify
        expect: {outcome: rolled-back, detected_by: look, within: 20s}
      slow:
        probability: 8%
        fault: dirty-worktree
        from: Verify
        expect: {outcome: deployed-degraded, detected_by: look, added: 5-10s}
    rollback: {takes: 3-5s, succeeds: 99%, steps: [{name: reset, run: git reset --hard}]}
    readiness:
    - {item: It deploys, measured_by: clean}
    - {item: We can go back, measured_by: rollback}
    - {item: A loss is noticed, measured_by: "scenario:gone"}
    - {item: It pulls, measured_by: ["step:Code/pull", "step:rollback/reset"]}
    - {item: The plan is sound, measured_by: check}
    - {item: The team agrees, measured_by: nothing}
    claims: {success: 90%}
"""


def plan(text: str = PLAN) -> Plan:
    """A plan from YAML; faults of any kind."""
    return read_plan(dedent(text), file="wetrun.yaml", fault_kinds=None)


def step(section: str, name: str, at: float, verdict: Check | None = Check.PASSED) -> StepReport:
    """A step of half a second."""
    kinds = {"rollback": SectionKind.ROLLBACK, "recovery": SectionKind.RECOVERY, "mitigation": SectionKind.MITIGATION}
    return StepReport(
        section=section,
        kind=kinds.get(section.partition("/")[0], SectionKind.PHASE),
        name=name,
        action=ActionKind.RUN,
        command="true",
        began=at,
        ended=at + 0.5,
        verdict=verdict,
    )


def compared(
    after: str = "rollback", *, differing: tuple[str, ...] = (), missing: tuple[str, ...] = ()
) -> ComparisonReport:
    """A comparison of one probe, and of those that differ."""
    return ComparisonReport(
        after=after,
        at=8.0,
        probes=("commit", *differing),
        differences=tuple(DifferenceReport(probe=probe, before="1", after="2") for probe in differing),
        missing=missing,
    )


def _memory(samples: tuple[float | None, ...] = (60.0, 66.0)) -> MonitorReport:
    return MonitorReport(
        name="memory",
        quantity=Quantity.NUMBER,
        samples=tuple((float(at), value) for at, value in enumerate(samples)),
        rules=("> 80",),
    )


def clean(outcome: Outcome = Outcome.DEPLOYED, *, samples: tuple[float | None, ...] = (60.0, 66.0)) -> ScenarioReport:
    """A clean run of six seconds."""
    return ScenarioReport(
        name="clean",
        outcome=outcome,
        reason="every step passed" if outcome is Outcome.DEPLOYED else "step `look` failed",
        seconds=6.0,
        steps=(step("Code", "pull", 1.0), step("Verify", "look", 3.0)),
        monitors=(_memory(samples),),
    )


def faulty(
    name: str,
    outcome: Outcome,
    *,
    expected: tuple[Outcome, ...] = (Outcome.ROLLED_BACK,),
    effective: bool | None = True,
    noticed: float | None = 1.5,
    recovered: float | None = 3.0,
    comparisons: tuple[ComparisonReport, ...] = (),
    steps: tuple[StepReport, ...] = (),
) -> ScenarioReport:
    """A run with a fault, noticed by the step `look` unless `noticed` is None."""
    return ScenarioReport(
        name=name,
        outcome=outcome,
        reason="the reason",
        seconds=9.0,
        fault=FaultReport(kind="dirty-worktree", words="dirty-worktree", strikes="Verify", effective=effective),
        expected=expected,
        within=20.0,
        detections=() if noticed is None else (Detection("step `look`", noticed),),
        silent=() if noticed is not None else ("step `look`",),
        recovered_after=recovered,
        comparisons=comparisons,
        steps=steps or (step("Code", "pull", 1.0), step("Verify", "look", 3.0, Check.FAILED)),
        monitors=(_memory(),),
        marks=(Mark(MarkKind.FAULT_INJECTED, 2.5),),
    )


def good_runs() -> tuple[ScenarioReport, ...]:
    """The clean run, one that is rolled back, one that goes on degraded: all as expected."""
    return (
        clean(),
        faulty("gone", Outcome.ROLLED_BACK, comparisons=(compared(),), steps=_with_rollback()),
        replace(
            faulty("slow", Outcome.DEPLOYED_DEGRADED, expected=(Outcome.DEPLOYED_DEGRADED,), recovered=None),
            seconds=13.0,
        ),
    )


def _with_rollback() -> tuple[StepReport, ...]:
    return (step("Code", "pull", 1.0), step("Verify", "look", 3.0, Check.FAILED), step("rollback", "reset", 5.0))


def report(
    of: Plan, runs: tuple[ScenarioReport, ...], *, speed: float = 1.0, isolation: str = "namespaces"
) -> RehearsalReport:
    """A report of runs with the verdict that follows from them."""
    scenarios = {scenario.name: scenario for scenario in of.scenarios}
    done = [
        RunResult(
            name=run.name,
            scenario=scenarios.get(run.name),
            outcome=run.outcome,
            reason=run.reason,
            noticed=tuple(found.check for found in run.detections),
            detected_after=run.detected_after,
            restored_after=run.recovered_after,
        )
        for run in runs
    ]
    names = {run.name for run in runs}
    left_out = tuple(name for name in ("clean", *scenarios) if name not in names)
    return RehearsalReport(
        rehearsal="r",
        plan=of.name,
        source=of.source,
        plan_hash="0" * 64,
        began="2026-01-01T00:00:00+00:00",
        seconds=30.0,
        verdict=decide(done, limits=[f"left out: {name}" for name in left_out]),
        runs=runs,
        speed=speed,
        isolation=isolation,
        checks=("step `look`", "monitor `memory`"),
        left_out=left_out,
    )


def foreseen(*, harm: float = 0.002, highest: float = 0.008, runs: int = 20) -> Foreseen:
    """A forecast with chosen odds of harm, and chosen evidence behind the rollback (the plan's word is worth 10)."""
    return Foreseen(
        claims=(),
        success=Number(0.93, (0.9, 0.95, 0.9)),
        harm=Number(harm, (0.0, highest, 0.9)),
        outcomes={"deployed": 0.88, "deployed-degraded": 0.05, "rolled-back": 0.068, "stuck": harm},
        given={"gone": {"rolled-back": 0.99, "stuck": 0.01}},
        choices={"rollback.succeeds": Known(Number(0.99, (0.95, 0.999, 0.9)), runs, stated=True, prior=10.0)},
        chances={"gone": 0.04, "slow": 0.08},
        means={"rollback.takes": 3.9},
        times={"downtime": 4.0},
        costly=("gone costs 4 points of success",),
        runs=runs,
    )


def source(
    runs: tuple[ScenarioReport, ...] | None = None,
    *,
    of: Plan | None = None,
    odds: Foreseen | None = None,
    counts: Mapping[str, Mapping[str, int]] | None = None,
    times: Mapping[str, tuple[float, ...]] | None = None,
    speed: float = 1.0,
    isolation: str = "namespaces",
) -> Source:
    """A rehearsal of the plan above; everything went well unless told otherwise."""
    chosen = of or plan()
    return Source(
        plan=chosen,
        report=report(chosen, good_runs() if runs is None else runs, speed=speed, isolation=isolation),
        counts=counts or {},
        times=times or {},
        foreseen=odds,
    )


def sample_source() -> Source:
    """Everything at once: runs that went well and one that did not, times, counts and a forecast."""
    runs = (*good_runs()[:1], faulty("gone", Outcome.ESCAPED, noticed=None, recovered=None), *good_runs()[2:])
    counts = {"rollback.succeeds": {"yes": 13, "no": 2}}
    times = {"rollback.takes": (3.1, 6.2), "phase.Code.expected": (2.5,)}
    return replace(source(runs, odds=foreseen(harm=0.03, highest=0.09), counts=counts), times=times)
