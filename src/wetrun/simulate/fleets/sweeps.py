"""Tables over grids of values: what comes of the rollout over a fleet."""

from collections.abc import Mapping, Sequence
from itertools import product
from math import prod

from wetrun.lean import dataclass
from wetrun.plan.fleet import Fleet
from wetrun.simulate.evidence.intervals import Interval
from wetrun.simulate.fleets.figures import FleetFigure, Unit, figure_of_name
from wetrun.simulate.fleets.outlook import Outlook, Outlooks
from wetrun.simulate.questions.asking import Axis
from wetrun.simulate.questions.plan_model import PlanModel
from wetrun.simulate.questions.sweeps import TooManyRowsError

__all__ = ["SWEPT", "FleetRow", "matters_to_fleet", "sweep_fleet"]

SWEPT = (
    "fleet.completed",
    "fleet.stopped",
    "fleet.escaped",
    "fleet.everywhere",
    "fleet.touched.mean",
    "fleet.failed",
    "fleet.time.mean",
    "fleet.time.p95",
    "fleet.user_seconds",
)
"""The figures of a row, as far as there are any: of a pool none that needs a time."""

_MOST_ROWS = 2000
_MOST_TIMES = 500
_MOST_KNOWN = 100


@dataclass(frozen=True, slots=True)
class FleetRow:
    """One row of a table.

    Attributes:
        figures: Name → figure; times in seconds, left out of tables of more than 500 rows.
        known: Name → how well it is known; None in tables of more than 100 rows.
    """

    figures: Mapping[str, float]
    known: Mapping[str, Interval] | None


def matters_to_fleet(model: PlanModel, name: str) -> bool:
    """Whether what comes of a rollout depends on an input: one of the fleet, of a host's time, or of restoring."""
    if model.fleet is None:
        return False
    return model.fleet.takes is None or name.startswith(("fleet.", "rollback"))


def sweep_fleet(model: PlanModel, axes: Sequence[Axis], seed: int = 0) -> tuple[FleetRow, ...]:
    """Compute what comes of the rollout for all combinations of values, in the order of `questions.sweeps`.

    Args:
        model: A plan; without a fleet, or when nothing that is swept matters to it, there are no rows.
        axes: What is swept; the last one changes fastest.
        seed: Of the draws behind the intervals.

    Raises:
        TooManyRowsError: There are more than 2 000 combinations.
        ImpossibleSettingError: The waves would not cover the hosts, or likewise.
    """
    if not any(matters_to_fleet(model, axis.name) for axis in axes):
        return ()
    count = prod(len(axis.values) for axis in axes)
    if count > _MOST_ROWS:
        raise TooManyRowsError(count, _MOST_ROWS)
    names, outlooks = [axis.name for axis in axes], Outlooks(seed)
    rows: list[FleetRow] = []
    for values in product(*(axis.values for axis in axes)):
        outlook = outlooks.of(model.changed(dict(zip(names, values, strict=True))))
        assert outlook is not None  # noqa: S101 - no setting takes the fleet away
        rows.append(_row(outlook, timed=count <= _MOST_TIMES, known=count <= _MOST_KNOWN))
    return tuple(rows)


def _row(outlook: Outlook, *, timed: bool, known: bool) -> FleetRow:
    figures = [one for one in _swept(outlook.fleet) if timed or one.unit is not Unit.TIME]
    found = {one: value for one in figures if (value := outlook.value(one)) is not None}
    intervals = {
        one.name: interval for one, value in found.items() if known and (interval := outlook.interval(one, value))
    }
    return FleetRow({one.name: value for one, value in found.items()}, intervals if known else None)


def _swept(fleet: Fleet) -> list[FleetFigure]:
    found = (figure_of_name(name, fleet) for name in SWEPT)
    return [one for one in found if one is not None]
