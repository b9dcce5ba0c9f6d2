"""What numbers and expectations mean for a plan that is played: which step or rule notices, and which one asks."""

from collections.abc import Sequence

from wetrun.course.run import Holding, LineKind, Run, Stage, Stepping, steps_of
from wetrun.plan.monitors import Monitor, Rule
from wetrun.plan.responses import Mitigate, Simple
from wetrun.plan.scenarios import Outcome, Scenario
from wetrun.plan.steps import Step

__all__ = [
    "Place",
    "answered_anyway",
    "first_change",
    "goes_on",
    "may_abort",
    "never_deploys",
    "noticing_rule",
    "noticing_step",
    "odds_of_going_on",
    "only_acceptable",
]

Place = tuple[str, Step]
"""A step of the happy path, with the name of its phase."""


def noticing_step(happy: Sequence[Place], scenario: Scenario) -> Place | None:
    """The step that notices: the named one, once, behind the strike; without a name the one that is struck."""
    begin = next(n for n, (name, one) in enumerate(happy) if scenario.strikes in {name, f"{name}/{one.name}"})
    check = scenario.expect.detected_by
    if check is None:
        silent = goes_on(scenario) or scenario.expect.outcomes[:1] == (Outcome.ESCAPED,)
        early = may_abort(scenario) or not scenario.expect.outcomes
        return None if silent else happy[begin if early else max(begin, first_change(happy))]
    return next((here for here in happy[begin:] if here[1].name == check), None)


def noticing_rule(monitor: Monitor, scenario: Scenario) -> Rule:
    """The rule of the monitor that notices: the first that can lead to what the author expects, else the first."""
    fitting = (rule for rule in monitor.rules if not scenario.expect.outcomes or _stays(rule) == goes_on(scenario))
    return next(fitting, monitor.rules[0])


def _stays(rule: Rule) -> bool:
    return rule.response in {Simple.CONTINUE, Simple.NOTE, Simple.RETRY} or isinstance(rule.response, Mitigate)


def odds_of_going_on(run: Run, before: Stage, question: str) -> float | None:
    """What stands beside the rule or the step that puts the question, which the run itself names as its reason."""
    assert isinstance(run.stage, Holding)
    position = run.stage.position
    reasons = [question]  # a rule that fired in the meantime puts its own question behind a mitigation
    mitigating = isinstance(before, Stepping) and before.position.line.kind is LineKind.MITIGATION
    if mitigating and (position is None or position.line.kind is LineKind.PHASE):
        # `otherwise: hold` asks on behalf of what was to be mitigated.
        reasons.append([note for note in run.notes if note.startswith("mitigated by")][-1])
    for reason in reasons:
        for monitor in run.plan.monitors:
            for rule in monitor.rules:
                if reason.removesuffix(" (after its mitigation)").endswith(f"monitor `{monitor.name}`: {rule.text}"):
                    return rule.goes_on
    assert position is not None
    return steps_of(run.plan, position.line)[position.index].goes_on


def first_change(happy: Sequence[Place]) -> int:
    """The number of the first step that changes something."""
    return next((number for number, (_, step) in enumerate(happy) if step.changes), 0)


def may_abort(scenario: Scenario) -> bool:
    """Whether the author expects that the run may end before its first change."""
    return Outcome.ABORTED in scenario.expect.outcomes


def goes_on(scenario: Scenario) -> bool:
    """Whether the author expects first of all that the run deploys."""
    return scenario.expect.outcomes[:1] in {(Outcome.DEPLOYED,), (Outcome.DEPLOYED_DEGRADED,)}


def never_deploys(scenario: Scenario) -> bool:
    """Whether the author says how it ends, and in no case that the run deploys."""
    fair = {Outcome.DEPLOYED, Outcome.DEPLOYED_DEGRADED, Outcome.ESCAPED}
    return bool(scenario.expect.outcomes) and not set(scenario.expect.outcomes) & fair


def answered_anyway(step: Step) -> bool:
    """Whether a failure of the step need not end a run that is expected to go on."""
    return isinstance(step.on_failure, Mitigate) or step.on_failure in {Simple.CONTINUE, Simple.NOTE, Simple.HOLD}


def only_acceptable(scenario: Scenario, step: Step) -> bool:
    """Whether a step shows the scenario without failing, since failing would end a run that is expected to go on."""
    tried_again = step.retry.times > 0 or step.on_failure is Simple.RETRY
    return goes_on(scenario) and not answered_anyway(step) and not tried_again
