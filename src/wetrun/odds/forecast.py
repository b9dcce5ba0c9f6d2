"""What comes out of a model: how likely every outcome is, and how long it takes."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from functools import cached_property

import numpy as np
from numpy import float64
from numpy.typing import NDArray

from wetrun.odds.mistakes import as_number, check_levels, told
from wetrun.plan.expectations import JsonValue
from wetrun.report.odds_json import odds_json
from wetrun.simulate.evidence.intervals import Interval
from wetrun.simulate.exact import forecast as engine
from wetrun.simulate.exact.durations import Durations
from wetrun.simulate.exact.probabilities import absorb_exact
from wetrun.simulate.exact.running import Running, running
from wetrun.simulate.exact.timing import Timing
from wetrun.simulate.models.graph import Graph

__all__ = ["Forecast", "IfAny", "Outcome", "Time"]


class IfAny:
    """How long a tag's clock runs, over those runs alone in which it runs at all.

    Attributes:
        probability: How likely it runs, given the outcome; in (0, 1].
        mean: In the model's unit.
        sd: Likewise.
    """

    def __init__(self, found: Running) -> None:
        self.probability, self.mean, self.sd = found.share, found.mean, found.sd
        self._found = found

    def quantiles(self, levels: Sequence[float]) -> NDArray[float64]:
        """As `Time.quantiles`, of these runs."""
        return np.array(self._found.quantiles(check_levels(levels)))


class Time:
    """How long something takes, given an outcome (or whatever the outcome): a distribution.

    Times are in the model's unit. Atoms and single laws are exact; sums of spread laws are right to about 1e-7 of the
    probability, and to 1e-5 beside corners that are much narrower than the whole.

    Attributes:
        mean: From exact moments; NaN when the outcome cannot happen.
        sd: The standard deviation, likewise.
    """

    def __init__(self, timing: Timing) -> None:
        self.mean, self.sd = timing.mean, timing.sd
        self._timing = timing

    def __repr__(self) -> str:
        return f"<Time: mean {self.mean:.6g}, sd {self.sd:.6g}>"

    def quantile(self, level: float) -> float:
        """The time that is not exceeded with a probability; as `quantiles`."""
        return float(self.quantiles([level])[0])

    def quantiles(self, levels: Sequence[float]) -> NDArray[float64]:
        """The times that are not exceeded with given probabilities.

        Args:
            levels: Each in (0, 1); beyond .999 the curve reaches only as far as `forecast(levels=…)` was told.

        Returns:
            float64[levels]; NaN when the outcome cannot happen or no curve resolves the time; infinite where it lies
            beyond what was computed.

        Raises:
            OddsError: A level is not between 0 and 1.
        """
        return self._timing.quantiles(check_levels(levels))

    def cdf(self, time: float) -> float:
        """P(it takes at most `time`), given the outcome; in [0, 1].

        NaN when the outcome cannot happen, or no curve resolves it.

        Raises:
            OddsError: `time` is no number.
        """
        within = _within(self._timing, time)
        return within / self._timing.probability if self._timing.probability > 0 else float("nan")

    def curve(self) -> tuple[NDArray[float64], NDArray[float64]]:
        """The whole cumulative distribution, for drawing.

        Returns:
            float64[n], rising times (twice where the curve jumps), and float64[n], P(at most that time) given the
            outcome. Both are empty when the outcome cannot happen.
        """
        if self._timing.probability <= 0:
            return np.zeros(0), np.zeros(0)
        times, heights = self._timing.points()
        return times, np.minimum(heights / self._timing.probability, 1.0)

    @cached_property
    def if_any(self) -> IfAny | None:
        """The same over those runs alone in which there is any such time; None where there never is."""
        found = running(self._timing)
        return None if found is None else IfAny(found)


class Outcome:
    """One way in which it can end.

    Attributes:
        name: The name of the absorbing state.
        probability: In [0, 1]; with about 1e-15 of itself for each step of the way, however rare it is.
        time: The whole time, given that it ends so.
        tags: Tag → the time under it, likewise.
        interval: The credible interval of the probability (`low`, `high`, `level`); None of a model without evidence.
    """

    def __init__(self, name: str, forecast: "Forecast", found: engine.Forecast, interval: Interval | None) -> None:
        self.name, self.probability, self.interval = name, found.probabilities[name], interval
        self.time = Time(found.total.outcomes[name])
        self.tags: Mapping[str, Time] = {tag: Time(each.outcomes[name]) for tag, each in found.tags.items()}
        self._timing, self._forecast = found.total.outcomes[name], forecast

    def __repr__(self) -> str:
        return f"<Outcome {self.name!r}: {self.probability:.6g}>"

    @property
    def exact(self) -> Fraction:
        """The probability as a fraction, exactly; those of all outcomes sum to 1.

        Raises:
            OddsError: A loop is too tangled.
        """
        return self._forecast.fractions()[self.name]

    def within(self, time: float) -> float:
        """P(it ends so, and by `time`): not conditional, unlike `time.cdf`; NaN where no curve resolves it.

        Raises:
            OddsError: `time` is no number.
        """
        return _within(self._timing, time)


class Forecast:
    """The exact answer for a model.

    Attributes:
        unit: Of all times.
        outcomes: By name, in the order of the model.
        time: The whole time, whatever the outcome.
        tags: Tag → the time under it, likewise; in alphabetical order.
    """

    def __init__(self, graph: Graph, found: engine.Forecast, intervals: Mapping[str, Interval] | None = None) -> None:
        known = intervals or {}
        self.unit = found.unit
        self.outcomes: Mapping[str, Outcome] = {
            name: Outcome(name, self, found, known.get(name)) for name in found.probabilities
        }
        self.time = Time(found.total.overall)
        self.tags: Mapping[str, Time] = {tag: _overall(each) for tag, each in found.tags.items()}
        self._graph, self._found = graph, found
        self._exact: dict[str, Fraction] | None = found.exact

    def __repr__(self) -> str:
        odds = ", ".join(f"{name} {one.probability:.6g}" for name, one in self.outcomes.items())
        return f"<Forecast: {odds}; mean {self.time.mean:.6g} {self.unit}>"

    @told()
    def fractions(self) -> Mapping[str, Fraction]:
        """The probability of every outcome as a fraction, exactly; computed when it is first asked for.

        Raises:
            OddsError: A loop is too tangled.
        """
        if self._exact is None:
            self._exact = absorb_exact(self._graph)
        return self._exact

    def _told(self, *, exact: bool) -> engine.Forecast:
        return replace(self._found, exact=dict(self.fractions()) if exact else None)

    def to_dict(
        self,
        *,
        exact: bool = False,
        quantiles: Sequence[float | str] = engine.QUANTILES,
        within: Sequence[float | str] = (),
    ) -> dict[str, JsonValue]:
        """The answer as `wetrun simulate --json` tells it.

        Args:
            exact: Give the fractions, too.
            quantiles: Levels in (0, 1); they become keys as they are written.
            within: Times in the model's unit, likewise.

        Raises:
            OddsError: A level is not between 0 and 1, or a time is no number.
        """
        return odds_json(self._told(exact=exact), *written(quantiles, within))


def written(
    quantiles: Sequence[float | str], within: Sequence[float | str]
) -> tuple[tuple[str, ...], dict[str, float]]:
    """Levels, and times, by how they are written."""
    check_levels([as_number("quantiles", level) for level in quantiles])
    times = {str(time): as_number("within", time) for time in within}
    return tuple(map(str, quantiles)), times


def _overall(clock: Durations) -> Time:
    return Time(clock.overall)


def _within(timing: Timing, time: float) -> float:
    return timing.within(as_number("time", time)) if timing.probability > 0 else 0.0
