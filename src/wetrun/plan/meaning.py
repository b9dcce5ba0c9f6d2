"""What a plan does, apart from what it states: two plans with the same meaning may share their evidence."""

import json
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from enum import Enum
from hashlib import blake2b

from wetrun.plan.plan import Plan

__all__ = ["meaning"]

# Places, names of files and whatever its author only states (odds, durations, expectations of a scenario, claims): a
# run does the same with another number there.
_STATED = frozenset(
    {
        "place",
        "source",
        "probability",
        "expected",
        "takes",
        "succeeds",
        "readiness",
        "claims",
        "prior_runs",
        "scenarios",
    }
)


def meaning(plan: Plan, scenario: str | None = None) -> str:
    """The hash of everything in a plan that decides what a run of it does.

    Args:
        plan: Any plan.
        scenario: The run's scenario, which is then part of the meaning; None for a run without a fault. The plan's
            other scenarios do not matter to a run: adding one costs no evidence.

    Returns:
        32 hexadecimal digits. Comments, order of keys, stated odds and durations, claims and the checklist have no
        part in it.

    Raises:
        KeyError: The plan has no such scenario.
    """
    struck = {one.name: one for one in plan.scenarios}
    parts: dict[str, object] = {"plan": _told(plan)}
    if scenario is not None:
        one = struck[scenario]
        # What its author expects decides one thing: whether a fault that nobody notices was tolerated or has escaped.
        outcomes = sorted(outcome.value for outcome in one.expect.outcomes)
        parts["scenario"] = [_told(one.fault), one.strikes, one.after, one.until.value, outcomes]
    return blake2b(json.dumps(parts, sort_keys=True).encode(), digest_size=16).hexdigest()


def _told(value: object) -> object:
    """A value of the domain as JSON, each object with the name of its type."""
    match value:
        case Enum():
            return [type(value).__name__, value.value]
        case None | bool() | int() | float() | str():
            return value
        case Mapping():
            return {str(key): _told(one) for key, one in value.items()}
        case tuple() | list() | frozenset():
            told = [_told(one) for one in value]
            return sorted(told, key=json.dumps) if isinstance(value, frozenset) else told
        case _ if is_dataclass(value) and not isinstance(value, type):
            kept = {one.name: _told(getattr(value, one.name)) for one in fields(value) if one.name not in _STATED}
            return {"": type(value).__name__, **kept}
        case _:
            raise TypeError(f"a plan does not hold a {type(value).__name__}")
