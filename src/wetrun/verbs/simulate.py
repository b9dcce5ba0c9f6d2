"""Compute the odds of a model: anyone's graph, read from JSON."""

from collections.abc import Callable, Sequence
from pathlib import Path

from wetrun.errors import WetrunError
from wetrun.simulate.exact.forecast import Forecast, forecast
from wetrun.simulate.models.graph import Graph
from wetrun.simulate.models.reading import read_graph
from wetrun.simulate.sampling.sampled import Sample
from wetrun.simulate.sampling.sampling import sample

__all__ = ["UnreadableModelError", "load_graph", "sample_graph", "simulate_graph"]

_MOST = 256 << 20


class UnreadableModelError(WetrunError):
    """The model's file cannot be opened, or is no text."""

    def __init__(self, path: Path, why: str) -> None:
        super().__init__(f"cannot read the model `{path}`: {why}", hint="name a JSON file with `start` and `states`")
        self.path = path


def load_graph(path: Path) -> Graph:
    """Read a model from a file.

    Raises:
        PlanError: It has mistakes; all of them.
        UnreadableModelError: There is no such file, it may not be read, or it is no text.
    """
    try:
        with path.open("rb") as file:
            text = file.read(_MOST + 1)
        if len(text) > _MOST:
            raise UnreadableModelError(path, f"it is larger than {_MOST >> 20} MiB")
        return read_graph(text.decode("utf-8-sig"), str(path))
    except OSError as error:
        raise UnreadableModelError(path, (error.strerror or str(error)).lower()) from None
    except UnicodeDecodeError:
        raise UnreadableModelError(path, "it is not UTF-8 text") from None


def simulate_graph(model: Graph | Path, *, exact: bool = False, levels: Sequence[float] = ()) -> Forecast:
    """Compute the exact answer for a model.

    Args:
        model: A graph, or the JSON file that holds one.
        exact: Give probabilities as fractions too.
        levels: Quantiles that will be asked for, beyond the .999.

    Raises:
        PlanError: The file has mistakes; all of them.
        WetrunError: The file cannot be read, or a loop is too large for an exact answer.
    """
    return forecast(load_graph(model) if isinstance(model, Path) else model, exact=exact, levels=levels)


def sample_graph(
    model: Graph | Path,
    trials: int,
    *,
    seed: int = 0,
    threads: int = 1,
    error: float | None = None,
    progress: Callable[[int], None] | None = None,
) -> Sample:
    """Walk through a model at random; see `wetrun.simulate.sampling.sampling.sample`. All tags are measured.

    Raises:
        PlanError: The file has mistakes; all of them.
        WetrunError: The file cannot be read.
    """
    graph = load_graph(model) if isinstance(model, Path) else model
    tags: Sequence[str] = sorted(frozenset[str]().union(*(state.tags for state in graph.states.values())))
    return sample(graph, trials, clocks=(None, *tags), seed=seed, threads=threads, error=error, progress=progress)
