"""Small plans and runs in the middle of them, for tables of what follows on what."""

from dataclasses import replace

from wetrun.course.advance import advance, fold
from wetrun.course.effects import BeginResponse, Compare, Effect, EnterPhase, Finish, RunStep, StopStep, Watch
from wetrun.course.events import BaselineTaken, Begun, Event, StepEnded
from wetrun.course.results import Verdict
from wetrun.course.run import Run, Stepping, Stopping
from wetrun.plan.double import Target
from wetrun.plan.plan import Phase, Plan, Procedure
from wetrun.plan.responses import Response, Simple
from wetrun.plan.state import StateProbe
from wetrun.plan.steps import OnUnknown, Retry, Step
from wetrun.plan.steps import Run as Command

__all__ = ["brief", "failed", "passed", "plan_of", "play", "procedure", "step", "then", "under_way"]


def step(
    name: str,
    on_failure: Response = Simple.ROLLBACK,
    *,
    retries: int = 0,
    changes: bool = True,
    on_unknown: OnUnknown = OnUnknown.ASK,
) -> Step:
    """A step that runs `true`."""
    return Step(
        name=name,
        action=Command("true"),
        target="t",
        on_failure=on_failure,
        retry=Retry(retries),
        changes=changes,
        on_unknown=on_unknown,
    )


def procedure(name: str, *steps: Step) -> Procedure:
    """A procedure; without steps it has one of its own name."""
    return Procedure(name=name, steps=steps or (step(name),))


def plan_of(
    *phases: tuple[Step, ...],
    rollback: Procedure | None = None,
    recoveries: tuple[Procedure, ...] = (),
    mitigations: tuple[Procedure, ...] = (),
) -> Plan:
    """A plan whose phases are called `p0`, `p1` and so on."""
    return Plan(
        name="small",
        source="wetrun.yaml",
        targets={"t": Target(name="t")},
        state=(StateProbe(name="rows", observe=Command("true"), target="t"),),
        phases=tuple(Phase(name=f"p{number}", steps=steps) for number, steps in enumerate(phases)),
        procedures={one.name: one for one in mitigations},
        rollback=rollback,
        recoveries=recoveries,
    )


def under_way(plan: Plan, **known: object) -> Run:
    """A run of this plan that has its baseline: its first step runs."""
    fresh = replace(Run(plan=plan), **known)  # type: ignore[arg-type]
    return fold(fresh, [Begun(), BaselineTaken()])[0]


def passed(run: Run) -> Event:
    """The end of the step that runs now: it passed."""
    return StepEnded(_serial(run), Verdict.PASSED)


def failed(run: Run, *, unknown: bool = False) -> Event:
    """The end of the step that runs now: it failed, or nobody saw it."""
    return StepEnded(_serial(run), Verdict.FAILED, "exit 1", unknown=unknown)


def _serial(run: Run) -> int:
    assert isinstance(run.stage, Stepping | Stopping), run.stage
    return run.stage.serial


def then(run: Run, event: Event) -> tuple[Run, list[str]]:
    """Advance once; the effects in a word or two each."""
    run, effects = advance(run, event)
    return run, [brief(effect) for effect in effects]


def play(run: Run, *words: str | Event) -> tuple[Run, list[str]]:
    """Advance by `pass`, `fail`, `unknown`, `unmeasured` (the step that runs) or any event; told are the effects."""
    told: list[str] = []
    for word in words:
        match word:
            case "pass":
                event = passed(run)
            case "fail":
                event = failed(run)
            case "unknown":
                event = failed(run, unknown=True)
            case "unmeasured":
                event = StepEnded(_serial(run), Verdict.INCONCLUSIVE, "no client")
            case str():
                raise ValueError(word)
            case _:
                event = word
        run, effects = then(run, event)
        told.extend(effects)
    return run, told


def brief(effect: Effect) -> str:
    """An effect in a word or two: `p0/a`, `begin rollback`, `stop`, `compare rollback`, `watch`, `ask`, `stuck`."""
    match effect:
        case RunStep(section=section, step=done):
            return f"{section}/{done.name}"
        case BeginResponse(section):
            return f"begin {section}"
        case Compare(after):
            return f"compare {after}"
        case StopStep():
            return "stop"
        case Watch():
            return "watch"
        case EnterPhase(phase):
            return f"enter {phase}"
        case Finish(outcome):
            return outcome.value
        case _:
            return type(effect).__name__.lower()
