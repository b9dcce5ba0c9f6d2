"""The whole answer for a plan: the odds with runs counted in, what matters most, and how much of it is evidence."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING

from wetrun.plan.claims import TimeOf
from wetrun.plan.plan import Plan
from wetrun.simulate.claims import Computed, Judged, judge, observed_groups
from wetrun.simulate.compiling import Compiled, compile_plan
from wetrun.simulate.conflict import Conflict, conflicts
from wetrun.simulate.event_tree import EventTree, Node, event_tree
from wetrun.simulate.expected import expected_many
from wetrun.simulate.forecast import Forecast, forecast
from wetrun.simulate.gradients import Sensitivities
from wetrun.simulate.gradients import sensitivities as gradients_of
from wetrun.simulate.graph import Choice, Graph
from wetrun.simulate.inputs import Chance, Input, Setting, Time, apply
from wetrun.simulate.intervals import Interval, credible, credible_of_each
from wetrun.simulate.moments import Clock
from wetrun.simulate.observation import Origin, Pool, Times, endings
from wetrun.simulate.observed_times import grade_of_times, updated_graph
from wetrun.simulate.outcome_words import word_of
from wetrun.simulate.parameters import ParameterKind
from wetrun.simulate.paths import Path, likely_paths
from wetrun.simulate.plan_fleet import roll_out
from wetrun.simulate.posterior import Draws, Grade, Posterior, draw, posteriors, prior_warning
from wetrun.simulate.probabilities import absorb, absorb_many
from wetrun.simulate.readings import Reading, readings
from wetrun.simulate.shares import Shares, shares
from wetrun.simulate.words import Sensitivity, sensitivities

if TYPE_CHECKING:
    from wetrun.simulate.fleet import FleetForecast
    from wetrun.simulate.fleet_sampled import FleetSample

__all__ = [
    "DRAWS",
    "SUCCESS",
    "Known",
    "PlanForecast",
    "ReadingOdds",
    "forecast_plan",
    "inputs_of_plan",
    "successes",
    "time_of",
]

SUCCESS = frozenset({"deployed", "deployed-degraded"})
"""The words of the outcomes in which the plan deploys."""

DRAWS = 10_000
"""How many draws from the posterior stand behind an interval: its ends then wander by about one part in fifty."""

_PATHS = 8
_MEANS = 2000  # draws behind an interval of a mean time: every state counts here, not only the outcomes
_CLOCKS = ("detecting", "down", "recovering")
_TAGS = {TimeOf.DURATION: None, TimeOf.DOWNTIME: "down", TimeOf.DETECTION: "detecting", TimeOf.RECOVERY: "recovering"}


@dataclass(frozen=True, slots=True)
class Known:
    """What runs tell, as far as they may be counted together: nothing at all is a fair answer.

    Attributes:
        origin: Of rehearsals or of deployments; never of both.
        counts: Choice → label → how often.
    """

    origin: Origin
    pool: Pool
    counts: Mapping[str, Mapping[str, int]]
    times: Times


@dataclass(frozen=True, slots=True)
class ReadingOdds:
    """One way of reading probabilities whose relation the plan leaves open, and what then comes out."""

    reading: Reading
    outcomes: Mapping[str, float]

    @property
    def success(self) -> float:
        """The probability that the plan deploys."""
        return sum(value for name, value in self.outcomes.items() if word_of(name) in SUCCESS)


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class PlanForecast:
    """The answer for a plan.

    Attributes:
        compiled: The plan as a graph, by its own numbers.
        graph: The same graph with what runs showed counted in (and with what was asked for set).
        inputs: What can be set, by name.
        odds: The exact answer for `graph`: probabilities and times.
        stated: Outcome → probability by the plan's own numbers alone.
        success: The probability that the plan deploys, degraded or not.
        success_interval: Its credible interval.
        intervals: Outcome → credible interval of its probability.
        mean_intervals: Clock (None: the whole time) → credible interval of its mean, as far as the odds are uncertain.
        choices: Choice → what is known of it.
        durations: Duration's name → how many runs measured it.
        uncertainty: Where the uncertainty of success comes from.
        sensitivities: How each input moves success, the costliest first.
        gradients: Exactly how every probability and every mean time moves with every parameter.
        conflicts: Where runs contradict the plan.
        warnings: What a reader should know before believing a number.
    """

    plan: Plan
    compiled: Compiled
    graph: Graph
    inputs: Mapping[str, Input]
    odds: Forecast
    stated: Mapping[str, float]
    success: float
    success_interval: Interval
    intervals: Mapping[str, Interval]
    mean_intervals: Mapping[Clock, Interval]
    choices: Mapping[str, Posterior]
    durations: Mapping[str, int]
    uncertainty: Shares
    sensitivities: tuple[Sensitivity, ...]
    gradients: Sensitivities
    paths: tuple[Path, ...]
    tree: Node
    claims: tuple[Judged, ...]
    conflicts: tuple[Conflict, ...]
    readings: tuple[ReadingOdds, ...]
    known: Known
    fleet: "FleetForecast | None"
    fleet_sample: "FleetSample | None"
    warnings: tuple[str, ...]

    def grade(self, name: str) -> Grade:
        """How well an input is known."""
        given = self.inputs[name]
        if isinstance(given, Chance):
            return self.choices[given.choice].grade
        return grade_of_times(self.durations.get(name, 0))


def successes(outcomes: Mapping[str, float]) -> tuple[str, ...]:
    """The names of the outcomes in which the plan deploys, as a model has them."""
    return tuple(name for name in outcomes if word_of(name) in SUCCESS)


def inputs_of_plan(compiled: Compiled) -> dict[str, Input]:
    """What can be set in a plan's model, by the plan's own key paths."""
    return {
        name: Chance(name, one.choice, one.label, one.rest) if one.kind is ParameterKind.PROBABILITY else Time(name)
        for name, one in compiled.parameters.items()
    }


def forecast_plan(
    plan: Plan, known: Known, *, settings: Mapping[str, Setting] | None = None, exact: bool = False, seed: int = 0
) -> PlanForecast:
    """Compute everything that can be said of a plan before it runs.

    The plan's numbers are priors, each worth `plan.prior_runs` runs; what runs showed updates them.

    Args:
        plan: The plan.
        known: What runs tell of it.
        settings: What if: inputs that are set to other values; what runs tell of those is passed over.
        exact: Give fractions too.
        seed: Of the draws behind the intervals.

    Raises:
        UnknownInputError: There is no input of that name.
        ImpossibleSettingError: An input cannot have that value.
    """
    compiled = compile_plan(plan)
    inputs, settings = inputs_of_plan(compiled), settings or {}
    stated = absorb(compiled.graph)
    asked = apply(compiled.graph, inputs, settings)
    unstated = {one.choice for one in compiled.parameters.values() if one.choice and not one.stated}
    choices = posteriors(asked, _unset(known.counts, inputs, settings), plan.prior_runs, unstated)
    base = {name: seconds for name, seconds in known.times.base.items() if name not in settings}
    graph = updated_graph(_centred(asked, choices), base, plan.prior_runs)
    odds = forecast(graph, exact=exact, tags=_CLOCKS)
    gradients = gradients_of(graph, (None, *_CLOCKS))
    drawn = draw(choices, draws=DRAWS, seed=seed)
    outcomes = absorb_many(graph, drawn)
    good = successes(odds.probabilities)
    together = sum((outcomes[name] for name in good[1:]), outcomes[good[0]])
    tree = EventTree(graph, compiled.told)
    fleet, fleet_sample = roll_out(plan, odds, seed)
    computed = Computed(
        outcomes=odds.probabilities,
        time=lambda of, level: time_of(odds, of, level),
        draws=outcomes,
        counts=known.counts,
        ended=endings(known.pool.runs),
        times=observed_groups(known.times, known.origin),
    )
    return PlanForecast(
        plan=plan,
        compiled=compiled,
        graph=graph,
        inputs=inputs,
        odds=odds,
        stated=stated,
        success=sum(odds.probabilities[name] for name in good),
        success_interval=credible(together),
        intervals=credible_of_each(outcomes),
        mean_intervals=_mean_intervals(graph, drawn),
        choices=choices,
        durations={name: len(seconds) for name, seconds in base.items()},
        uncertainty=shares(together, drawn, choices),
        sensitivities=_with_exact_slopes(sensitivities(graph, inputs, good), inputs, gradients, good),
        gradients=gradients,
        paths=likely_paths(tree, _PATHS),
        tree=event_tree(tree),
        claims=tuple(judge(claim, computed) for claim in plan.claims),
        conflicts=conflicts(choices.values()),
        readings=_readings(plan, stated),
        known=known,
        fleet=fleet,
        fleet_sample=fleet_sample,
        warnings=_warnings(plan, compiled, known),
    )


def _with_exact_slopes(
    found: Sequence[Sensitivity], inputs: Mapping[str, Input], gradients: Sensitivities, good: Sequence[str]
) -> tuple[Sensitivity, ...]:
    """The slopes by the backward pass, where an input has one label to take from: a choice between two."""
    labels = {effect.choice: 0 for effect in gradients.probabilities}
    slopes: dict[tuple[str, str], float] = {}
    for effect in gradients.probabilities:
        labels[effect.choice] += 1
        slopes[effect.choice, effect.label] = sum(effect.outcomes[name] for name in good)
    chances = {name: given for name, given in inputs.items() if isinstance(given, Chance)}
    return tuple(
        replace(one, slope=slopes[chances[one.name].choice, chances[one.name].label])
        if labels[chances[one.name].choice] == 2
        else one
        for one in found
    )


def _mean_intervals(graph: Graph, drawn: Draws) -> Mapping[Clock, Interval]:
    few = {name: {label: values[:_MEANS] for label, values in labels.items()} for name, labels in drawn.items()}
    return {clock: credible(means) for clock, means in expected_many(graph, few, (None, *_CLOCKS)).items()}


def _unset(
    counts: Mapping[str, Mapping[str, int]], inputs: Mapping[str, Input], settings: Mapping[str, Setting]
) -> Mapping[str, Mapping[str, int]]:
    """What runs counted, less the choices that somebody sets."""
    taken = {given.choice for name in settings if isinstance(given := inputs[name], Chance)}
    return {name: labels for name, labels in counts.items() if name not in taken}


def _centred(graph: Graph, choices: Mapping[str, Posterior]) -> Graph:
    """The graph with what is expected of its probabilities; those of which no run tells stay exactly as stated."""
    found = {
        name: _expected(graph.choices[name], one) if one.runs else graph.choices[name] for name, one in choices.items()
    }
    return replace(graph, choices={**graph.choices, **found})


def _expected(choice: Choice, known: Posterior) -> Choice:
    means = {label: Fraction(value) for label, value in known.weights.items()}
    total = sum(means.values())
    return Choice(choice.name, {label: value / total for label, value in means.items()})


def time_of(odds: Forecast, of: TimeOf, level: float | None) -> float | None:
    """A quantile, or the mean, of a time as claims mean it: of the runs in which there is something to measure."""
    tag = _TAGS[of]
    if tag is None or of is TimeOf.DOWNTIME:
        timing = (odds.total if tag is None else odds.tags[tag]).overall
        return timing.mean if level is None else float(timing.quantiles([level])[0])
    timing = odds.tags[tag].overall
    idle = timing.within(0.0)
    if idle >= 1:
        return None
    if level is None:
        return timing.mean / (1 - idle)
    return float(timing.quantiles([idle + level * (1 - idle)])[0])


def _readings(plan: Plan, stated: Mapping[str, float]) -> tuple[ReadingOdds, ...]:
    found: list[ReadingOdds] = []
    for reading in readings(plan):
        if reading.plan is plan:
            found.append(ReadingOdds(reading, stated))
        else:
            found.append(ReadingOdds(reading, {} if reading.plan is None else absorb(compile_plan(reading.plan).graph)))
    return tuple(found)


def _warnings(plan: Plan, compiled: Compiled, known: Known) -> tuple[str, ...]:
    heavy = prior_warning(plan.prior_runs)
    mixed = "runs of a changed plan, tool or double are counted too" if known.pool.mixed else None
    gaps: Sequence[str] = [gap.message for gap in compiled.missing]
    return tuple(one for one in (heavy, mixed, *gaps) if one)
