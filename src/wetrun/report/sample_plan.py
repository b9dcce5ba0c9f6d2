"""What random walks say of a plan beside its outcomes and times: its claims, and its rollout over a fleet."""

from collections.abc import Iterator, Sequence

from wetrun.plan.claims import OddsClaim
from wetrun.plan.expectations import JsonValue
from wetrun.report.counts import count
from wetrun.report.fleet_json import sampled_json
from wetrun.report.pictures.scales import chance
from wetrun.report.times_text import told_time
from wetrun.simulate.claims import in_words
from wetrun.simulate.fleets.plan_fleet import Rollout
from wetrun.simulate.fleets.sampled import FleetSample, SampledSpread
from wetrun.simulate.plan_forecast import PlanForecast
from wetrun.simulate.questions.words import percent
from wetrun.simulate.sampled_claims import SURE, SampledClaim, SampledStanding

__all__ = ["sample_plan_json", "sample_plan_text"]


def sample_plan_json(
    plan: PlanForecast, claims: Sequence[SampledClaim], rollout: FleetSample | None
) -> dict[str, JsonValue]:
    """Write them as JSON; what the plan has not is null, or an empty list.

    Args:
        plan: The plan's forecast.
        claims: Its claims, judged.
        rollout: Its rollout, sampled.

    Returns:
        `claims[].{claim, kind, bound, standing, found, error, walks, words}`, and `fleet` with the exact odds of its
        endings, and `trials`, `time` and `user_seconds` as they were sampled: `{value, error}` each.
    """
    fleet: JsonValue = None
    if rollout is not None and plan.rollout is not None:
        found = plan.rollout.forecast
        fleet = {
            "completed": found.completed,
            "stopped": found.stopped,
            "escaped": found.escaped,
            "everywhere": found.everywhere,
            "waves": [{"touched": wave.touched, "stopped": wave.stopped} for wave in found.waves],
            **sampled_json(rollout),
        }
    return {"claims": [_claim(one) for one in claims], "fleet": fleet}


def sample_plan_text(plan: PlanForecast, claims: Sequence[SampledClaim], rollout: FleetSample | None) -> str:
    """Write them as lines of text; empty where the plan has neither."""
    blocks: list[list[str]] = []
    if claims:
        head = f"claims, by these walks alone (decided where {percent(SURE)} intervals of the sampling are clear):"
        blocks.append([head, *(f"  - {_in_words(one)}" for one in claims)])
    if rollout is not None and plan.rollout is not None and plan.model.fleet is not None:
        blocks.append([*_fleet(plan.rollout, rollout, plan.model.fleet.hosts)])
    return "\n\n".join("\n".join(block) for block in blocks)


def _claim(judged: SampledClaim) -> JsonValue:
    return {
        "claim": judged.claim.of.value,
        "kind": "probability" if isinstance(judged.claim, OddsClaim) else "time",
        "bound": float(judged.claim.bound),
        "standing": judged.standing.value,
        "found": None if judged.found is None else judged.found.value,
        "error": None if judged.found is None else judged.found.error,
        "walks": judged.walks,
        "words": _in_words(judged),
    }


def _in_words(judged: SampledClaim) -> str:
    claim = f"{in_words(judged.claim)}: {judged.standing.value}"
    if judged.standing is SampledStanding.NOT_COMPUTED:
        return f"{claim}: no walk tells of it"
    tell = "walk tells" if judged.walks == 1 else "walks tell"
    if judged.found is None:
        return f"{claim}: {judged.walks} {tell} of it, too few for a figure"
    value, error = judged.found
    if isinstance(judged.claim, OddsClaim):
        return f"{claim}: {chance(value)} ± {100 * error:.2g} points, by {judged.walks} walks"
    return f"{claim}: {told_time(value)} ± {told_time(error)}, by {judged.walks} walks"


def _fleet(rollout: Rollout, sample: FleetSample, hosts: int) -> Iterator[str]:
    found = rollout.forecast
    sampled = f"{sample.trials} rollouts sampled for their times and what users feel"
    yield f"fleet of {count(hosts)}, {sampled}; ± is one standard error"
    yield f"  - goes through with {chance(found.completed)}, stops with {chance(found.stopped)} (how it ends is exact)"
    bad = f"a bad release runs on all hosts in the end with {chance(found.everywhere)}"
    yield f"  - {bad}; unnoticed, with {chance(found.escaped)}"
    yield f"  - it takes {_spread(sample.time, 1.0)}"
    if sample.user_seconds is not None:
        yield f"  - users affected × time, in user-minutes: {_spread(sample.user_seconds, None)}"


def _spread(found: SampledSpread, seconds: float | None) -> str:
    """A mean and quantiles with their errors, as times, or (None) in sixties."""

    def told(value: float) -> str:
        return count(value / 60) if seconds is None else told_time(value)

    quantiles = (f"P{100 * level:g} {told(one.value)} ± {told(one.error)}" for level, one in found.quantiles)
    return ", ".join([f"{told(found.mean.value)} ± {told(found.mean.error)} on average", *quantiles])
