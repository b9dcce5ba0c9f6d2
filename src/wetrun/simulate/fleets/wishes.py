"""Wishes about a rollout over a fleet: `fleet.completed>=0.99`, `fleet.time.p95<=2h`, `fleet.user_seconds<=1000m`."""

from wetrun.lean import dataclass
from wetrun.plan.fleet import Fleet
from wetrun.simulate.fleets.figures import FleetFigure, Unit, figure_names, figure_of_name
from wetrun.simulate.questions.asking import QuestionError, read_number, read_odds, read_time
from wetrun.simulate.questions.wishes import UnknownOutcomeError, split_goal
from wetrun.simulate.questions.words import percent
from wetrun.units import format_seconds

__all__ = ["FleetGoal", "parse_fleet_goal"]


@dataclass(frozen=True, slots=True)
class FleetGoal:
    """A wish: a figure of the rollout is at most, or at least, `wanted`: a probability, hosts, or (user-)seconds."""

    figure: FleetFigure
    at_least: bool
    wanted: float

    def is_met(self, value: float) -> bool:
        """Whether a value is what was wished for."""
        return value >= self.wanted if self.at_least else value <= self.wanted

    def in_words(self, value: float) -> str:
        """A value of the figure, for people."""
        match self.figure.unit:
            case Unit.ODDS:
                return percent(value)
            case Unit.HOSTS:
                return f"{value:.4g} host{'' if value == 1 else 's'}"
            case Unit.TIME:
                return format_seconds(value)
            case Unit.USERS:
                return f"{value / 60:.4g} user-minutes"

    def __str__(self) -> str:
        wanted = f"{self.wanted:g}" if self.figure.unit is Unit.ODDS else self.in_words(self.wanted)
        return f"{self.figure.name} {'≥' if self.at_least else '≤'} {wanted}"


def parse_fleet_goal(text: str, fleet: Fleet) -> FleetGoal:
    """Read a wish about a rollout.

    Args:
        text: `FIGURE<=AMOUNT` or `FIGURE>=AMOUNT`: a figure as `figure_names` lists them, with any quantile, and a
            probability, a number of hosts, or a time; of users × time either a time (`1000m` are 1 000 user-minutes)
            or a number of user-seconds.
        fleet: What the plan runs on.

    Raises:
        UnknownOutcomeError: A rollout has no such figure.
        QuestionError: That is nothing that such a figure can be.
    """
    name, at_least, written = split_goal(text)
    figure = figure_of_name(name, fleet)
    if figure is None:
        names = figure_names(fleet)
        raise UnknownOutcomeError(name, [one for one in names if one.startswith(f"{name}.")] or names, what="figure")
    match figure.unit:
        case Unit.ODDS:
            wanted = float(read_odds(text, written))
        case Unit.HOSTS:
            wanted = float(read_number(text, written))
        case Unit.TIME:
            wanted = float(read_time(text, written, "s"))
        case Unit.USERS:
            wanted = _user_seconds(text, written)
    return FleetGoal(figure, at_least, wanted)


def _user_seconds(text: str, written: str) -> float:
    try:
        return float(read_number(text, written))
    except (QuestionError, OverflowError):
        return float(read_time(text, written, "s"))
