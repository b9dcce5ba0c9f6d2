"""A plan with its scenarios, played step by step on real runs: what a forecast says at once, one history at a time.

It shares nothing with the compiler but `advance` and the plan: everything is decided at the beginning, nothing is
forgotten, and time is a clock that counts each step of the happy path once.
"""

from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction

from played_scenarios import (
    Place,
    answered_anyway,
    first_change,
    goes_on,
    may_abort,
    never_deploys,
    noticing_rule,
    noticing_step,
    odds_of_going_on,
    only_acceptable,
)
from wetrun.course.advance import advance
from wetrun.course.effects import Ask, Compare, Effect, RunStep, TakeBaseline, Watch
from wetrun.course.events import (
    Answered,
    BaselineTaken,
    Begun,
    Compared,
    Event,
    FaultInjected,
    RuleFired,
    StepEnded,
    WatchEnded,
)
from wetrun.course.results import Verdict
from wetrun.course.run import Comparing, Ended, Holding, Line, LineKind, Run, Stepping, Stopping, Watching, steps_of
from wetrun.plan.durations import Fixed
from wetrun.plan.monitors import Above, Rule
from wetrun.plan.plan import Plan, Procedure
from wetrun.plan.responses import Mitigate
from wetrun.plan.scenarios import Outcome, Scenario
from wetrun.plan.steps import Approve, Step

__all__ = ["Decide", "enumerated", "outcome_of"]

Decide = Callable[[Mapping[str, Fraction]], str]
_NO_ROLLBACK = {Outcome.RECOVERED, Outcome.NOT_RESTORED, Outcome.STUCK}


def outcome_of(plan: Plan, decide: Decide) -> str:
    """Play a plan once; `decide` is asked for a label wherever chance decides."""
    return _Play(plan, decide).outcome()


def enumerated(plan: Plan) -> dict[str, Fraction]:
    """The exact probability of every outcome, by playing every history that has a probability at all."""
    totals: dict[str, Fraction] = {}
    for outcome, weight in _histories(plan):
        totals[outcome] = totals.get(outcome, Fraction(0)) + weight
    return totals


def _histories(plan: Plan) -> Iterator[tuple[str, Fraction]]:
    waiting: list[tuple[str, ...]] = [()]
    while waiting:
        prefix = waiting.pop()
        taken: list[str] = []
        weight = Fraction(1)

        def decide(odds: Mapping[str, Fraction], prefix: tuple[str, ...] = prefix, taken: list[str] = taken) -> str:
            nonlocal weight
            if len(taken) < len(prefix):
                label = prefix[len(taken)]
            else:
                label, *others = [label for label, probability in odds.items() if probability]
                waiting.extend((*taken, other) for other in others)
            taken.append(label)
            weight *= odds[label]
            return label

        outcome = outcome_of(plan, decide)
        yield outcome, weight


def _odds(probability: float | None, default: int = 1) -> Mapping[str, Fraction]:
    value = Fraction(default) if probability is None else Fraction(probability).limit_denominator(1000)
    return {"yes": value, "no": 1 - value}


class _Play:
    def __init__(self, plan: Plan, decide: Decide) -> None:
        self.plan = plan
        self.ask = decide
        self.run = Run(plan=plan)
        self.clock = 0.0
        self.will_strike = self._decided()
        self.struck: dict[str, float] = {}
        self.missed: set[str] = set()
        self.gone: set[str] = set()
        self.seen: set[str] = set()
        self.before = self.run.stage
        self.mended: bool | None = None
        self.happy = [(phase.name, step) for phase in plan.phases for step in phase.steps]
        self.ladder = ""

    def yes(self, probability: float | None, default: int = 1) -> bool:
        return self.ask(_odds(probability, default)) == "yes"

    def _decided(self) -> set[str]:
        """Whatever will strike in this history, decided before anything happens."""
        will: set[str] = set()
        groups: dict[str, list[Scenario]] = {}
        for scenario in self.plan.scenarios:
            if scenario.one_of is not None and scenario.probability is not None:
                groups.setdefault(scenario.one_of, []).append(scenario)
        for members in groups.values():
            odds = {member.name: _odds(member.probability)["yes"] for member in members}
            will.add(self.ask({**odds, "": 1 - sum(odds.values(), Fraction(0))}))
        for scenario in self.plan.scenarios:  # in these plans a scenario comes behind those on which it depends
            if scenario.one_of is None:
                cause = next((name for name in scenario.given if name in will), None)
                probability = scenario.probability if cause is None else scenario.given[cause]
                if probability is not None and self.yes(probability):
                    will.add(scenario.name)
        return will

    def feed(self, event: Event) -> tuple[Effect, ...]:
        if isinstance(self.run.stage, Comparing) and self.run.stage.line is not None:
            line = self.run.stage.line
            self.ladder = "" if line.kind is LineKind.ROLLBACK else self.plan.recoveries[line.index].name
        self.before = self.run.stage
        self.run, effects = advance(self.run, event)
        return effects

    def outcome(self) -> str:
        effects = self.feed(Begun())
        while not isinstance(self.run.stage, Ended):
            awaited = [one for one in effects if isinstance(one, TakeBaseline | RunStep | Watch | Ask | Compare)]
            assert len(awaited) == 1, effects
            effects = self._answered(awaited[0])
        outcome = self.run.stage.outcome
        if outcome in {Outcome.DEPLOYED, Outcome.DEPLOYED_DEGRADED} and self._unseen():
            outcome = Outcome.ESCAPED  # `advance` knows of one fault, and of several whether any was noticed
        return f"recovered/{self.ladder}" if outcome is Outcome.RECOVERED else outcome.value

    def _unseen(self) -> list[str]:
        """What has struck, was noticed by nothing, and may not be there."""
        return [
            one.name
            for one in self.plan.scenarios
            if one.name in self.struck and one.name not in self.seen and Outcome.DEPLOYED not in one.expect.outcomes
        ]

    def _answered(self, effect: Effect) -> tuple[Effect, ...]:
        match effect, self.run.stage:
            case TakeBaseline(), _:
                return self.feed(BaselineTaken())
            case RunStep(), Stepping(position) if position.line.kind is LineKind.PHASE:
                return self._happy(effect, arrives=position.attempt == 1 and not position.mitigated)
            case RunStep(), Stepping(position) if position.line.kind is LineKind.MITIGATION:
                return self._mitigation(effect, self.plan.procedures[position.line.procedure])
            case RunStep(), Stepping(position):
                last = position.index + 1 == len(steps_of(self.plan, position.line))
                return self.end(effect, Verdict.FAILED if last and self._hopeless(Outcome.STUCK) else Verdict.PASSED)
            case Watch(seconds), _:
                return self._watch(seconds)
            case Ask(question), Holding():
                return self.feed(Answered(self.yes(odds_of_going_on(self.run, self.before, question), 0)))
            case Compare(), Comparing(line):
                return self.feed(Compared(() if line is None or self._restored(line) else ("state",)))
            case _:
                raise AssertionError(effect)

    def end(self, effect: RunStep, verdict: Verdict) -> tuple[Effect, ...]:
        return self.feed(StepEnded(effect.serial, verdict, "so it is", {"n": str(effect.serial)}))

    def present(self) -> list[Scenario]:
        return [one for one in self.plan.scenarios if one.name in self.struck and one.name not in self.gone]

    def _hopeless(self, outcome: Outcome) -> bool:
        """Whether a scenario was met of which the author says that it ends like this, or worse."""
        ranks = [Outcome.RECOVERED, Outcome.NOT_RESTORED, Outcome.STUCK]
        return any(
            one.expect.outcomes
            and set(one.expect.outcomes) <= _NO_ROLLBACK
            and ranks.index(one.expect.outcomes[0]) >= ranks.index(outcome)
            for one in self.plan.scenarios
            if one.name in self.struck
        )

    def _restored(self, line: Line) -> bool:
        if line.kind is LineKind.ROLLBACK:
            assert self.plan.rollback is not None
            return not self._hopeless(Outcome.RECOVERED) and self.yes(self.plan.rollback.succeeds)
        return not self._hopeless(Outcome.NOT_RESTORED) and self.yes(self.plan.recoveries[line.index].succeeds)

    def _happy(self, effect: RunStep, *, arrives: bool) -> tuple[Effect, ...]:
        step, here = effect.step, (effect.section, effect.step)
        self.mended = None  # whatever was begun for it is over, and says nothing of what is begun next
        if arrives:
            self._arrive()
            self._strike(effect.section, step)
        for scenario in self.present():
            rule = self._fires(scenario, effect.section, self.happy.index(here), _time(step) if arrives else 0.0)
            if rule is not None and scenario.name not in self.seen:
                self._fire(scenario, rule)
                if isinstance(self.run.stage, Stopping):
                    return self.end(effect, Verdict.FAILED)
        if arrives:
            self.clock += _time(step)
        failing = [one for one in self.present() if self._shows_at(one) == here and not only_acceptable(one, step)]
        passed = False
        if failing and effect.attempt > 1:
            passed = self._retried(failing, step)
            failing = [one for one in failing if one.name not in self.gone]
        asks = not failing and not passed and isinstance(step.action, Approve)
        asked_no = asks and not self.yes(step.goes_on)
        if failing or asked_no:
            self.seen |= {one.name for one in failing}
            return self.end(effect, Verdict.FAILED)
        mild = [one for one in self.present() if self._shows_at(one) == here and only_acceptable(one, step)]
        mild = [one for one in mild if one.name not in self.seen]
        self.seen |= {one.name for one in mild}
        return self.end(effect, Verdict.ACCEPTABLE if mild else Verdict.PASSED)

    def _arrive(self) -> None:
        """Behind whatever was noticed before: it was answered or gone on with, and shows nowhere else."""
        self.gone |= {one.name for one in self.present() if one.name in self.seen}

    def _retried(self, failing: list[Scenario], step: Step) -> bool:
        """Heal what a further attempt heals; whether the plan's own odds of a further attempt said that it passes."""
        for one in failing:
            if one.name in self.seen and goes_on(one) and not answered_anyway(step) and step.retry.succeeds is None:
                self.gone.add(one.name)
        left = [one for one in failing if one.name not in self.gone]
        if left and step.retry.succeeds is not None and self.yes(step.retry.succeeds):
            self.gone |= {one.name for one in left}
            return True
        return False

    def _strike(self, section: str, step: Step) -> None:
        first = next(one for name, one in self.happy if name == section) is step
        for one in self.plan.scenarios:
            if one.name in self.will_strike and (
                one.strikes == f"{section}/{step.name}" or (first and one.strikes == section)
            ):
                self.struck[one.name] = self.clock
                if not self.yes(one.expect.detected):
                    self.missed.add(one.name)
                if Outcome.DEPLOYED not in one.expect.outcomes:
                    self.feed(FaultInjected(effective=True, measured="struck"))

    def _shows_at(self, scenario: Scenario) -> Place | None:
        return None if scenario.name in self.missed else noticing_step(self.happy, scenario)

    def _fires(self, scenario: Scenario, section: str | None, number: int, seconds: float) -> Rule | None:
        """The rule that comes true within the next `seconds`, when it was not noticed yet."""
        for monitor in self.plan.monitors:
            if monitor.name != scenario.expect.detected_by or scenario.name in self.missed:
                continue
            rule = noticing_rule(monitor, scenario)
            assert isinstance(rule.condition, Above)
            due = rule.condition.lasting + monitor.every / 2 <= self.clock + seconds - self.struck[scenario.name]
            early = scenario.expect.outcomes and not may_abort(scenario) and number < first_change(self.happy)
            sampled = not monitor.during or section in monitor.during
            return rule if due and sampled and not early else None
        return None

    def _fire(self, scenario: Scenario, rule: Rule) -> tuple[Effect, ...]:
        self.seen.add(scenario.name)
        if not isinstance(rule.response, Mitigate):
            self.gone.add(scenario.name)  # done with: a mitigation that comes now is for something else
        return self.feed(RuleFired(scenario.expect.detected_by or "", rule.text, rule.response))

    def _mitigation(self, effect: RunStep, procedure: Procedure) -> tuple[Effect, ...]:
        if effect.step is not procedure.steps[-1]:
            return self.end(effect, Verdict.PASSED)
        if any(never_deploys(one) for one in self.present() if one.name in self.seen):
            self.mended = False
        elif self.mended is None or effect.attempt == 1:
            self.mended = self.yes(procedure.succeeds) if self.mended is not False else False
        if self.mended:
            self.gone |= self.seen
            self.mended = None
            return self.end(effect, Verdict.PASSED)
        return self.end(effect, Verdict.FAILED)

    def _watch(self, seconds: float) -> tuple[Effect, ...]:
        self.mended = None
        self._arrive()
        for scenario in self.present():
            rule = self._fires(scenario, None, len(self.happy), seconds)
            if rule is not None and scenario.name not in self.seen:
                effects = self._fire(scenario, rule)
                if not isinstance(self.run.stage, Watching):
                    return effects
        return self.feed(WatchEnded())


def _time(step: Step) -> float:
    return step.expected.value if isinstance(step.expected, Fixed) else 0.0
