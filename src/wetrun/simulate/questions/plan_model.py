"""A plan as a model that can be asked: its graph with runs counted in, and the same with some inputs set to others."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction

from wetrun.lean import dataclass
from wetrun.plan.durations import Duration, Fixed
from wetrun.plan.fleet import Fleet
from wetrun.plan.plan import Plan
from wetrun.simulate.evidence.law_doubt import TimeDoubt
from wetrun.simulate.evidence.observed_times import updated_graph
from wetrun.simulate.evidence.posterior import Posterior, posteriors
from wetrun.simulate.models.graph import Choice, Graph
from wetrun.simulate.models.inputs import Chance, ImpossibleSettingError, Input, Setting, Time, apply, find
from wetrun.simulate.models.law_moments import mean_and_variance
from wetrun.simulate.plans.compiling import Compiled, compile_plan
from wetrun.simulate.plans.parameters import ParameterKind
from wetrun.simulate.plans.stated import law_of
from wetrun.simulate.plans.stated_times import WATCH, duration_of, open_times, scaled_duration, stated_times, with_times
from wetrun.simulate.questions.asked_model import Doubts
from wetrun.simulate.questions.worth import PlanWorth

__all__ = ["PlanModel", "detection", "model_of_plan"]


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanModel:
    """A plan, what runs tell of it, and what is asked of it.

    Attributes:
        plan: As its author wrote it.
        counts: Choice → label → runs.
        seconds: Holding time → observed seconds while nothing was wrong.
        settings: Inputs that are set to other values; what runs tell of those is passed over.
        compiled: The plan with the times that are set, and with those that it leaves open and runs have shown.
        measured: Names of the latter.
        known: Inputs that the graph depends on, by name.
        choices: Choice → what is known of it.
        graph: With runs counted in and everything set.
        fleet: What it runs on, with everything set; None where it runs once.
    """

    plan: Plan
    counts: Mapping[str, Mapping[str, int]]
    seconds: Mapping[str, Sequence[float]]
    settings: Mapping[str, Setting]
    compiled: Compiled
    measured: frozenset[str]
    known: Mapping[str, Input]
    choices: Mapping[str, Posterior]
    graph: Graph
    fleet: Fleet | None = None

    @property
    def unit(self) -> str:
        """Of all times."""
        return self.graph.unit

    @property
    def inputs(self) -> dict[str, Input]:
        """Everything that can be set: what the graph depends on, times that the plan could state, and the fleet."""
        times = {name: Time(name) for name in stated_times(self.plan)}
        noticed = map(detection, sorted(self.compiled.noticed))
        found: dict[str, Input] = {name: Chance(name, name, "yes", "no") for name in noticed}
        return {**found, **times, **self.known, **_fleet_inputs(self.plan)}

    def by_its_own_numbers(self) -> Compiled:
        """The plan as its author wrote it, compiled: nothing is set."""
        times = _times(self.settings, stated_times(self.plan))
        return compile_plan(self.plan) if times or self.measured else self.compiled

    @property
    def doubts(self) -> Doubts:
        """How well its numbers are known: by the plan's word, and by what runs have shown."""
        word = self.plan.prior_runs
        runs = {name: len(seen) + (0 if name in self.measured else word) for name, seen in self.seconds.items()}
        return Doubts(self.choices, TimeDoubt(runs, word, self.measured))

    @property
    def worth(self) -> PlanWorth:
        """Which way is good: what the words of a plan mean."""
        return PlanWorth()

    def changed(self, settings: Mapping[str, Setting]) -> "PlanModel":
        """The model when some inputs are set to other values, too; what is set is worth what a stated number is.

        Raises:
            UnknownInputError: There is no input of that name.
            ImpossibleSettingError: An input cannot have that value.
        """
        together, of_fleet = {**self.settings, **settings}, _fleet_inputs(self.plan)
        own = {name: value for name, value in settings.items() if name not in of_fleet}
        if any(isinstance(find(name, self.inputs), Time) or name not in self.known for name in own):
            return model_of_plan(self.plan, self.counts, self.seconds, together)
        fleet = _fleet(self.plan, together) if len(own) < len(settings) else self.fleet
        if not own:
            return replace(self, settings=together, fleet=fleet)
        graph = apply(self.graph, self.known, own)
        taken = [graph.choices[given.choice] for name in own if isinstance(given := self.known[name], Chance)]
        alone = replace(graph, choices={choice.name: choice for choice in taken})
        choices = {**self.choices, **posteriors(alone, {}, self.plan.prior_runs)}
        return replace(self, graph=graph, choices=choices, settings=together, fleet=fleet)

    def times(self) -> dict[str, float]:
        """What the plan says of its times, on average, in seconds, as far as it says or is told anything."""
        return {name: mean_and_variance(law_of(one))[0] for name, one in self._told().items() if one is not None}

    def stretched(self, name: str, factor: float) -> "PlanModel":
        """The model when a time is so many times as long: what the plan says of it, and what runs have shown.

        Args:
            name: One of `times`.
            factor: ≥ 0.
        """
        told = self._told()[name]
        assert told is not None  # noqa: S101 - only what is stated can be stretched
        plan = with_times(self.plan, {name: scaled_duration(told, factor)})
        seconds = {**self.seconds, name: [one * factor for one in self.seconds.get(name, ())]}
        settings = {other: value for other, value in self.settings.items() if other != name}
        return model_of_plan(plan, self.counts, seconds, settings)

    def _told(self) -> dict[str, Duration | None]:
        return stated_times(with_times(self.plan, _times(self.settings, stated_times(self.plan))))


def model_of_plan(
    plan: Plan,
    counts: Mapping[str, Mapping[str, int]],
    seconds: Mapping[str, Sequence[float]],
    settings: Mapping[str, Setting],
) -> PlanModel:
    """Compile a plan, set what is asked for, and count in what runs tell.

    Args:
        plan: The plan.
        counts: Choice → label → runs.
        seconds: Holding time → observed seconds while nothing was wrong.
        settings: By name of the input.

    Raises:
        UnknownInputError: There is no input of that name.
        ImpossibleSettingError: An input cannot have that value.
    """
    fleet, of_fleet = _fleet(plan, settings), _fleet_inputs(plan)
    asked_for, settings = settings, {name: value for name, value in settings.items() if name not in of_fleet}
    stated = stated_times(plan)
    times = _times(settings, stated)
    base = {name: measured for name, measured in seconds.items() if name not in settings}
    measured = open_times(plan, base)
    doubted = [one.name for one in plan.scenarios if detection(one.name) in {*settings, *counts}]
    compiled = compile_plan(with_times(plan, {**measured, **times}), doubted=doubted)
    known = _inputs(compiled)
    inputs = {**dict.fromkeys(stated, Time("")), **known, **of_fleet}
    for name in settings:
        if name not in inputs and name in map(detection, doubted):
            raise ImpossibleSettingError(name, "nothing in the plan would notice it in time")
    asked = apply(compiled.graph, inputs, {name: value for name, value in settings.items() if name not in times})
    taken = {given.choice for name in settings if isinstance(given := find(name, inputs), Chance)}
    unstated = {one.choice for one in compiled.parameters.values() if one.choice and not one.stated}
    left = {name: labels for name, labels in counts.items() if name not in taken}
    choices = posteriors(asked, left, plan.prior_runs, unstated)
    return PlanModel(
        plan=plan,
        counts=counts,
        seconds=base,
        settings=asked_for,
        compiled=compiled,
        measured=frozenset(measured),
        known=known,
        choices=choices,
        graph=updated_graph(_centred(asked, choices), base, plan.prior_runs, unstated=measured),
        fleet=fleet,
    )


def _fleet_inputs(plan: Plan) -> dict[str, Input]:
    if plan.fleet is None:
        return {}
    from wetrun.simulate.questions.fleet_inputs import fleet_inputs  # few plans have one

    return fleet_inputs(plan.fleet)


def _fleet(plan: Plan, settings: Mapping[str, Setting]) -> Fleet | None:
    """The fleet with what of the settings is about it."""
    if plan.fleet is None:
        return None
    from wetrun.simulate.questions.fleet_inputs import with_settings  # few plans have one

    of_fleet = _fleet_inputs(plan)
    return with_settings(plan.fleet, {name: value for name, value in settings.items() if name in of_fleet})


def detection(scenario: str) -> str:
    """The name of the odds that a scenario is noticed."""
    return f"scenario.{scenario}.detected"


def _times(settings: Mapping[str, Setting], stated: Collection[str]) -> dict[str, Duration]:
    """What of the settings is set in the plan: times that it could state."""
    found: dict[str, Duration] = {}
    for name, value in settings.items():
        if name not in stated or isinstance(value, Fraction):
            continue
        duration = duration_of(value)
        if duration is None or (name == WATCH and not isinstance(duration, Fixed)):
            raise ImpossibleSettingError(name, "a plan cannot state that", "write one time, such as `20m`")
        found[name] = duration
    return found


def _inputs(compiled: Compiled) -> dict[str, Input]:
    """What the graph depends on, by the plan's own key paths."""
    return {
        name: Chance(name, one.choice, one.label, one.rest) if one.kind is ParameterKind.PROBABILITY else Time(name)
        for name, one in compiled.parameters.items()
    }


def _centred(graph: Graph, choices: Mapping[str, Posterior]) -> Graph:
    """The graph with what is expected of its probabilities; those of which no run tells stay exactly as stated."""
    found = {
        name: _expected(graph.choices[name], one) if one.runs else graph.choices[name] for name, one in choices.items()
    }
    return replace(graph, choices={**graph.choices, **found})


def _expected(choice: Choice, known: Posterior) -> Choice:
    means = {label: Fraction(value) for label, value in known.mean.items()}
    total = sum(means.values())
    return Choice(choice.name, {label: value / total for label, value in means.items()})
