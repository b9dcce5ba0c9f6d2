"""The inputs of a model by name, and what it becomes when some of them are set to other values."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from enum import Enum
from fractions import Fraction

from wetrun.errors import WetrunError
from wetrun.formats.decode.nearest import listed, nearest
from wetrun.lean import dataclass
from wetrun.simulate.models.graph import Choice, Graph
from wetrun.simulate.models.laws import Law

__all__ = [
    "Chance",
    "ImpossibleSettingError",
    "Input",
    "Kind",
    "Quantity",
    "Setting",
    "Time",
    "UnknownInputError",
    "apply",
    "find",
    "inputs_of",
    "replaced",
]


_LISTED, _FEW = 60, 12
_ALIKE = 3


@dataclass(frozen=True, slots=True)
class Chance:
    """A probability of the model: one label of a choice.

    Attributes:
        name: How people name it: `scenario.slow-database.probability`.
        rest: The label that takes what a change leaves, or None: all others share it as they did before.
    """

    name: str
    choice: str
    label: str
    rest: str | None = None


@dataclass(frozen=True, slots=True)
class Time:
    """A holding time of the model, by its name (`step.Code/pull.expected`)."""

    name: str


class Kind(Enum):
    """What a quantity is: a part of a whole in [0, 1], a whole number, or any number ≥ 0."""

    SHARE = "probability"
    COUNT = "count"
    NUMBER = "number"


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number that stands beside the graph, by its name: of the fleet that a plan runs on (`fleet.common_cause`)."""

    name: str
    kind: Kind


Input = Chance | Time | Quantity
Setting = Fraction | Law


class UnknownInputError(WetrunError):
    """Somebody asks about an input that the model does not have."""

    def __init__(self, name: str, known: Iterable[str]) -> None:
        names = list(known)
        super().__init__(f"the model has no input `{name}`", hint=_legal(name, names) if names else "it has none")
        self.name = name


def _legal(name: str, known: Sequence[str]) -> str:
    """Say what was meant, by its letters or by what it is about, and list what can be set."""
    words = set(re.split(r"[./]", name)[1:-1])
    meant = nearest(name, known)
    alike = [meant] if meant is not None else [one for one in known if words & set(re.split(r"[./]", one)[1:])]
    asked = f"did you mean {' or '.join(f'`{one}`' for one in alike[:_ALIKE])}? " if alike else ""
    most = _FEW if alike else _LISTED
    more = f" and {len(known) - most} more" if len(known) > most else ""
    return f"{asked}what can be set: {listed(known[:most])}{more}"


class ImpossibleSettingError(WetrunError):
    """An input cannot have the value that somebody asks for."""

    def __init__(self, name: str, reason: str, hint: str | None = None) -> None:
        super().__init__(f"`{name}` cannot be set so: {reason}", hint=hint)
        self.name = name


def inputs_of(graph: Graph) -> dict[str, Input]:
    """Name every input of a graph.

    A choice between `yes` and `no` is one input of the choice's own name; of any other choice, each label is one:
    `S3.fails`. Holding times with a name are inputs, too.
    """
    found: dict[str, Input] = {}
    for choice in graph.choices.values():
        if set(choice.probabilities) == {"yes", "no"}:
            found[choice.name] = Chance(choice.name, choice.name, "yes", "no")
        elif len(choice.probabilities) > 1:
            for label in choice.probabilities:
                name = f"{choice.name}.{label}"
                found[name] = Chance(name, choice.name, label)
    for state in graph.states.values():
        if state.duration is not None:
            found[state.duration] = Time(state.duration)
    return found


def find(name: str, inputs: Mapping[str, Input]) -> Input:
    """Find an input by its name.

    Raises:
        UnknownInputError: There is none of that name.
    """
    if name not in inputs:
        raise UnknownInputError(name, inputs)
    return inputs[name]


def apply(graph: Graph, inputs: Mapping[str, Input], settings: Mapping[str, Setting]) -> Graph:
    """Set some inputs of a graph to other values, all together.

    Args:
        graph: The model.
        inputs: Its inputs by name.
        settings: By name of the input: a probability in [0, 1], or a law in the graph's unit.

    Raises:
        UnknownInputError: There is no input of that name.
        ImpossibleSettingError: The probabilities of a choice would not sum to 1, or a value is of the wrong kind.
    """
    chances: dict[str, list[tuple[Chance, Fraction]]] = {}
    times: dict[str, Law] = {}
    for name, value in settings.items():
        given = find(name, inputs)
        if isinstance(given, Chance):
            if not isinstance(value, Fraction):
                raise ImpossibleSettingError(name, "it is a probability", "write a probability such as `0.2` or `20%`")
            chances.setdefault(given.choice, []).append((given, value))
        elif isinstance(value, Fraction):
            raise ImpossibleSettingError(name, "it is a time", "write a time such as `90s` or `2-5m`")
        else:
            times[name] = value
    choices = {name: replaced(graph.choices[name], changes) for name, changes in chances.items()}
    states = {
        name: state.with_whole(times[state.duration]) if state.duration in times else state
        for name, state in graph.states.items()
    }
    return replace(graph, states=states, choices={**graph.choices, **choices})


def replaced(choice: Choice, changes: Sequence[tuple[Chance, Fraction]]) -> Choice:
    """Give a choice other probabilities, which sum to 1 again.

    Raises:
        ImpossibleSettingError: They cannot.
    """
    new = dict(choice.probabilities)
    for chance, value in changes:
        if not 0 <= value <= 1:
            raise ImpossibleSettingError(chance.name, f"{float(value):g} is not a probability")
        new[chance.label] = value
    changed = {chance.label for chance, _ in changes}
    # When the label that takes the rest is itself set, all the others share what is left.
    named = {chance.rest for chance, _ in changes if chance.rest is not None} - changed
    takers = named or set(new) - changed
    left = 1 - sum(value for label, value in new.items() if label not in takers)
    before = sum(choice.probabilities[label] for label in takers)
    name = changes[0][0].name
    if left < 0 or (left > 0 and not takers):
        whole = float(1 - left)
        raise ImpossibleSettingError(name, f"the probabilities of `{choice.name}` would sum to {whole:g}")
    for label in takers:
        share = choice.probabilities[label] / before if before else Fraction(1, len(takers))
        new[label] = left * share
    return Choice(choice.name, new)
