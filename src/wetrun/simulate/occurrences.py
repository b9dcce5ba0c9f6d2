"""What each scenario of a plan does in the forecast: where it strikes, what notices it, when, and what that leads to.

The author's expectation is taken at its word. `detected_by` names what notices: a step (which fails, or is only
acceptable where the author expects that the run goes on), or a monitor (whose rule fires). Without it the step before
which the fault strikes fails, and that is listed as an assumption.
"""

from dataclasses import dataclass
from enum import Enum
from fractions import Fraction

from wetrun.plan.monitors import Above, Monitor, Rule, Seen, Slope
from wetrun.plan.plan import Plan
from wetrun.plan.responses import Mitigate, Recover, Response, Simple
from wetrun.plan.scenarios import Outcome, Scenario
from wetrun.plan.steps import Step
from wetrun.simulate.happy import HappyPath
from wetrun.simulate.laws import Constant, Law, Uniform
from wetrun.simulate.parameters import GapKind, Parameters, exact
from wetrun.simulate.plan_times import law_of, mean, remaining

__all__ = ["Ground", "Notice", "Occurrence", "occurrences"]


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


class Ground(Enum):
    """How far the way back is known not to hold when the scenario has struck, by the outcome that its author expects."""

    HOLDS = 0
    ROLLBACK_IS_NOT_ENOUGH = 1
    NOTHING_RESTORES = 2
    NOTHING_CAN_BE_CARRIED_OUT = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Occurrence:
    """A scenario in the forecast.

    Attributes:
        index: Among the occurrences; how worlds name it.
        strike: The number of the step before which it strikes.
        drawn: The number of the step before which it is decided whether it strikes.
        at: The number of the step (or of the watch) that notices; None when nothing does.
        how: How it shows there.
        rule: The rule that fires, with its monitor's name.
        delay: The time until it is noticed from the beginning of step `at` on; None: at the step's own end.
        delay_name: The name of that time as a parameter.
        added: The time that it adds by itself.
        tolerated: The author expects that the run ends as if nothing had been.
        probability: When none of `given` has struck.
        given: Index of another occurrence → the probability when that one has struck, the first that has counts.
    """

    index: int
    scenario: Scenario
    strike: int
    drawn: int
    at: int | None
    how: Notice
    rule: tuple[str, Rule] | None = None
    delay: Law | None = None
    delay_name: str | None = None
    added: Law | None = None
    tolerated: bool = False
    ground: Ground = Ground.HOLDS
    probability: Fraction | None = None
    given: tuple[tuple[int, Fraction], ...] = ()

    @property
    def name(self) -> str:
        """The scenario's name."""
        return self.scenario.name


@dataclass(frozen=True, slots=True)
class _Showing:
    """How, when and by what a scenario is noticed."""

    how: Notice
    at: int | None = None
    rule: tuple[str, Rule] | None = None
    delay: Law | None = None
    delay_name: str | None = None


def occurrences(plan: Plan, path: HappyPath, parameters: Parameters) -> tuple[Occurrence, ...]:
    """The scenarios that the forecast knows, in an order in which each comes behind those on which it depends.

    Scenarios without a probability, and those that strike where there is no step, become gaps.
    """
    found: list[Occurrence] = []
    for scenario in _in_order(plan.scenarios):
        given = tuple(
            (other.index, exact(scenario.given[other.name])) for other in found if other.name in scenario.given
        )
        given = tuple(sorted(given, key=lambda pair: list(scenario.given).index(found[pair[0]].name)))
        if scenario.probability is None and not given:
            message = f"scenario `{scenario.name}` states no probability: it is not in the forecast"
            parameters.gap(GapKind.NO_PROBABILITY, message, scenario.place)
            continue
        strike = path.strike(scenario.strikes)
        if strike is None:
            message = f"scenario `{scenario.name}` strikes where no step is: it is not in the forecast"
            parameters.gap(GapKind.ASSUMED, message, scenario.place)
            continue
        found.append(_occurrence(plan, path, parameters, scenario, len(found), strike, given))
    silent = [one for one in found if one.scenario.down is None]
    if silent and plan.availability is not None:
        names = ", ".join(f"`{one.name}`" for one in silent)
        message = f"whether users feel it is not stated (`down`), so no downtime is counted for {names}"
        parameters.gap(GapKind.ASSUMED, message, silent[0].scenario.place)
    return tuple(found)


def _in_order(scenarios: tuple[Scenario, ...]) -> tuple[Scenario, ...]:
    """Each behind those on which it depends, else in the order of the plan."""
    placed: dict[str, Scenario] = {}
    by_name = {scenario.name: scenario for scenario in scenarios}
    waiting = list(reversed(scenarios))
    while waiting:
        scenario = waiting[-1]
        sources = [by_name[name] for name in scenario.given if name in by_name and name not in placed]
        if sources and len(waiting) <= 2 * len(scenarios):
            waiting.extend(reversed(sources))
            continue
        placed.setdefault(scenario.name, waiting.pop())
    return tuple(placed.values())


def _occurrence(
    plan: Plan,
    path: HappyPath,
    parameters: Parameters,
    scenario: Scenario,
    index: int,
    strike: int,
    given: tuple[tuple[int, Fraction], ...],
) -> Occurrence:
    added = None if scenario.expect.added is None else law_of(scenario.expect.added)
    parameters.duration(f"scenario.{scenario.name}.added", added, scenario.place)
    showing = _showing(plan, path, parameters, scenario, strike)
    parameters.duration(showing.delay_name, showing.delay, scenario.place)
    ground = _ground(scenario)
    if ground is not Ground.HOLDS:
        words = " or ".join(f"`{outcome.value}`" for outcome in scenario.expect.outcomes)
        message = (
            f"scenario `{scenario.name}` is expected to end {words}: that the rollback is not enough then is believed"
        )
        parameters.gap(GapKind.ASSUMED, message, scenario.place)
    return Occurrence(
        index=index,
        scenario=scenario,
        strike=strike,
        drawn=strike,
        at=showing.at,
        how=showing.how,
        rule=showing.rule,
        delay=showing.delay,
        delay_name=showing.delay_name,
        added=added,
        tolerated=Outcome.DEPLOYED in scenario.expect.outcomes,
        ground=ground,
        probability=None if scenario.probability is None else exact(scenario.probability),
        given=given,
    )


def _ground(scenario: Scenario) -> Ground:
    outcomes = scenario.expect.outcomes
    if not outcomes or not set(outcomes) <= {Outcome.RECOVERED, Outcome.NOT_RESTORED, Outcome.STUCK}:
        return Ground.HOLDS
    match outcomes[0]:
        case Outcome.NOT_RESTORED:
            return Ground.NOTHING_RESTORES
        case Outcome.STUCK:
            return Ground.NOTHING_CAN_BE_CARRIED_OUT
        case _:
            return Ground.ROLLBACK_IS_NOT_ENOUGH


def _goes_on(scenario: Scenario) -> bool:
    return scenario.expect.outcomes[:1] in {(Outcome.DEPLOYED,), (Outcome.DEPLOYED_DEGRADED,)}


def _showing(plan: Plan, path: HappyPath, parameters: Parameters, scenario: Scenario, strike: int) -> _Showing:
    check = scenario.expect.detected_by
    for monitor in plan.monitors:
        if monitor.name == check and monitor.rules:
            return _by_monitor(plan, path, parameters, scenario, strike, monitor)
    if check is not None:
        at = path.named(check, strike)
        if at is None:
            message = f"scenario `{scenario.name}` strikes behind step `{check}`, so that cannot notice it"
            parameters.gap(GapKind.TOO_LATE, message, scenario.place)
            return _Showing(Notice.NEVER)
        return _by_step(path, parameters, scenario, strike, at)
    if _goes_on(scenario) or scenario.expect.outcomes[:1] == (Outcome.ESCAPED,):
        return _Showing(Notice.NEVER)
    message = f"scenario `{scenario.name}` names no `detected_by`: the step before which it strikes is taken to fail"
    parameters.gap(GapKind.ASSUMED, message, scenario.place)
    return _by_step(path, parameters, scenario, strike, strike)


def _by_step(path: HappyPath, parameters: Parameters, scenario: Scenario, strike: int, at: int) -> _Showing:
    delay: Law | None = None
    name: str | None = None
    if scenario.expect.detected_after is not None:
        elapsed = sum(path.mean(number) for number in range(strike, at))
        delay = remaining(law_of(scenario.expect.detected_after), elapsed)
        name = f"scenario.{scenario.name}.detected_after"
    how = _failure(scenario, path.steps[at][1])
    if how is Notice.PASSES_LATER:
        message = (
            f"scenario `{scenario.name}` is expected to go on, and `{path.steps[at][1].name}` is tried again: "
            "its second attempt is taken to pass (`retry: {succeeds: …}` says how likely)"
        )
        parameters.gap(GapKind.ASSUMED, message, scenario.place)
    return _Showing(how, at, delay=delay, delay_name=name)


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


def _by_monitor(
    plan: Plan, path: HappyPath, parameters: Parameters, scenario: Scenario, strike: int, monitor: Monitor
) -> _Showing:
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
                return _fires(scenario, monitor, rule, number, remaining(law, elapsed))
        elapsed += path.mean(number)
    if path.untimed and last is not None:
        return _fires(scenario, monitor, rule, last, law)
    message = (
        f"monitor `{monitor.name}` needs {mean(law):.4g} s to notice scenario `{scenario.name}`, and the run is over "
        f"{elapsed:.4g} s after it strikes: it escapes"
    )
    parameters.gap(GapKind.TOO_LATE, message, scenario.place)
    return _Showing(Notice.NEVER)


def _fires(scenario: Scenario, monitor: Monitor, rule: Rule, number: int, law: Law) -> _Showing:
    name = f"scenario.{scenario.name}.detected_after" if scenario.expect.detected_after is not None else None
    return _Showing(Notice.FIRES, number, (monitor.name, rule), law, name)


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
