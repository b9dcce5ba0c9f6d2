"""A rollout over a fleet as a picture: where it ends, how likely, and what that does to users."""

from collections.abc import Sequence

from wetrun.report.counts import count
from wetrun.report.pictures.drawing import WIDE, Drawing, Tone
from wetrun.report.pictures.rollout_ends import RolloutEnd, rollout_ends
from wetrun.report.pictures.scales import chance
from wetrun.simulate.evidence.intervals import Interval
from wetrun.simulate.fleets.fleet import Ending
from wetrun.simulate.fleets.plan_fleet import Rollout
from wetrun.simulate.fleets.waves import Release

__all__ = ["rollout_picture"]

_MOST_WAVES = 10


def rollout_picture(rollout: Rollout, hosts: int, width: float = WIDE, name: str = "rollout") -> Drawing:
    """Draw where a rollout over so many hosts ends: after each wave (the likeliest of many), or not at all."""
    found, known = rollout.forecast, rollout.known
    possible = sorted({one.stopped_after for one in found.endings if one.stopped_after is not None})
    told = sorted(sorted(possible, key=lambda wave: -found.waves[wave - 1].stopped)[:_MOST_WAVES])
    ends = [
        _end(
            rollout,
            f"after wave {wave}, {_hosts(found.waves[wave - 1].touched, hosts)}",
            "fair",
            [one for one in found.endings if one.stopped_after == wave],
            known.waves[wave - 1],
        )
        for wave in told
    ]
    through = [one for one in found.endings if one.stopped_after is None]
    if through:
        ends.append(_end(rollout, "goes through", "good", through, known.completed))
    if escaped := [one for one in through if one.release is Release.BAD]:
        ends.append(_end(rollout, "bad, and nobody notices", "bad", escaped, known.escaped))
    return rollout_ends(ends, width, name, more=len(possible) - len(told))


def _end(rollout: Rollout, name: str, tone: Tone, endings: Sequence[Ending], known: Interval) -> RolloutEnd:
    probability = sum(one.probability for one in endings)
    users = _user_minutes(rollout, endings)
    return RolloutEnd(
        name=name,
        tone=tone,
        probability=probability,
        figure=chance(probability) if probability > 0 else "< 10⁻³⁰⁰",
        interval=(known.low, known.high),
        users=users,
        told="" if users is None else f"{count(float(f'{users:.3g}'))} min",
    )


def _hosts(touched: int, hosts: int) -> str:
    return "all hosts" if touched == hosts else f"{count(touched)} host{'' if touched == 1 else 's'}"


def _user_minutes(rollout: Rollout, endings: Sequence[Ending]) -> float | None:
    """Users affected × time on average when it ends so, exactly or as sampled; None where no users are stated."""
    if rollout.known.user_seconds is None:
        return None
    sampled = rollout.sample.by_ending if rollout.sample is not None else ()
    of_each = dict(zip(rollout.forecast.endings, sampled, strict=False))
    seconds = [of_each[one].value if one in of_each else one.user_seconds or 0.0 for one in endings]
    whole = sum(one.probability for one in endings)
    if whole <= 0:  # rarer than floats can tell: any of them
        return max(seconds) / 60
    return sum(one.probability * value for one, value in zip(endings, seconds, strict=True)) / whole / 60
