"""What a plan does, apart from what it states: two plans with the same meaning may share their evidence."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import fields, is_dataclass
from enum import Enum
from hashlib import blake2b
from typing import cast

from wetrun.plan.plan import Plan

__all__ = ["meanings"]

# Places, names of files and whatever its author only states (odds, durations, who feels it, claims): a run does the
# same with another number there.
_STATED = frozenset(
    {
        "place",
        "source",
        "probability",
        "goes_on",
        "expected",
        "takes",
        "succeeds",
        "down",
        "felt_from",
        "readiness",
        "claims",
        "prior_runs",
        "relation",
        "scenarios",
    }
)


def meanings(plan: Plan) -> Mapping[str | None, str]:
    """The hash of everything in a plan that decides what a run of it does, for each kind of run.

    Args:
        plan: Any plan.

    Returns:
        Scenario (None: a run without a fault) → 32 hexadecimal digits. Comments, order of keys, stated odds and
        durations, claims and the checklist have no part in it; a scenario has a part only in its own runs.
    """
    whole = _digest(_told(plan))
    found: dict[str | None, str] = {None: whole}
    for one in plan.scenarios:
        # What its author expects decides one thing: whether a fault that nobody notices was tolerated or has escaped.
        outcomes = sorted(outcome.value for outcome in one.expect.outcomes)
        found[one.name] = _digest([whole, _told(one.fault), one.strikes, one.after, one.until.value, outcomes])
    return found


def _digest(told: object) -> str:
    return blake2b(json.dumps(told, sort_keys=True).encode(), digest_size=16).hexdigest()


def _told(value: object) -> object:
    """A value of the domain as JSON, each object with the name of its type."""
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, Enum):
        return [type(value).__name__, value.value]
    if isinstance(value, Mapping):
        return {key: _told(one) for key, one in cast("Mapping[str, object]", value).items()}
    if isinstance(value, tuple | list):
        return [_told(one) for one in cast("Sequence[object]", value)]
    if is_dataclass(value) and not isinstance(value, type):
        kept = {one.name: _told(getattr(value, one.name)) for one in fields(value) if one.name not in _STATED}
        return {"": type(value).__name__, **kept}
    raise TypeError(f"a plan does not hold a {type(value).__name__}")
