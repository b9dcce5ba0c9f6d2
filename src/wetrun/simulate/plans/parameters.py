"""The numbers of a plan by name: what a sweep, a gradient or an observation is about, and what nobody has stated."""

from collections.abc import Mapping
from dataclasses import field
from enum import Enum
from fractions import Fraction

from wetrun.errors import Place
from wetrun.lean import dataclass
from wetrun.simulate.models.graph import Choice
from wetrun.simulate.models.laws import Law

__all__ = ["Gap", "GapKind", "Parameter", "ParameterKind", "Parameters", "exact"]


class ParameterKind(Enum):
    """What a parameter is."""

    PROBABILITY = "probability"
    DURATION = "duration"


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """A number of the plan that the forecast depends on.

    Attributes:
        name: The plan's own key path: `scenario.slow-database.probability`, `rollback.takes`.
        value: A probability, or a law in seconds.
        place: Where the plan says it (the part that it belongs to), or None.
        stated: Whether the plan states it; else it is what a rehearsal would do, and listed among the gaps.
        choice: For a probability: the choice of the graph that holds it.
        label: For a probability: its label in that choice.
        rest: For a probability: the label that takes up what a change of it leaves.
    """

    name: str
    kind: ParameterKind
    value: Fraction | Law
    place: Place | None = None
    stated: bool = True
    choice: str = ""
    label: str = ""
    rest: str = ""


class GapKind(Enum):
    """Why something stands among the gaps.

    `NO_PROBABILITY`: a scenario that is not in the forecast. `NO_TIME`: a duration that counts as zero. `ASSUMED`: a
    reading of the plan's words that the author should know of. `TOO_LATE`: a check that cannot notice in time.
    `NOT_COMPUTED`: something that the plan states and that plays no part in the forecast.
    """

    NO_PROBABILITY = "no probability"
    NO_TIME = "no time"
    ASSUMED = "assumed"
    TOO_LATE = "too late"
    NOT_COMPUTED = "not in the forecast"


@dataclass(frozen=True, slots=True)
class Gap:
    """Something that the plan leaves open, in words, where, and what was made of it."""

    kind: GapKind
    message: str
    place: Place | None = None


def exact(probability: float) -> Fraction:
    """The fraction that the author wrote: 1/12 for the float nearest to it, 2/25 for 0.08."""
    simple = Fraction(probability).limit_denominator(10**6)
    return simple if float(simple) == probability else Fraction(repr(probability))


@dataclass(slots=True)
class Parameters:
    """The notebook of one compilation: every parameter and choice that was met, and every gap."""

    found: dict[str, Parameter] = field(default_factory=dict[str, Parameter])
    choices: dict[str, Choice] = field(default_factory=dict[str, Choice])
    gaps: dict[str, Gap] = field(default_factory=dict[str, Gap])

    def yes_or_no(self, name: str, value: Fraction, place: Place | None, *, stated: bool = True) -> str:
        """Note a probability with its binary choice, and give the choice's name."""
        if name not in self.choices:
            self.choices[name] = Choice(name, {"yes": value, "no": 1 - value})
            self.found[name] = Parameter(
                name=name,
                kind=ParameterKind.PROBABILITY,
                value=value,
                place=place,
                stated=stated,
                choice=name,
                label="yes",
                rest="no",
            )
        return name

    def one_of(self, group: str, members: Mapping[str, tuple[Fraction, Place | None]]) -> str:
        """Note a group of scenarios of which at most one strikes, and give its choice's name."""
        name = f"one_of.{group}"
        if name not in self.choices:
            values = {member: value for member, (value, _) in members.items()}
            self.choices[name] = Choice(name, {**values, "none of them": 1 - sum(values.values(), Fraction(0))})
            for member, (value, place) in members.items():
                parameter = f"scenario.{member}.probability"
                self.found[parameter] = Parameter(
                    name=parameter,
                    kind=ParameterKind.PROBABILITY,
                    value=value,
                    place=place,
                    choice=name,
                    label=member,
                    rest="none of them",
                )
        return name

    def duration(self, name: str | None, law: Law | None, place: Place | None) -> None:
        """Note a holding time."""
        if name is not None and law is not None and name not in self.found:
            self.found[name] = Parameter(name=name, kind=ParameterKind.DURATION, value=law, place=place)

    def gap(self, kind: GapKind, message: str, place: Place | None) -> None:
        """Note what the plan leaves open; the same words once."""
        self.gaps.setdefault(message, Gap(kind, message, place))
