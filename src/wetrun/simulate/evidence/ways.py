"""How likely the ways of a deployment are that rehearsals look at one by one: undisturbed, or one scenario alone.

What is left over, several scenarios in the same deployment, no rehearsal ever shows.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from wetrun.simulate.evidence.posterior import Draws
from wetrun.simulate.exact.probabilities import absorb_many
from wetrun.simulate.models.graph import Graph, State
from wetrun.simulate.plans.parameters import Parameter

if TYPE_CHECKING:
    from numpy import float64
    from numpy.typing import NDArray

__all__ = ["Ways", "strikes", "ways"]

_SCENARIO, _OWN, _GIVEN = "scenario.", ".probability", ".given."
_OTHER = "another scenario strikes"


class Ways(NamedTuple):
    """How likely a deployment goes each way.

    Attributes:
        alone: Scenario (None: none strikes) → float64[n], the probability that it is the only one that strikes.
        several: float64[n], the probability that more than one does.
    """

    alone: "Mapping[str | None, NDArray[float64]]"
    several: "NDArray[float64]"


def strikes(parameters: Mapping[str, Parameter]) -> dict[tuple[str, str], str]:
    """Which labels of which choices mean that a scenario strikes: choice and label → scenario."""
    found: dict[tuple[str, str], str] = {}
    for name, one in parameters.items():
        if not one.choice or not name.startswith(_SCENARIO):
            continue
        if name.endswith(_OWN):
            found[one.choice, one.label] = name.removeprefix(_SCENARIO).removesuffix(_OWN)
        elif _GIVEN in name:
            found[one.choice, one.label] = name.removeprefix(_SCENARIO).partition(_GIVEN)[0]
    return found


def ways(graph: Graph, struck: Mapping[tuple[str, str], str], draws: Draws) -> Ways:
    """Compute how likely each way is: walks that come to another scenario are led aside and counted there.

    A scenario that would strike behind the point at which another has ended the deployment does not strike.

    Args:
        graph: The plan's graph.
        struck: As `strikes` has it.
        draws: Choice → label → float64[n]; empty: the probabilities of the graph alone, n = 1.
    """
    undisturbed = _without_others(graph, struck, None, draws)
    alone: dict[str | None, NDArray[float64]] = {None: undisturbed}
    for name in dict.fromkeys(struck.values()):
        alone[name] = (_without_others(graph, struck, name, draws) - undisturbed).clip(0.0)
    return Ways(alone, (1 - np.sum([*alone.values()], axis=0)).clip(0.0))


def _without_others(
    graph: Graph, struck: Mapping[tuple[str, str], str], only: str | None, draws: Draws
) -> "NDArray[float64]":
    """The probability that no scenario but this one strikes."""
    aside = {key for key, name in struck.items() if name != only}
    states = {
        name: replace(
            state, next={label: _OTHER if (state.choice, label) in aside else to for label, to in state.next.items()}
        )
        if any((state.choice, label) in aside for label in state.next)
        else state
        for name, state in graph.states.items()
    }
    found = absorb_many(replace(graph, states={**states, _OTHER: State(_OTHER)}), draws)
    ended: NDArray[float64] = np.sum([values for name, values in found.items() if name != _OTHER], axis=0)
    return ended
