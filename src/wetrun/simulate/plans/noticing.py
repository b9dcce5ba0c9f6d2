"""What notices a scenario, where on the happy path, and after what time.

The author's expectation is taken at its word. `detected_by` names what notices: a step (which fails, or is only
acceptable where the author expects that the run goes on), or a monitor (whose rule fires once the times of the steps,
on average, have filled the rule's window). Without it the step before which the fault strikes fails, and that is listed
as an assumption.
"""

from enum import Enum

from wetrun.lean import dataclass
from wetrun.plan.monitors import Above, Monitor, Rule, Seen, Slope
from wetrun.plan.plan import Plan
from wetrun.plan.responses import Mitigate, Recover, Response, Simple
from wetrun.plan.scenarios import Outcome, Scenario
from wetrun.plan.steps import Step
from wetrun.simulate.models.laws import Constant, Law, Uniform
from wetrun.simulate.models.parts import Part, mean
from wetrun.simulate.plans.happy import HappyPath
from wetrun.simulate.plans.parameters import GapKind, Parameters
from wetrun.simulate.plans.plan_times import Timed, held
from wetrun.simulate.plans.stated import law_of

__all__ = ["Notice", "Showing", "showing"]


class Notice(Enum):
    """How a scenario shows.

    `FAILS`: a step fails, again and again until something heals it. `PASSES_LATER`: it fails, and its next attempt
    passes. `ACCEPTABLE`: a step is only acceptable. `FIRES`: a monitor's rule comes true. `NEVER`: nothing shows.
    """

    FAILS = "fails"
    PASSES_LATER = "passes later"
    ACCEPTABLE = "acceptable"
    FIRES = "fires"
    NEVER = "never"


@dataclass(frozen=True, slots=True)
class Showing:
    """How, when and by what a scenario is noticed.

    Attributes:
        at: The number of the step (or of the watch) that notices; None when nothing does.
        rule: The rule that fires, with its monitor's name.
        delay: The time until it is noticed from the beginning of step `at` on; None: at the step's own end.
    """

    how: Notice
    at: int | None = None
    rule: tuple[str, Rule] | None = None
    delay: Timed | None = None


def _goes_on(scenario: Scenario) -> bool:
    return scenario.expect.outcomes[:1] in {(Outcome.DEPLOYED,), (Outcome.DEPLOYED_DEGRADED,)}


def showing(plan: Plan, path: HappyPath, parameters: Parameters, scenario: Scenario, strike: int) -> Showing:
    """How a scenario that strikes before step `strike` shows; what is assumed about it becomes a gap."""
    check = scenario.expect.detected_by
    for monitor in plan.monitors:
        if monitor.name == check and monitor.rules:
            return _by_monitor(path, parameters, scenario, strike, monitor)
    if check is not None:
        at = path.named(check, strike)
        if at is None:
            message = f"scenario `{scenario.name}` strikes behind step `{check}`, so that cannot notice it"
            parameters.gap(GapKind.TOO_LATE, message, scenario.place)
            return Showing(Notice.NEVER)
        return _by_step(path, parameters, scenario, strike, at)
    if _goes_on(scenario) or scenario.expect.outcomes[:1] == (Outcome.ESCAPED,):
        return Showing(Notice.NEVER)
    message = f"scenario `{scenario.name}` names no `detected_by`: the step before which it strikes is taken to fail"
    parameters.gap(GapKind.ASSUMED, message, scenario.place)
    # A run that is expected to roll back has changed something by then.
    at = strike if _may_abort(scenario) or not scenario.expect.outcomes else max(strike, _first_change(path))
    return _by_step(path, parameters, scenario, strike, at)


def _by_step(path: HappyPath, parameters: Parameters, scenario: Scenario, strike: int, at: int) -> Showing:
    delay: Timed | None = None
    if scenario.expect.detected_after is not None:
        elapsed = sum(path.mean(number) for number in range(strike, at))
        delay = held(Part(law_of(scenario.expect.detected_after), elapsed=elapsed), _delay_name(scenario))
    how = _failure(scenario, path.steps[at][1])
    if how is Notice.PASSES_LATER:
        message = (
            f"scenario `{scenario.name}` is expected to go on, and `{path.steps[at][1].name}` is tried again: "
            "its second attempt is taken to pass (`retry: {succeeds: …}` says how likely)"
        )
        parameters.gap(GapKind.ASSUMED, message, scenario.place)
    return Showing(how, at, delay=delay)


def _failure(scenario: Scenario, step: Step) -> Notice:
    """What a step shows of a scenario: where a failure would end a run that is expected to go on, it is acceptable."""
    if not _goes_on(scenario):
        return Notice.FAILS
    match step.on_failure:
        case Mitigate() | Simple.CONTINUE | Simple.NOTE | Simple.HOLD:
            return Notice.FAILS
        case Simple.RETRY | Simple.ROLLBACK | Recover():
            if step.retry.times == 0 and step.on_failure is not Simple.RETRY:
                return Notice.ACCEPTABLE
            return Notice.FAILS if step.retry.succeeds is not None else Notice.PASSES_LATER


def _by_monitor(path: HappyPath, parameters: Parameters, scenario: Scenario, strike: int, monitor: Monitor) -> Showing:
    rule = next((rule for rule in monitor.rules if _fits(rule.response, scenario)), monitor.rules[0])
    stated = scenario.expect.detected_after
    law = law_of(stated) if stated is not None else _window(rule, monitor.every, scenario.after)
    elapsed = 0.0
    earliest = _first_change(path) if scenario.expect.outcomes and not _may_abort(scenario) else 0
    last: int | None = None
    for number in range(strike, len(path.steps) + 1):
        if _samples(monitor, path, number):
            last = number
            if number >= earliest and elapsed + path.mean(number) >= mean(law):
                return _fires(scenario, monitor, rule, number, Part(law, elapsed=elapsed))
        elapsed += path.mean(number)
    if path.untimed and last is not None:
        return _fires(scenario, monitor, rule, last, Part(law))
    message = (
        f"monitor `{monitor.name}` needs {mean(law):.4g} s to notice scenario `{scenario.name}`, and the run is over "
        f"{elapsed:.4g} s after it strikes: it escapes"
    )
    parameters.gap(GapKind.TOO_LATE, message, scenario.place)
    return Showing(Notice.NEVER)


def _fires(scenario: Scenario, monitor: Monitor, rule: Rule, number: int, delay: Part) -> Showing:
    name = _delay_name(scenario) if scenario.expect.detected_after is not None else None
    return Showing(Notice.FIRES, number, (monitor.name, rule), held(delay, name))


def _delay_name(scenario: Scenario) -> str:
    return f"scenario.{scenario.name}.detected_after"


def _samples(monitor: Monitor, path: HappyPath, number: int) -> bool:
    return not monitor.during or (number < len(path.steps) and path.steps[number][0].name in monitor.during)


def _first_change(path: HappyPath) -> int:
    return next((number for number, (_, step) in enumerate(path.steps) if step.changes), 0)


def _may_abort(scenario: Scenario) -> bool:
    return Outcome.ABORTED in scenario.expect.outcomes


def _window(rule: Rule, every: float, after: float) -> Law:
    """When a rule comes true after a fault has struck: its own window, and up to one sample more."""
    match rule.condition:
        case Above(lasting=lasting):
            wait = after + lasting
        case Slope(over=over):
            wait = after + over
        case Seen():
            wait = after
    return Uniform(wait, wait + every) if every else Constant(wait)


def _fits(response: Response, scenario: Scenario) -> bool:
    """Whether a response can lead to what the author expects."""
    stays = response in {Simple.CONTINUE, Simple.NOTE, Simple.RETRY} or isinstance(response, Mitigate)
    return not scenario.expect.outcomes or stays == _goes_on(scenario)
