"""10 000 draws from the posterior of the reference model's choices, each with the probability of every outcome."""

import json
import time
from fractions import Fraction
from pathlib import Path
from statistics import median

from measuring import ROOT, Measured, Shown

from wetrun.simulate.evidence.intervals import credible_of_each
from wetrun.simulate.evidence.posterior import draw, posteriors
from wetrun.simulate.evidence.shares import shares
from wetrun.simulate.exact.probabilities import absorb, absorb_many
from wetrun.simulate.models.graph import Choice, Graph, State

__all__ = ["measure"]

_DRAWS = 10_000
_TURNS = 15
_MODEL = ROOT / "examples/simulate/reference.json"


def _model() -> Graph:
    written = json.loads(_MODEL.read_text())
    states: dict[str, State] = {}
    choices: dict[str, Choice] = {}
    for name, state in written["states"].items():
        following = state.get("next", {})
        if len(following) > 1:
            choices[name] = Choice(name, {to: Fraction(repr(odds)) for to, odds in following.items()})
        states[name] = State(name, choice=name if len(following) > 1 else None, next={to: to for to in following})
    return Graph(written["start"], written["unit"], states, choices)


def measure(scratch: Path) -> list[Measured | Shown]:
    """Draw and absorb in turns; the first turn, which fills caches, does not count."""
    del scratch
    graph = _model()
    known = posteriors(graph, {})
    drawn, absorbed, told = [], [], []
    for turn in range(_TURNS + 1):
        began = time.perf_counter()
        draws = draw(known, draws=_DRAWS, seed=turn)
        at_drawn = time.perf_counter()
        outcomes = absorb_many(graph, draws)
        at_absorbed = time.perf_counter()
        credible_of_each(outcomes, absorb(graph))
        for values in outcomes.values():
            shares(values, draws, known)
        if turn:
            drawn.append(at_drawn - began)
            absorbed.append(at_absorbed - at_drawn)
            told.append(time.perf_counter() - at_absorbed)
    parts = f"drawing {median(drawn) * 1e3:.1f} ms, outcomes {median(absorbed) * 1e3:.1f} ms, median of {_TURNS}"
    both = [one + other for one, other in zip(drawn, absorbed, strict=True)]
    return [
        Measured(f"{_DRAWS} posterior draws through the reference model", median(both) * 1e3, 100, "ms", parts),
        Shown("their intervals, and the shares of their variance", f"{median(told) * 1e3:.1f} ms"),
    ]
