"""What a change does to a rollout beside what is wished, and whether that is harm."""

from wetrun.simulate.fleets.outlook import Outlook
from wetrun.simulate.fleets.waves import Release
from wetrun.simulate.questions.fleet_inputs import ODDS
from wetrun.simulate.questions.worth import SideEffect, SideEffects

__all__ = ["effects_on_rollout"]

_ROUNDING = 1e-9
_NOTABLE = 0.01


def effects_on_rollout(name: str, before: Outlook, after: Outlook) -> SideEffects:
    """What a change does to a rollout.

    It does harm when a bad release comes to run on all hosts more often, noticed or not; when more hosts fail, or users
    are affected for longer; or when it is a change of how the rollout is planned, and makes it end less often as it
    should (a good release goes through, a bad one is stopped before it is everywhere). That fewer rollouts go through
    is told when it is a hundredth of them.

    Args:
        name: The input that changes.
        before: The rollout as it is.
        after: The same with the change.
    """
    more_bad = any(
        _is_more(getattr(after.odds, name), getattr(before.odds, name)) for name in ("escaped", "everywhere", "failed")
    )
    longer = _is_more(after.user_seconds or 0.0, before.user_seconds or 0.0)
    # Odds of the world are what they are: what is right for a bad release is not worse when there are fewer of them.
    planned = name.removeprefix("fleet.") not in ODDS
    harmful = more_bad or longer or (planned and _is_more(_right(before), _right(after)))
    through = SideEffect("fleet.completed", before.odds.completed, after.odds.completed)
    told = (through,) if through.after < through.before * (1 - _NOTABLE) else ()
    return SideEffects(harmful, told)


def _right(outlook: Outlook) -> float:
    """How likely the rollout ends as it should."""
    good = (one for one in outlook.odds.endings if one.release is Release.GOOD and one.stopped_after is None)
    bad = (one for one in outlook.odds.endings if one.release is Release.BAD and one.touched < outlook.fleet.hosts)
    return sum(one.probability for one in (*good, *bad))


def _is_more(value: float, than: float) -> bool:
    return value > than * (1 + _ROUNDING)
