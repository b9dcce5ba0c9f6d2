"""A model of anything that goes through states: built from Python values, or read from the JSON of `--graph`."""

import json
from collections.abc import Callable, Mapping, Sequence
from os import PathLike
from pathlib import Path as FilePath
from typing import Any

from wetrun.odds.forecast import Forecast
from wetrun.odds.mistakes import check_levels, check_names, check_number, told
from wetrun.odds.values import Law, Probability, State, listed, plain, set_time, state_json, what_if_texts
from wetrun.plan.expectations import JsonValue
from wetrun.simulate.exact.event_tree import EventTree
from wetrun.simulate.exact.gradients import Sensitivities, sensitivities
from wetrun.simulate.exact.paths import Path, likely_paths
from wetrun.simulate.models.graph import Graph
from wetrun.simulate.models.inputs import apply, inputs_of
from wetrun.simulate.models.reading import read_graph
from wetrun.simulate.models.writing import graph_json
from wetrun.simulate.questions.asked_model import GraphModel
from wetrun.simulate.questions.asking import parse_sweeps, parse_what_ifs
from wetrun.simulate.questions.sweeps import Row, sweep
from wetrun.simulate.sampling.sampled import Sample
from wetrun.verbs.simulate import load_graph, sample_graph, simulate_graph

__all__ = ["Model"]


class Model:
    """States, how long each takes, and what comes next: an absorbing semi-Markov graph. It never changes.

    Args:
        states: By name; those without a next one are the outcomes. Loops are allowed.
        start: The name of the first state; None means the first of `states`.
        unit: The unit of all times, for people.

    Raises:
        OddsError: Probabilities do not sum to 1, a state is unknown, never reached or never left, or a time or a
            probability is none; every such problem, with its path.
    """

    def __init__(self, states: Mapping[str, State], *, start: str | None = None, unit: str = "s") -> None:
        first = next(iter(states), "") if start is None else start
        written = {name: state_json(state) for name, state in states.items()}
        self._graph = _read({"start": first, "unit": unit, "states": written})

    @classmethod
    def _of(cls, graph: Graph) -> "Model":
        made = cls.__new__(cls)
        made._graph = graph  # noqa: SLF001 - it is one of us
        return made

    @classmethod
    @told()
    def read(cls, path: str | PathLike[str]) -> "Model":
        """Read a model from the JSON file that `wetrun simulate --graph` takes.

        Raises:
            OddsError: It cannot be read, or has mistakes; all of them, with their lines and columns.
        """
        return cls._of(load_graph(FilePath(path)))

    @classmethod
    def from_dict(cls, model: Mapping[str, Any]) -> "Model":
        """Take a model as that JSON has it: `{"start": …, "unit": …, "states": {…}}`.

        Raises:
            OddsError: As for `Model`.
        """
        return cls._of(_read(model))

    def to_dict(self) -> dict[str, JsonValue]:
        """The model as JSON has it; probabilities as exact fractions."""
        return graph_json(self._graph)

    def __repr__(self) -> str:
        return f"<Model: {len(self._graph.states)} states from {self.start!r} to {', '.join(map(repr, self.outcomes))}>"

    @property
    def start(self) -> str:
        """The name of the first state."""
        return self._graph.start

    @property
    def unit(self) -> str:
        """The unit of all times."""
        return self._graph.unit

    @property
    def states(self) -> Mapping[str, State]:
        """The states by name, for another model: `Model({**model.states, "build": State(…)})`."""
        choices = self._graph.choices
        return {
            name: State(
                one.time,  # type: ignore[arg-type] # pyright: ignore[reportArgumentType] - no model read holds mixtures
                {to: choices[one.choice].probabilities[label] if one.choice else 1 for label, to in one.next.items()},
                tuple(sorted(one.tags)),
            )
            for name, one in self._graph.states.items()
        }

    @property
    def outcomes(self) -> tuple[str, ...]:
        """The names of the states in which it can end, in the order of the model."""
        return self._graph.outcomes()

    @property
    def inputs(self) -> tuple[str, ...]:
        """What `what_if` and `sweep` can set.

        `build.broken` is how likely `broken` comes after `build`, and `build.time` is how long `build` takes; a choice
        between `yes` and `no` has the name of its state alone.
        """
        return tuple(inputs_of(self._graph))

    @told()
    def forecast(self, *, levels: Sequence[float] = ()) -> Forecast:
        """Compute the exact answer: every outcome's probability, and the distribution of every time.

        Args:
            levels: Quantiles that will be asked for, beyond the .999; each in (0, 1).

        Raises:
            OddsError: A loop is too tangled for an exact answer (`sample` it), or a level is not between 0 and 1.
        """
        return Forecast(self._graph, simulate_graph(self._graph, levels=check_levels(levels)))

    @told()
    def sample(
        self,
        trials: int,
        *,
        seed: int = 0,
        threads: int = 1,
        error: float | None = None,
        progress: Callable[[int], None] | None = None,
    ) -> Sample:
        """Walk through the model at random.

        Args:
            trials: How many walks at most; ≥ 1.
            seed: ≥ 0; the same seed gives the same numbers, for any number of threads.
            threads: ≥ 1.
            error: Stop once every probability's standard error is at most this; in (0, 1].
            progress: Is told now and then how many have walked.

        Raises:
            OddsError: An argument is out of its range.
        """
        check_number("trials", trials, 1)
        check_number("seed", seed, 0)
        check_number("threads", threads, 1)
        if error is not None:
            check_number("error", error, 5e-324, 1)
        return sample_graph(self._graph, trials, seed=seed, threads=threads, error=error, progress=progress)

    @told()
    def what_if(self, settings: Mapping[str, Probability | Law]) -> "Model":
        """The model when some inputs are others.

        Args:
            settings: By name of the input (see `inputs`), all set together. What a probability leaves over, the other
                states that can come next share as before. A time is a law or a number, in the model's unit, or a text
                such as `"90s"` or `"2-5m"`.

        Raises:
            OddsError: There is no such input, or it cannot have that value; or the model would never end.
        """
        inputs = inputs_of(self._graph)
        times = {
            name: law for name, value in settings.items() if (law := set_time(value, inputs.get(name))) is not None
        }
        texts = what_if_texts({name: value for name, value in settings.items() if name not in times})
        graph = apply(self._graph, inputs, {**parse_what_ifs(texts, inputs, self.unit), **times})
        return Model.from_dict(graph_json(graph))

    @told()
    def sweep(self, grid: Mapping[str, str | Sequence[Probability]]) -> tuple[Row, ...]:
        """The answer for every combination of values of some inputs.

        Args:
            grid: By name of the input its values one after another, or a text such as `"0:0.2:0.05"` (from, to, step)
                or `"1m..10m"` (ten values); the last input changes fastest.

        Returns:
            A row for each combination: its `values`, `outcomes` (name → probability) and `times` (`mean`, `p95` of
            at most 500 rows, and `down` where there is such a tag).

        Raises:
            OddsError: There is no such input, a value is impossible, or there are too many rows.
        """
        texts = [f"{name}={values if isinstance(values, str) else listed(values)}" for name, values in grid.items()]
        model = GraphModel(self._graph)
        return sweep(model, parse_sweeps(texts, model.inputs, self.unit))

    @told()
    def sensitivities(self) -> Sensitivities:
        """The exact derivatives of every outcome's probability, and of every mean time, by every parameter.

        Raises:
            OddsError: A loop is too tangled, or the walk would never end if a probability of 0 grew.
        """
        return sensitivities(self._graph, (None, *_tags(self._graph)))

    def paths(self, *outcomes: str, count: int = 8) -> tuple[Path, ...]:
        """The most likely ways to some outcomes, the likeliest first, each with its probability.

        Args:
            outcomes: Names; none means all of them.
            count: How many at most; ≥ 0.

        Raises:
            OddsError: The model has no such outcome.
        """
        check_number("count", count, 0)
        check_names("outcome", outcomes, self.outcomes)
        wanted = outcomes or self.outcomes
        return likely_paths(EventTree(self._graph), count, wanted=lambda name: name in wanted)


def _tags(graph: Graph) -> list[str]:
    return sorted(frozenset[str]().union(*(state.tags for state in graph.states.values())))


def _read(model: Mapping[str, Any]) -> Graph:
    """Read a model from what will be JSON, whose lines nobody has written."""
    with told(places=False):
        return read_graph(json.dumps(model, default=plain), "model")
