"""The states of a plan, found by playing it: `advance` says what the plan does, `Answers` what the world does.

Every pair of a canonical run and a world becomes a state; what waits there decides its time and what comes next.
"""

from collections import deque
from dataclasses import replace

from wetrun.course.advance import advance, fold
from wetrun.course.effects import RunStep
from wetrun.course.events import BaselineTaken, Begun, Event, FaultInjected
from wetrun.course.run import Comparing, Ended, Holding, LineKind, Run, Stage, Stepping, Watching, steps_of
from wetrun.course.walking import section_name
from wetrun.lean import pattern
from wetrun.plan.plan import Plan
from wetrun.plan.scenarios import Outcome
from wetrun.simulate.models.graph import State
from wetrun.simulate.models.laws import Constant
from wetrun.simulate.plans.answers import Answers
from wetrun.simulate.plans.canonical import canonical, key, on_the_way_back
from wetrun.simulate.plans.draws import Draw, Draws
from wetrun.simulate.plans.happy import HappyPath
from wetrun.simulate.plans.noticing import Notice
from wetrun.simulate.plans.occurrences import Occurrence
from wetrun.simulate.plans.plan_times import Timed
from wetrun.simulate.plans.world import Said, World

__all__ = ["Explorer", "place_of"]

_FELT = (-1,)
"""On the way back it matters that users feel something, and no longer what."""

_DEPLOYED = frozenset({Outcome.DEPLOYED, Outcome.DEPLOYED_DEGRADED})
_AGAIN = pattern(r" #\d+$")


def place_of(name: str) -> str:
    """Where in the plan a state is, by its name: states of one place differ in what has happened before."""
    return _AGAIN.sub("", name)


class Explorer:
    """Finds every state that a plan can come into.

    Attributes:
        states: By name, in the order in which they are met.
        told: Names of the states that are worth telling: what went wrong, and what was done about it.
    """

    def __init__(
        self, plan: Plan, path: HappyPath, occurrences: tuple[Occurrence, ...], draws: Draws, answers: Answers
    ) -> None:
        self._plan = plan
        self._path = path
        self._occurrences = occurrences
        self._draws = draws
        self._answers = answers
        self._names: dict[tuple[object, ...], str] = {}
        self._taken: dict[str, int] = {}
        self._waiting: deque[tuple[str, Run, World]] = deque()
        self._outcomes: dict[str, State] = {}
        self.states: dict[str, State] = {}
        self.told: set[str] = set()

    def explore(self) -> str:
        """Find all states and give the name of the first; outcomes come last."""
        run, _ = fold(Run(plan=self._plan), (Begun(), BaselineTaken()))
        first = self._visit(run, self._arrived(run.stage, World()))
        while self._waiting:
            name, run, world = self._waiting.popleft()
            self.states[name] = self._state(name, run, world)
        self.states.update(self._outcomes)
        return first

    def _visit(self, run: Run, world: World, before: Stage | None = None) -> str:
        """The name of the state for a run and a world, which is explored later when it is new."""
        if isinstance(run.stage, Ended) and world.said is None:
            return self._outcome(run.stage.outcome, before)
        bare = canonical(run)
        known = (key(bare), world, before if isinstance(run.stage, Ended) else None)
        name = self._names.get(known)
        if name is None:
            name = self._names[known] = self._fresh(self._title(bare.stage, world))
            self._waiting.append((name, bare, world))
        return name

    def _outcome(self, outcome: Outcome, before: Stage | None) -> str:
        name = outcome.value
        if outcome is Outcome.RECOVERED and isinstance(before, Comparing) and before.line is not None:
            name = f"{name}/{self._plan.recoveries[before.line.index].name}"
        self._outcomes.setdefault(name, State(name))
        self._taken.setdefault(name, 1)
        return name

    def _fresh(self, title: str) -> str:
        count = self._taken[title] = self._taken.get(title, 0) + 1
        return title if count == 1 else f"{title} #{count}"

    def _state(self, name: str, run: Run, world: World) -> State:
        tags = self._tags(run.stage, world)
        if world.said is not None:
            return self._told(name, run, world, world.said, tags)
        if world.todo:
            return self._decision(name, run, world, tags)
        if world.shown:
            return self._noticed_or_not(name, run, world, tags)
        if world.pause:
            after = self._visit(run, world._replace(pause=0.0))
            return State(name, Constant(world.pause), tags, next={"": after}, label="back-off")
        label = self._label(run.stage)
        if label:
            self.told.add(name)
        answer = self._answers.answer(run, world)
        next_ = {branch.label: self._after(run, branch.events, branch.world) for branch in answer.branches}
        time = answer.time
        return State(name, time.law, tags, answer.choice, next_, time.name, label, time.part)

    def _told(self, name: str, run: Run, world: World, said: Said, tags: frozenset[str]) -> State:
        self.told.add(name)
        one = None if said.added is None else self._occurrences[said.added]
        time = Timed() if one is None or one.added is None else Timed(one.added, f"scenario.{one.name}.added")
        after = self._visit(run, world._replace(said=None))
        return State(name, time.law, tags, next={"": after}, duration=time.name, label=said.words)

    def _decision(self, name: str, run: Run, world: World, tags: frozenset[str]) -> State:
        index, rest = world.todo[0], world._replace(todo=world.todo[1:])
        if index in world.coming:
            come = rest._replace(coming=tuple(other for other in rest.coming if other != index))
            return State(name, tags=tags, next={"": self._struck(run, come, index)}, label="decided")
        draw: Draw | None = self._draws.draw(index, world)
        if draw is None:
            return State(name, tags=tags, next={"": self._visit(run, rest)}, label="decided")
        next_ = {label: self._drawn(run, rest, index, striker) for label, striker in draw.strikes.items()}
        return State(name, tags=tags, choice=draw.choice, next=next_, label=f"whether {draw.choice}")

    def _noticed_or_not(self, name: str, run: Run, world: World, tags: frozenset[str]) -> State:
        """Decide whether the check that would notice does; what it misses is noticed by nobody else."""
        index, rest = world.shown[0], world._replace(shown=world.shown[1:])
        one = self._occurrences[index]
        missed = rest._replace(
            open=tuple(other for other in rest.open if other != index),
            blind=rest.blind or not one.tolerated,
            said=Said(f"nobody notices {one.name}"),
        )
        choice = f"scenario.{one.name}.detected"
        next_ = {"yes": self._visit(run, rest), "no": self._visit(run, missed)}
        return State(name, tags=tags, choice=choice, next=next_, label=f"whether {choice}")

    def _drawn(self, run: Run, world: World, index: int, striker: int | None) -> str:
        if striker is None:
            return self._visit(run, world)
        if striker == index or self._occurrences[striker].drawn == self._occurrences[index].drawn:
            return self._struck(run, world, striker)
        return self._visit(run, world._replace(coming=tuple(sorted({*world.coming, striker}))))

    def _struck(self, run: Run, world: World, index: int) -> str:
        one = self._occurrences[index]
        if not one.tolerated:
            run, _ = advance(run, FaultInjected(effective=True, measured=""))
        unnoticed = one.how is not Notice.NEVER or not one.tolerated
        phase, step = self._path.steps[one.strike]
        owed = world.owed
        before = self._tags(run.stage, world)
        world = world._replace(
            owed=0,
            open=tuple(sorted({*world.open, index})) if unnoticed else world.open,
            shown=(*world.shown, index) if one.at == one.drawn and one.detected is not None else world.shown,
            memory=tuple(sorted({*world.memory, index})) if self._draws.asked_for(index) else world.memory,
            down=tuple(sorted({*world.down, index})) if one.felt == one.strike else world.down,
            unfelt=tuple(sorted({*world.unfelt, index})) if (one.felt or 0) > one.strike else world.unfelt,
            ground=max(world.ground, one.ground.value),
            said=Said(f"{one.name} strikes before {phase.name}/{step.name}", index),
        )
        after = self._visit(run, world)
        return self._made_up(owed, run.stage, before, after) if owed else after

    def _made_up(self, owed: int, stage: Stage, tags: frozenset[str], after: str) -> str:
        """The state that takes the time of the steps that had not taken theirs when something happened."""
        assert isinstance(stage, Stepping)  # noqa: S101 - what is owed is owed within a phase
        number = self._path.number(stage.position.line.index, stage.position.index)
        phase, _ = self._path.steps[number]
        known = (phase.name, owed, tags, after)
        if known not in self._names:
            shared = next(one for one in self._path.shared[: number + 1][::-1] if one is not None)
            time = shared.first(owed)
            name = self._names[known] = self._fresh(f"{phase.name} until then")
            self.states[name] = State(name, time.law, tags, next={"": after}, duration=time.name, part=time.part)
        return self._names[known]

    def _after(self, run: Run, events: tuple[Event, ...], world: World) -> str:
        before = run.stage
        pause = 0.0
        for event in events:
            run, effects = advance(run, event)
            pause = next((effect.delay for effect in effects if isinstance(effect, RunStep)), pause)
        if isinstance(run.stage, Ended) and run.stage.outcome in _DEPLOYED and self._has_escaped(world):
            run = replace(run, stage=Ended(Outcome.ESCAPED, ""))
        world = self._arrived(run.stage, world)
        return self._visit(run, world if world.pause == pause else world._replace(pause=pause), before)

    def _has_escaped(self, world: World) -> bool:
        """Whether something has struck that nobody noticed; that something else was noticed does not help users."""
        return world.blind or any(not self._occurrences[index].tolerated for index in world.open)

    def _arrived(self, stage: Stage, world: World) -> World:
        """The world once a run has got somewhere: what is to be decided there, and what can be forgotten."""
        if on_the_way_back(stage) or isinstance(stage, Comparing | Ended):
            helpless = (
                world.helpless and isinstance(stage, Stepping) and stage.position.line.kind is LineKind.MITIGATION
            )
            return World(down=_FELT if world.down else (), ground=world.ground, helpless=helpless, said=world.said)
        match stage:
            case Watching():
                todo = () if world.watched else self._draws.before(len(self._path.steps))
                kept = world._replace(known=(), memory=(), rule=None, helpless=False)
                shown = () if world.watched else self._shown(world, len(self._path.steps))
                return kept._replace(todo=todo, shown=shown, watched=True)
            case Stepping(position) if position.line.kind is LineKind.PHASE:
                world = world._replace(helpless=False)
                if position.attempt > 1 or position.mitigated:
                    return world
                number = self._path.number(position.line.index, position.index)
                if world.unfelt:
                    world = self._felt(world, number)
                memory = self._draws.remembered(world, number)
                shown, todo = self._shown(world, number), self._draws.before(number)
                return world._replace(todo=todo, shown=shown, known=(), memory=memory, rule=None)
            case _:
                return world

    def _felt(self, world: World, number: int) -> World:
        """The world with what users feel from a step on."""
        begins = {index for index in world.unfelt if self._occurrences[index].felt == number}
        unfelt = tuple(index for index in world.unfelt if index not in begins)
        return world._replace(down=tuple(sorted({*world.down, *begins})), unfelt=unfelt)

    def _shown(self, world: World, number: int) -> tuple[int, ...]:
        """What would be noticed at a step, and may be missed."""
        some = (self._occurrences[index] for index in world.open)
        return tuple(one.index for one in some if one.at == number and one.detected is not None)

    def _tags(self, stage: Stage, world: World) -> frozenset[str]:
        tags: set[str] = set()
        if world.blind or any(
            not one.tolerated or one.how is not Notice.NEVER for one in map(self._occurrences.__getitem__, world.open)
        ):
            tags.add("detecting")
        happy = isinstance(stage, Watching) or (
            isinstance(stage, Stepping) and stage.position.line.kind is LineKind.PHASE and not world.known
        )
        if not happy:
            tags.add("recovering")
        waits = world.said is None and not world.todo and not world.shown and not world.pause
        if world.down or (waits and isinstance(stage, Stepping) and _step_is_felt(self._plan, stage)):
            tags.add("down")
        return frozenset(tags)

    def _title(self, stage: Stage, world: World) -> str:
        if world.said is not None:
            return world.said.words
        title = self._where(stage)
        if world.todo:
            return f"{self._occurrences[world.todo[0]].name}? before {title}"
        if world.shown:
            return f"is {self._occurrences[world.shown[0]].name} noticed? {title}"
        return f"back-off before {title}" if world.pause else title

    def _where(self, stage: Stage) -> str:
        match stage:
            case Stepping(position):
                step = steps_of(self._plan, position.line)[position.index]
                return f"{section_name(self._plan, position.line)}/{step.name}"
            case Watching():
                return "watch"
            case Holding():
                return "a person is asked"
            case Comparing(line):
                return f"comparison after {'abort' if line is None else section_name(self._plan, line)}"
            case _:
                return "the end"

    def _label(self, stage: Stage) -> str:
        """What is worth telling about waiting here: that the way back begins."""
        match stage:
            case Stepping(position) if position.index == 0 and position.attempt == 1 and not position.mitigated:
                match position.line.kind:
                    case LineKind.ROLLBACK:
                        return "rollback"
                    case LineKind.RECOVERY:
                        return self._plan.recoveries[position.line.index].name
                    case LineKind.PHASE | LineKind.MITIGATION:
                        return ""
            case _:
                return ""


def _step_is_felt(plan: Plan, stage: Stepping) -> bool:
    return steps_of(plan, stage.position.line)[stage.position.index].down
