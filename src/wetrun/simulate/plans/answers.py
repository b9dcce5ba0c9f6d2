"""What the world answers to each thing that a run waits for: which events, how likely, after what time.

`wetrun.course.advance` says what the plan does about an event; this module says which events can come.
"""

from collections.abc import Iterable
from dataclasses import replace
from fractions import Fraction
from typing import assert_never

from wetrun.course.events import Answered, Compared, Event, RuleFired, StepEnded, WatchEnded
from wetrun.course.results import Verdict
from wetrun.course.run import Comparing, Holding, Line, LineKind, Position, Run, Stepping, Watching, steps_of
from wetrun.course.walking import section_name
from wetrun.lean import dataclass
from wetrun.plan.monitors import Rule
from wetrun.plan.plan import Plan, Procedure
from wetrun.plan.responses import Mitigate, Recover, Response, Simple, asks
from wetrun.plan.steps import Approve, Step
from wetrun.simulate.models.laws import Constant
from wetrun.simulate.plans.happy import HappyPath
from wetrun.simulate.plans.noticing import Notice
from wetrun.simulate.plans.occurrences import Ground, Occurrence
from wetrun.simulate.plans.parameters import GapKind, Parameters, exact
from wetrun.simulate.plans.plan_times import Timed
from wetrun.simulate.plans.world import Said, World

__all__ = ["Answer", "Answers", "Branch"]

_PASSED = StepEnded(0, Verdict.PASSED)
_ACCEPTABLE = StepEnded(0, Verdict.ACCEPTABLE)
_FAILED = StepEnded(0, Verdict.FAILED)


@dataclass(frozen=True, slots=True)
class Branch:
    """One thing that can come: the events, in order, and the world behind them."""

    events: tuple[Event, ...]
    world: World
    label: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """Everything that can come, after which time; `choice` is None when there is one branch."""

    time: Timed
    branches: tuple[Branch, ...]
    choice: str | None = None


class Answers:
    """The world of one plan.

    A run is asked about in its canonical form: its serial is 0.
    """

    def __init__(
        self, plan: Plan, path: HappyPath, occurrences: tuple[Occurrence, ...], parameters: Parameters
    ) -> None:
        self._plan = plan
        self._path = path
        self._occurrences = occurrences
        self._parameters = parameters

    def answer(self, run: Run, world: World) -> Answer:
        """What can come where the run waits for a step, the watch, a person or a comparison."""
        match run.stage:
            case Stepping(position) if position.line.kind is LineKind.PHASE:
                return self._happy_step(position, world)
            case Stepping(position) if position.line.kind is LineKind.MITIGATION:
                return self._mitigation_step(position, world)
            case Stepping(position):
                last = position.index + 1 == len(steps_of(self._plan, position.line))
                broken = last and world.ground == Ground.NOTHING_CAN_BE_CARRIED_OUT.value
                return _sure(self._time(position), (_FAILED if broken else _PASSED,), world)
            case Watching():
                return self._watch(world)
            case Holding(position):
                return self._person(position, world)
            case Comparing(line):
                return self._comparison(line, world)
            case _:
                raise AssertionError(run.stage)  # nothing is awaited there

    def _time(self, position: Position) -> Timed:
        return self._path.other[position.line][position.index]

    def _happy_step(self, position: Position, world: World) -> Answer:
        number = self._path.number(position.line.index, position.index)
        phase, step = self._path.steps[number]
        quiet = not world.open and not world.known and not world.unfelt
        if quiet and not isinstance(step.action, Approve):
            return _sure(*self._undisturbed(number, world))  # nearly every step of a long plan
        events: list[RuleFired] = []
        for one in self._showing(world.open, number, {Notice.FIRES}):
            assert one.rule is not None  # noqa: S101 - what fires has a rule
            event, world = self._fired(one, world, before=tuple(events))
            events.append(event)
            if _stops(one.rule[1].response):
                return _sure(one.delay or Timed(), (*events, _FAILED), world)
        if position.attempt > 1:
            passing = self._showing(world.known, number, {Notice.PASSES_LATER})
            world = world.healed(one.index for one in passing)
        failing = self._showing((*world.open, *world.known), number, {Notice.FAILS, Notice.PASSES_LATER})
        time = next(
            (one.delay for one in failing if one.delay and one.index in world.open),
            self._failing_time(number) if failing else self._path.times[number],
        )
        going_on = self._passing(number, tuple(events), world.healed(one.index for one in failing))
        if not failing and not isinstance(step.action, Approve):
            return _one(time, going_on)
        rule = None if _answers_itself(step, position) else world.rule
        failed = Branch(
            (*events, _FAILED), world.noticed((one.index for one in failing), stays=True)._replace(rule=rule), "no"
        )
        name = f"step.{phase.name}/{step.name}"
        if failing:
            if position.attempt == 1 or step.retry.succeeds is None:
                return _one(time, failed)
            choice = self._parameters.yes_or_no(f"{name}.retry.succeeds", exact(step.retry.succeeds), step.place)
            return Answer(time, (going_on, failed), choice)
        said = failed.world._replace(said=Said(f"{phase.name}/{step.name} is refused"))
        refused = replace(failed, world=said)
        return Answer(time, (going_on, refused), self._goes_on(name, step.goes_on, step, Fraction(1)))

    def _undisturbed(self, number: int, world: World) -> tuple[Timed, tuple[Event, ...], World]:
        """Nothing happens at a step: what several take together, the last takes where nothing has happened yet."""
        shared = self._path.shared[number]
        if shared is None or shared.place != world.owed:
            return self._path.times[number], (_PASSED,), world
        if shared.place + 1 < shared.count:
            return Timed(), (_PASSED,), world._replace(owed=world.owed + 1)
        return shared.whole, (_PASSED,), world._replace(owed=0)

    def _failing_time(self, number: int) -> Timed:
        """A step that is repeated until it passes fails at its deadline, and not before."""
        until = self._path.steps[number][1].until
        return self._path.times[number] if until is None else Timed(Constant(until.deadline))

    def _passing(self, number: int, events: tuple[Event, ...], world: World) -> Branch:
        """The step does its work; what is only acceptable about it shows."""
        acceptable = self._showing(world.open, number, {Notice.ACCEPTABLE})
        if not acceptable:
            return Branch((*events, _PASSED), world, "yes")
        world = world.noticed((one.index for one in acceptable), stays=False)
        return Branch((*events, _ACCEPTABLE), world, "yes")

    def _mitigation_step(self, position: Position, world: World) -> Answer:
        time = self._time(position)
        procedure = self._plan.procedures[position.line.procedure]
        if position.index + 1 < len(procedure.steps):
            return _sure(time, (_PASSED,), world)
        # Where the step's own mitigation ends in a question, that is put in place of what a rule wanted.
        own = position.back is not None and position.again
        rule = None if own and position.otherwise is Simple.HOLD else world.rule
        if world.helpless:
            return _sure(time, (_FAILED,), world._replace(rule=rule))
        no = Branch((_FAILED,), world._replace(helpless=True, rule=rule, said=Said(f"{procedure.name} fails")), "no")
        if any(self._occurrences[index].hopeless for index in world.known):
            return _one(time, no)
        helped = world.healed(world.known)._replace(helpless=False)
        if position.attempt > 1 or position.mitigated:
            return _sure(time, (_PASSED,), helped)
        yes = Branch((_PASSED,), helped._replace(said=Said(f"{procedure.name} helps")), "yes")
        return Answer(time, (yes, no), self._succeeds(f"procedure.{procedure.name}", procedure))

    def _watch(self, world: World) -> Answer:
        events: list[Event] = []
        for one in self._showing(world.open, len(self._path.steps), {Notice.FIRES}):
            assert one.rule is not None  # noqa: S101 - what fires has a rule
            event, world = self._fired(one, world)
            events.append(event)
            if one.rule[1].response not in {Simple.CONTINUE, Simple.NOTE, Simple.RETRY}:
                return _sure(one.delay or Timed(), tuple(events), world)
        return _sure(Timed(Constant(self._path.watch) if self._path.watch else None), (*events, WatchEnded()), world)

    def _person(self, position: Position | None, world: World) -> Answer:
        own = position is not None and position.line.kind is LineKind.MITIGATION
        fired = None if own or world.rule is None else self._occurrences[world.rule].rule
        if fired is not None:
            choice = self._goes_on(self._asking(*fired), fired[1].goes_on, fired[1], Fraction(0))
        else:
            assert position is not None  # noqa: S101 - behind the last step only a rule asks
            step = steps_of(self._plan, position.line)[position.index]
            section = section_name(self._plan, position.line)
            prefix = "step." if position.line.kind is LineKind.PHASE else ""
            # An approval without odds is given, a hold without odds is not: as a rehearsal answers them.
            twice = isinstance(step.action, Approve) and step.goes_on is None
            name = f"{prefix}{section}/{step.name}" + (".hold" if twice else "")
            choice = self._goes_on(name, step.goes_on, step, Fraction(0))
        message = "how long a person who is asked (`hold`) takes to answer is not in the forecast: it counts as 0 s"
        self._parameters.gap(GapKind.NO_TIME, message, None)
        yes = Branch((Answered(yes=True),), world._replace(said=Said("a person goes on")), "yes")
        no = Branch((Answered(yes=False),), world._replace(said=Said("a person decides against it")), "no")
        return Answer(Timed(), (yes, no), choice)

    def _comparison(self, line: Line | None, world: World) -> Answer:
        restored, differs = (Compared(),), (Compared(differing=("state",)),)
        match line:
            case None:  # nothing has changed yet
                return _sure(Timed(), restored, world)
            case Line(kind=LineKind.RECOVERY, index=index):
                procedure = self._plan.recoveries[index]
                name, lost = f"recovery.{procedure.name}", Ground.NOTHING_RESTORES.value
            case _:
                assert self._plan.rollback is not None  # noqa: S101 - it has just run
                procedure = self._plan.rollback
                name, lost = "rollback", Ground.ROLLBACK_IS_NOT_ENOUGH.value
        failed = world._replace(said=Said(f"{procedure.name} does not restore"))
        if world.ground >= lost:
            return _sure(Timed(), differs, failed)
        branches = (Branch(restored, world, "yes"), Branch(differs, failed, "no"))
        return Answer(Timed(), branches, self._succeeds(name, procedure))

    def _showing(self, indices: Iterable[int], number: int, how: set[Notice]) -> tuple[Occurrence, ...]:
        """Those that show at a step in one of these ways, in order."""
        found = [one for index in indices if (one := self._occurrences[index]).at == number and one.how in how]
        return tuple(sorted(found, key=lambda one: one.index))

    def _fired(self, one: Occurrence, world: World, *, before: tuple[RuleFired, ...] = ()) -> tuple[RuleFired, World]:
        """A rule comes true; `before`: what fired in the same step, and may have to wait for its end."""
        assert one.rule is not None  # noqa: S101 - what fires has a rule
        monitor, rule = one.rule
        world = world.noticed((one.index,), stays=isinstance(rule.response, Mitigate))
        waiting = any(isinstance(other.response, Mitigate) or other.response is Simple.HOLD for other in before)
        asking = asks(rule.response) and (rule.response is Simple.HOLD or not waiting)
        return RuleFired(monitor, rule.text, rule.response), world._replace(rule=one.index) if asking else world

    def _asking(self, monitor: str, rule: Rule) -> str:
        """What a rule is called that asks: by its monitor, and by its number where several of that one ask."""
        rules = next(one.rules for one in self._plan.monitors if one.name == monitor)
        several = sum(asks(one.response) for one in rules) > 1
        return f"monitor.{monitor}.rule {rules.index(rule) + 1}" if several else f"monitor.{monitor}"

    def _succeeds(self, name: str, procedure: Procedure) -> str:
        if procedure.succeeds is None:
            message = f"`{name}` states no `succeeds`: it is taken to help always"
            self._parameters.gap(GapKind.ASSUMED, message, procedure.place)
        value = Fraction(1) if procedure.succeeds is None else exact(procedure.succeeds)
        return self._parameters.yes_or_no(
            f"{name}.succeeds", value, procedure.place, stated=procedure.succeeds is not None
        )

    def _goes_on(self, name: str, stated: float | None, part: Step | object, silent: Fraction) -> str:
        place = getattr(part, "place", None)
        if stated is None:
            answer = "yes" if silent else "no"
            message = f"`{name}` does not say how likely a person goes on (`goes_on`): {answer}, as in a rehearsal"
            self._parameters.gap(GapKind.ASSUMED, message, place)
        value = silent if stated is None else exact(stated)
        return self._parameters.yes_or_no(f"{name}.goes_on", value, place, stated=stated is not None)


def _sure(time: Timed, events: tuple[Event, ...], world: World) -> Answer:
    return Answer(time, (Branch(events, world),))


def _one(time: Timed, branch: Branch) -> Answer:
    return Answer(time, (replace(branch, label=""),))


def _answers_itself(step: Step, position: Position) -> bool:
    """Whether a question about the step's own failure comes in place of what a rule wanted at the step's end."""
    if position.attempt <= step.retry.times:
        return False
    match step.on_failure:
        case Mitigate(otherwise=otherwise):
            return position.mitigated and otherwise is Simple.HOLD
        case response:
            return response is Simple.HOLD


def _stops(response: Response) -> bool:
    """Whether a rule's response ends a running step."""
    match response:
        case Simple.ROLLBACK | Recover():
            return True
        case Simple() | Mitigate():
            return False
        case _:
            assert_never(response)
