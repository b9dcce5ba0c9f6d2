"""The verdict: what a rehearsal amounts to, with every reason. Pure."""

from collections.abc import Sequence
from enum import Enum

from wetrun.course.evidence import CONFIDENCE, counted, supported
from wetrun.lean import dataclass
from wetrun.plan.scenarios import DEPLOYING, HARMFUL, LED_BACK, Outcome, Scenario
from wetrun.units import format_seconds

__all__ = ["RunResult", "Verdict", "VerdictWord", "decide"]


class VerdictWord(Enum):
    """The four verdicts."""

    GO = "GO"
    GO_WITH_CONDITIONS = "GO WITH CONDITIONS"
    NO_GO = "NO-GO"
    INCONCLUSIVE = "INCONCLUSIVE"


@dataclass(frozen=True, slots=True, kw_only=True)
class RunResult:
    """What one run of a rehearsal came to.

    Attributes:
        scenario: None for the clean run.
        noticed: Checks that noticed the fault.
        detected_after: Seconds from the fault's effect to the first notice, or None.
        restored_after: Seconds from the first notice to the end of the run, or None when nothing was taken back.
        differing: Probes that differed after the rollback.
        silent: Checks that ran while the fault was there and noticed nothing.
        synthetic: The fault was a scripted failure.
    """

    name: str
    scenario: Scenario | None
    outcome: Outcome
    reason: str
    noticed: tuple[str, ...] = ()
    detected_after: float | None = None
    restored_after: float | None = None
    differing: tuple[str, ...] = ()
    silent: tuple[str, ...] = ()
    synthetic: bool = False


@dataclass(frozen=True, slots=True)
class Verdict:
    """The verdict with its reasons, the conditions under which it holds, and the evidence line."""

    word: VerdictWord
    reasons: tuple[str, ...]
    conditions: tuple[str, ...]
    evidence: str


_ALL_GOOD = "the plan deploys, every fault was noticed, every rollback restored the system"
_SAFE = DEPLOYING | LED_BACK


def decide(results: Sequence[RunResult], *, limits: Sequence[str] = ()) -> Verdict:
    """Judge a whole rehearsal.

    Args:
        results: The clean run and one result per scenario that was run.
        limits: What makes the rehearsal less than real (speed, isolation, runs left out); each is a condition.
    """
    stop: list[str] = []
    unclear: list[str] = []
    conditions: list[str] = list(limits)
    for result in results:
        _judge(result, stop, unclear, conditions)
    if results and any(result.scenario is not None for result in results) and not any(map(_was_taken_back, results)):
        conditions.append("no rollback was carried out in any run: nothing shows that it restores the system")
    if not any(result.scenario is None for result in results):
        conditions.append("the clean run was left out")
        if any(result.noticed for result in results):
            conditions.append(
                "without the clean run nobody knows whether a check that noticed speaks when nothing is wrong as well: "
                "`--scenario clean` beside the others shows it"
            )
    if stop:
        word, reasons = VerdictWord.NO_GO, stop
        conditions[:0] = unclear  # the way out of these has to be told, too
    elif unclear:
        word, reasons = VerdictWord.INCONCLUSIVE, unclear
    elif conditions:
        word, reasons = VerdictWord.GO_WITH_CONDITIONS, conditions
    else:
        word, reasons = VerdictWord.GO, [_ALL_GOOD]
    return Verdict(word, tuple(reasons), tuple(conditions), _evidence(results))


def _was_taken_back(result: RunResult) -> bool:
    return result.outcome in {Outcome.ROLLED_BACK, Outcome.RECOVERED, Outcome.NOT_RESTORED, Outcome.STUCK}


def _judge(result: RunResult, stop: list[str], unclear: list[str], conditions: list[str]) -> None:
    if result.outcome is Outcome.INCONCLUSIVE:
        unclear.append(f"{result.name}: {result.reason}")
    elif result.scenario is None:
        if result.outcome is Outcome.DEPLOYED_DEGRADED:
            conditions.append(f"{result.name}: deployed, but degraded: {result.reason}")
        elif result.outcome is not Outcome.DEPLOYED:
            stop.append(f"{result.name}: the plan does not deploy even when nothing goes wrong: {result.reason}")
    else:
        _judge_scenario(result, result.scenario, stop, conditions)


def _judge_scenario(result: RunResult, scenario: Scenario, stop: list[str], conditions: list[str]) -> None:
    name, outcome, expect = result.name, result.outcome, scenario.expect
    expected = not expect.outcomes or outcome in expect.outcomes
    if outcome in HARMFUL and not (expected and expect.outcomes):
        stop.append(f"{name}: {outcome.value}: {_why_bad(result, scenario)}")
    elif not expected:
        wanted = " or ".join(one.value for one in expect.outcomes)
        conditions.append(f"{name}: ended {outcome.value}, the plan expects {wanted}: {result.reason}")
    elif outcome in HARMFUL:
        conditions.append(f"{name}: {outcome.value}, as the plan expects: a person is needed")
    if result.differing and outcome is Outcome.RECOVERED:
        probes = ", ".join(f"`{probe}`" for probe in result.differing)
        conditions.append(f"{name}: the rollback alone did not restore {probes}; a recovery did")
    if expect.within is not None and outcome in _SAFE and result.restored_after is not None:
        took = (result.detected_after or 0) + result.restored_after
        if took > expect.within:
            stop.append(
                f"{name}: took {format_seconds(took)} to recover, the plan allows {format_seconds(expect.within)}"
            )
    wanted = f"`{expect.detected_by}`"
    if expect.detected_by is not None and result.noticed and not any(one.endswith(wanted) for one in result.noticed):
        conditions.append(f"{name}: noticed by {result.noticed[0]}, not by {wanted} as the plan expects")
    if result.synthetic:
        conditions.append(f"{name}: its fault is synthetic (a scripted failure)")


def _why_bad(result: RunResult, scenario: Scenario) -> str:
    """The reason; of an escape the fault, and who could have noticed it."""
    if result.outcome is not Outcome.ESCAPED:
        return result.reason
    silent = ", ".join(result.silent) if result.silent else "no check ran while it was there"
    return f"the fault `{scenario.fault.kind}` was there, and nobody noticed; silent were: {silent}"


def _evidence(results: Sequence[RunResult]) -> str:
    scenarios = [r for r in results if r.scenario is not None and r.outcome is not Outcome.INCONCLUSIVE]
    if not scenarios:
        return "no scenario was run: nothing is known about failures"
    good = sum(1 for result in scenarios if result.outcome in _SAFE)
    return (
        f"{counted(len(scenarios) - good, 'failure')} in {counted(len(scenarios), 'scenario run')}: this supports that "
        f"at least {supported(good, len(scenarios)):.0%} of such failures are noticed and survived, "
        f"at {CONFIDENCE * 100:g} % confidence"
    )
