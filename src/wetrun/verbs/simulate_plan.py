"""Compute the odds of a plan: from its own numbers, and from what its record holds."""

import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from wetrun.plan.claims import TimeOf
from wetrun.plan.meaning import meanings
from wetrun.plan.plan import Plan
from wetrun.simulate.evidence.earlier_times import predicted
from wetrun.simulate.evidence.kept_forecast import KeptForecast
from wetrun.simulate.evidence.observation import Origin, Pool, Times
from wetrun.simulate.evidence.scores import Summary, summary
from wetrun.simulate.exact.outcome_words import by_word
from wetrun.simulate.models.inputs import Input
from wetrun.simulate.plan_forecast import Known, PlanForecast, forecast_plan
from wetrun.simulate.plans.rehearsal_odds import as_rehearsed, rehearsal_odds
from wetrun.simulate.questions.asking import parse_what_ifs
from wetrun.simulate.questions.plan_model import model_of_plan
from wetrun.verbs.evidence import evidence
from wetrun.verbs.forecasts import keep_forecasts, scores

if TYPE_CHECKING:
    from wetrun.simulate.fleets.sampled import FleetSample

__all__ = ["keep", "known_of", "nothing_known", "sample_rollout", "scored", "simulate_plan"]

_LEVELS = (0.001, 0.01, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99, 0.999)


def nothing_known(origin: Origin = Origin.REHEARSAL) -> Known:
    """What is known when no run is looked at."""
    return Known(origin, Pool((), {}), {}, Times({}, {}, {}, 0))


def known_of(
    plan: Plan,
    state: Path,
    *,
    origin: Origin = Origin.REHEARSAL,
    changed: bool = False,
    until: float | None = None,
) -> Known:
    """Read what the record tells of a plan; arguments and errors as for `evidence`."""
    found = evidence(plan, state, origin=origin, changed=changed, until=until)
    return Known(origin, found.pool, found.counts, found.times)


def simulate_plan(
    plan: Plan,
    known: Known,
    *,
    what_if: Sequence[str] = (),
    exact: bool = False,
    seed: int = 0,
    levels: Sequence[float] = (),
) -> PlanForecast:
    """Compute the odds of a plan.

    Args:
        plan: The plan.
        known: What runs tell of it: `known_of`, or `nothing_known`.
        what_if: `NAME=VALUE` each: inputs that are set to other values.
        exact: Give fractions too.
        seed: Of the draws behind the intervals.
        levels: Quantiles that will be asked for, beyond the .999.

    Raises:
        QuestionError: A what-if cannot be read.
        AskedTwiceError: Two of them set the same input.
        UnknownInputError: There is no input of that name.
        ImpossibleSettingError: An input cannot have that value.
    """
    inputs = model_of_plan(plan, {}, {}, {}).inputs if what_if else dict[str, Input]()
    settings = parse_what_ifs(what_if, inputs, "s")
    return forecast_plan(plan, known, settings=settings, exact=exact, seed=seed, levels=levels)


def sample_rollout(
    found: PlanForecast, trials: int, *, seed: int = 0, levels: Sequence[float] = (0.5, 0.95)
) -> "FleetSample | None":
    """Sample the rollout of a plan over its fleet; None without one.

    Args:
        found: The plan's forecast, which says how long a host takes, and how likely each ending is.
        trials: How many rollouts are wanted; at least 10, a multiple of 10, and no more than `trials_for` its hosts.
        seed: ≥ 0; the same seed gives the same numbers.
        levels: The levels of quantiles, in (0, 1).
    """
    fleet = found.model.fleet
    if fleet is None:
        return None
    from wetrun.simulate.fleets.plan_hosts import host_of, restoring_of
    from wetrun.simulate.fleets.sampled import sample, trials_for  # few plans have one

    host, restore, count = host_of(found.model), restoring_of(found.model), max(trials // 10 * 10, 10)
    return sample(fleet, host.law, restore, seed=seed, trials=min(count, trials_for(fleet.hosts)), levels=levels)


def scored(state: Path) -> Summary:
    """How earlier forecasts fared, over all runs that came in after them; errors as for `known_of`."""
    return summary(scores(state))


def keep(found: PlanForecast, state: Path, *, made: float | None = None) -> tuple[KeptForecast, ...]:
    """Write forecasts down before the runs that they are about, so that they can be scored when those come in.

    One is of the next deployment; and one of each rehearsal, which forces its scenario on. How long that takes is
    forecast from earlier ones: the plan's times are those of production.

    Args:
        found: Of the plan as it is with what its rehearsals showed, not of a what-if, nor of other evidence: later runs
            would be held against what nobody was told.
        state: The state folder.
        made: Seconds since the epoch; None means now.

    Returns:
        All of them, also those that say the same as the last ones and are not written again.

    Raises:
        JournalError: They cannot be written.
    """
    made = time.time() if made is None else made
    stamp = f"{time.strftime('%Y%m%d-%H%M%S', time.gmtime(made))}-{int(made % 1 * 1e6):06d}"
    meaning = meanings(found.plan)
    inputs = {
        name: float(found.graph.choices[one.choice].probabilities[one.label])
        for name, one in found.compiled.parameters.items()
        if one.choice
    }
    levels = [float(value) for value in found.odds.total.overall.quantiles(_LEVELS)]
    whole = KeptForecast(
        name=stamp,
        made=made,
        plans=tuple(dict.fromkeys(meaning.values())),
        origin=Origin.DEPLOYMENT,
        outcomes=by_word(found.odds.probabilities),
        duration=tuple(zip(_LEVELS, levels, strict=True)),
        inputs=inputs,
    )
    seen: Mapping[tuple[str | None, str], tuple[float, ...]] = {}
    if found.known.origin is Origin.REHEARSAL:
        seen = found.known.times.measures
    rehearsals = (
        KeptForecast(
            name=f"{stamp}/{scenario or 'clean'}",
            made=made,
            plans=(meaning[scenario],),
            origin=Origin.REHEARSAL,
            given=scenario,
            outcomes=by_word(outcomes),
            duration=predicted(seen.get((scenario, TimeOf.DURATION.value), ())),
            duration_runs=len(seen.get((scenario, TimeOf.DURATION.value), ())),
            inputs=inputs,
        )
        for scenario, outcomes in rehearsal_odds(as_rehearsed(found.graph, found.plan), found.compiled).items()
    )
    kept = (whole, *rehearsals)
    keep_forecasts(state, kept)
    return kept
