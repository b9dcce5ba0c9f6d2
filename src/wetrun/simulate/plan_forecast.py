"""The whole answer for a plan: the odds with runs counted in, what matters most, and how much of it is evidence."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from wetrun.lean import dataclass
from wetrun.plan.claims import TimeOf
from wetrun.plan.plan import Plan
from wetrun.plan.scenarios import DEPLOYING
from wetrun.simulate.claims import Computed, Judged, judge
from wetrun.simulate.evidence.conflict import Conflict, conflicts
from wetrun.simulate.evidence.graded_inputs import GradedInput, graded_inputs
from wetrun.simulate.evidence.intervals import Interval, credible, credible_of_each
from wetrun.simulate.evidence.observation import Origin, Pool, Times, endings
from wetrun.simulate.evidence.posterior import DRAWS, Draws, Posterior, draw
from wetrun.simulate.evidence.shares import Shares, shares
from wetrun.simulate.evidence.time_conflict import TimeConflict, time_conflicts
from wetrun.simulate.evidence.time_intervals import ClockIntervals, TimeIntervals, time_intervals
from wetrun.simulate.exact.clock_figures import CLOCKS, figure_of
from wetrun.simulate.exact.event_tree import EventTree, Node, event_tree
from wetrun.simulate.exact.forecast import Forecast, forecast
from wetrun.simulate.exact.gradients import Sensitivities
from wetrun.simulate.exact.gradients import sensitivities as gradients_of
from wetrun.simulate.exact.moments import Clock
from wetrun.simulate.exact.outcome_words import word_of
from wetrun.simulate.exact.paths import Path, likely_paths
from wetrun.simulate.exact.probabilities import absorb, absorb_many
from wetrun.simulate.fleets.plan_fleet import Rollout, roll_out
from wetrun.simulate.known_times import claimed_interval, times_known
from wetrun.simulate.models.graph import Graph
from wetrun.simulate.models.inputs import Chance, Input, Setting
from wetrun.simulate.plan_warnings import plan_warnings
from wetrun.simulate.plans.compiling import Compiled, compile_plan
from wetrun.simulate.plans.exploring import place_of
from wetrun.simulate.plans.readings import Reading, readings
from wetrun.simulate.questions.plan_model import PlanModel, model_of_plan
from wetrun.simulate.questions.words import Sensitivity, sensitivities
from wetrun.simulate.seen_times import seen_times

__all__ = [
    "CLOCK_TAGS",
    "SUCCESS",
    "Known",
    "PlanForecast",
    "ReadingOdds",
    "forecast_plan",
    "successes",
    "time_of",
]

SUCCESS = frozenset(one.value for one in DEPLOYING)
"""The words of the outcomes in which the plan deploys."""

_PATHS = 8
_TAGS = ("detecting", "down", "recovering")

CLOCK_TAGS: tuple[Clock, ...] = (None, *_TAGS)
"""The clocks of a plan: the whole time, and the tags whose times are measured."""


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
        model: The plan as it was asked about; further questions go there.
        compiled: The plan as a graph, by its own numbers (and with the times that were asked for).
        graph: The same graph with what runs showed counted in (and with what was asked for set).
        inputs: What can be set, by name.
        odds: The exact answer for `graph`: probabilities and times.
        stated: Outcome → probability by the plan's own numbers alone.
        success: The probability that the plan deploys, degraded or not.
        success_interval: Its credible interval.
        intervals: Outcome → credible interval of its probability.
        drawn: The draws behind the intervals.
        times_known: Clock → how well its mean and the quantiles that are told or claimed are known, whatever the
            outcome; as `CLOCKS` has it, of detection and recovery only where there are any.
        choices: Choice → what is known of it.
        graded: Every input by name, with what is known of it.
        uncertainty: Where the uncertainty of success comes from.
        sensitivities: How each input moves success, the costliest first.
        gradients: Exactly how every probability and every mean time moves with every parameter.
        conflicts: Where runs contradict the plan.
        rollout: What comes of its rollout over a fleet; None where it has none.
        warnings: What a reader should know before believing a number.
    """

    plan: Plan
    model: PlanModel
    compiled: Compiled
    graph: Graph
    inputs: Mapping[str, Input]
    odds: Forecast
    stated: Mapping[str, float]
    success: float
    success_interval: Interval
    intervals: Mapping[str, Interval]
    drawn: Draws
    times_known: Mapping[Clock, TimeIntervals]
    choices: Mapping[str, Posterior]
    graded: Mapping[str, GradedInput]
    uncertainty: Shares
    sensitivities: tuple[Sensitivity, ...]
    gradients: Sensitivities
    paths: tuple[Path, ...]
    tree: Node
    claims: tuple[Judged, ...]
    conflicts: tuple[Conflict | TimeConflict, ...]
    readings: tuple[ReadingOdds, ...]
    known: Known
    rollout: Rollout | None
    warnings: tuple[str, ...]

    @property
    def has_odds(self) -> bool:
        """Whether anything may go one way or the other; else no probability is stated, and success is no answer."""
        return bool(self.compiled.graph.choices)

    def time_intervals(
        self, levels: Sequence[float], clocks: Sequence[Clock] = CLOCK_TAGS
    ) -> dict[Clock, ClockIntervals]:
        """Compute how well the times are known: credible intervals of means, spreads and quantiles.

        Args:
            levels: Of the quantiles, each in [0, 1].
            clocks: Whose times: the whole time (None) and tags.
        """
        times = {clock: self.odds.of(clock) for clock in clocks}
        return time_intervals(self.graph, times, self.drawn, self.model.doubts.times, levels)


def successes(outcomes: Mapping[str, float]) -> tuple[str, ...]:
    """The names of the outcomes in which the plan deploys, as a model has them."""
    return tuple(name for name in outcomes if word_of(name) in SUCCESS)


def forecast_plan(
    plan: Plan,
    known: Known,
    *,
    settings: Mapping[str, Setting] | None = None,
    exact: bool = False,
    seed: int = 0,
    levels: Sequence[float] = (),
) -> PlanForecast:
    """Compute everything that can be said of a plan before it runs.

    The plan's numbers are priors, each worth `plan.prior_runs` runs; what runs showed updates them.

    Args:
        plan: The plan.
        known: What runs tell of it.
        settings: What if: inputs that are set to other values; what runs tell of those is passed over.
        exact: Give fractions too.
        seed: Of the draws behind the intervals.
        levels: Quantiles that will be asked for, beyond the .999.

    Raises:
        UnknownInputError: There is no input of that name.
        ImpossibleSettingError: An input cannot have that value.
    """
    model = model_of_plan(plan, known.counts, known.times.base, settings or {})
    own = model.by_its_own_numbers()
    stated, graph, choices, inputs = absorb(own.graph), model.graph, model.choices, model.known
    parameters = {**model.compiled.parameters, **own.parameters}
    odds = forecast(graph, exact=exact, tags=_TAGS, levels=levels)
    gradients = gradients_of(graph, CLOCK_TAGS, place_of)
    drawn = draw(choices, draws=DRAWS, seed=seed)
    rollout = roll_out(model, drawn, seed)
    outcomes = absorb_many(graph, drawn)
    good = successes(odds.probabilities)
    together = sum((outcomes[name] for name in good[1:]), outcomes[good[0]])
    success = sum(odds.probabilities[name] for name in good)
    tree = EventTree(graph, model.compiled.told)
    known_times = times_known(model, odds, drawn)
    computed = Computed(
        outcomes=odds.probabilities,
        time=lambda of, level: time_of(odds, of, level),
        time_interval=lambda of, level: claimed_interval(known_times, of, level),
        draws=outcomes,
        counts=known.counts,
        ended=endings(known.pool.runs),
        times=seen_times(model, known.pool.runs, known.origin, drawn),
    )
    return PlanForecast(
        plan=plan,
        model=model,
        compiled=model.compiled,
        graph=graph,
        inputs=inputs,
        odds=odds,
        stated=stated,
        success=success,
        success_interval=credible(together, number=success),
        intervals=credible_of_each(outcomes, odds.probabilities),
        drawn=drawn,
        times_known=known_times,
        choices=choices,
        graded={
            **graded_inputs(inputs, parameters, graph, choices, model.seconds, model.measured),
            **({} if rollout is None else rollout.graded),
        },
        uncertainty=shares(together, drawn, choices),
        sensitivities=_with_exact_slopes(sensitivities(graph, inputs, good, model.worth), inputs, gradients, good),
        gradients=gradients,
        paths=likely_paths(tree, _PATHS, wanted=lambda outcome: word_of(outcome) not in SUCCESS),
        tree=event_tree(tree),
        claims=tuple(judge(claim, computed) for claim in plan.claims),
        conflicts=(
            *conflicts(choices.values()),
            *time_conflicts(own.parameters, model.seconds, plan.prior_runs, model.measured),
        ),
        readings=_readings(plan, stated),
        known=known,
        rollout=rollout,
        warnings=plan_warnings(plan, model.compiled, mixed=known.pool.mixed),
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


def time_of(odds: Forecast, of: TimeOf, level: float | None) -> float | None:
    """A quantile, or the mean, of a time as claims mean it: of the runs in which there is something to measure."""
    return figure_of(odds.of(CLOCKS[of].tag), CLOCKS[of], level)


def _readings(plan: Plan, stated: Mapping[str, float]) -> tuple[ReadingOdds, ...]:
    found: list[ReadingOdds] = []
    for reading in readings(plan):
        if reading.plan is plan:
            found.append(ReadingOdds(reading, stated))
        else:
            found.append(ReadingOdds(reading, {} if reading.plan is None else absorb(compile_plan(reading.plan).graph)))
    return tuple(found)
