"""How much of an output's uncertainty comes from which input, and how much of it from assumptions."""

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from wetrun.lean import dataclass
from wetrun.simulate.evidence.posterior import Draws, Posterior

__all__ = ["Shares", "decomposed", "shares"]


@dataclass(frozen=True, slots=True)
class Shares:
    """Where the variance of one output comes from.

    Attributes:
        deviation: The output's standard deviation.
        inputs: Choice → the part of the variance that it explains by itself, in [0, 1]; the largest first.
        together: The part that no input explains by itself (several at once do, or a repeated choice), ≥ 0.
        assumed: The part that rests on the plan's word: each input's share, times how much of the input's weight is the
            plan's and not the runs', over what the inputs explain by themselves; in [0, 1]. None where nothing varies.
    """

    deviation: float
    inputs: Mapping[str, float]
    together: float
    assumed: float | None


def shares(output: npt.NDArray[np.float64], draws: Draws, known: Mapping[str, Posterior]) -> Shares:
    """Decompose the variance of an output over the inputs that it was computed from.

    The share of an input is the first-order index of Sobol, Var E[output | input] / Var output, by least squares on its
    labels. The inputs are independent, and an outcome's probability is linear in every choice that is made at most once
    on the way: there the index is exact but for the noise of drawing, about 1 / draws. Where a choice is repeated
    (a retry), the rest is in `together`.

    Args:
        output: float64[n].
        draws: What it was computed from; float64[n] each.
        known: The posteriors of the same choices.

    Source: A. Saltelli et al., Global Sensitivity Analysis, 2008, sections 1.2.5 and 4.5.
    """
    parts = {name: [*labels.values()] for name, labels in draws.items()}
    return decomposed(output, parts, {name: known[name].assumed_share for name in draws}, bound=True)


def decomposed(
    output: npt.NDArray[np.float64],
    draws: Mapping[str, Sequence[npt.NDArray[np.float64]]],
    assumed: Mapping[str, float],
    *,
    bound: bool = False,
) -> Shares:
    """Decompose the variance of an output, as `shares` does, over any independent inputs.

    Args:
        output: float64[n].
        draws: Input → what was drawn of it, float64[n] each.
        assumed: Input → how much of what is known of it is the plan's word, in [0, 1].
        bound: Whether the numbers of one input always sum to the same, so that the last says nothing new.
    """
    centred = output - output.mean()
    total = float(centred @ centred)
    if total <= (1e-12 * max(1.0, float(np.abs(output).max()))) ** 2 * len(output):
        return Shares(0.0, {}, 0.0, None)
    parts = {name: _explained(centred, values, bound=bound) / total for name, values in draws.items()}
    ranked = dict(sorted(parts.items(), key=lambda part: (-part[1], part[0])))
    alone = sum(ranked.values())
    by_word = sum(part * assumed[name] for name, part in ranked.items())
    return Shares(
        deviation=float(output.std()),
        inputs=ranked,
        together=max(0.0, 1 - alone),
        assumed=by_word / alone if alone > 0 else 0.0,
    )


def _explained(centred: npt.NDArray[np.float64], drawn: Sequence[npt.NDArray[np.float64]], *, bound: bool) -> float:
    """The sum of squares that an input explains, less what chance alone would explain; never negative."""
    varying = [values - values.mean() for values in drawn if float(np.ptp(values)) > 0]
    varying = varying[:-1] if bound else varying
    if not varying:
        return 0.0
    design = np.stack(varying, axis=1)
    fitted = design @ np.linalg.lstsq(design, centred, rcond=None)[0]
    explained, rest = float(fitted @ fitted), float((centred - fitted) @ (centred - fitted))
    spare = len(centred) - 1 - len(varying)
    return max(0.0, explained - len(varying) * rest / spare) if spare > 0 else explained
