"""`wetrun simulate`: the odds of a model."""

import json
import math
import sys
from pathlib import Path
from typing import Any

import click

from wetrun.cli.options import json_option

__all__ = ["command"]


class _Number(click.ParamType[Any]):
    """A number that keeps its text, as which it comes back in the output."""

    def __init__(self, name: str, most: float) -> None:
        self.name = name
        self.most = most

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Check one number."""
        text = str(value).strip()
        try:
            number = float(text)
        except ValueError:
            self.fail(f"`{text}` is not a number", param, ctx)
        if not 0 <= number <= self.most or math.isnan(number):
            self.fail(f"`{text}` is not between 0 and {self.most:g}", param, ctx)
        return text


class _Numbers(_Number):
    """Several of them, with commas between."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Check all numbers."""
        return tuple(_Number.convert(self, part, param, ctx) for part in str(value).split(","))


@click.command("simulate")
@click.option(
    "--graph",
    type=click.Path(dir_okay=False, path_type=Path),
    required=True,
    help="A model as JSON: states, times, and what comes next with which probability.",
)
@click.option(
    "--within",
    type=_Number("time", 1e100),
    multiple=True,
    help="Also the probability of each outcome by this time, in the model's unit; repeatable.",
)
@click.option("--exact", is_flag=True, help="Also the probabilities as fractions.")
@click.option(
    "--quantiles",
    type=_Numbers("levels", 1),
    default=None,
    help="Which quantiles, with commas between.  [default: 0.05,0.5,0.95,0.99,0.999]",
)
@click.option("--sample", "trials", type=click.IntRange(1, 10**12), help="Walk at random this often instead.")
@click.option("--seed", type=click.IntRange(0), default=0, show_default=True, help="The seed of the random walks.")
@click.option("--threads", type=click.IntRange(1, 256), default=1, show_default=True, help="Threads for random walks.")
@click.option(
    "--error",
    type=click.FloatRange(0, 1, min_open=True),
    help="Stop the random walks once every probability's standard error is at most this.",
)
@json_option
def command(  # noqa: PLR0913 - one argument per option
    graph: Path,
    within: tuple[str, ...],
    quantiles: tuple[str, ...] | None,
    trials: int | None,
    seed: int,
    threads: int,
    error: float | None,
    *,
    exact: bool,
    as_json: bool,
) -> int:
    """Compute how likely every outcome is, and how long it takes: exactly, or by random walks.

    Touches nothing. Times are given the outcome; `--within` is not: it is the probability to be there by then.
    """
    from wetrun.simulate.forecast import QUANTILES

    levels = quantiles or QUANTILES
    if trials is None:
        if error is not None:
            raise click.UsageError("`--error` needs `--sample`: the exact answer has no sampling error")
        from wetrun.report.odds_json import odds_json
        from wetrun.report.odds_text import odds_text
        from wetrun.verbs.simulate import simulate_graph

        found = simulate_graph(graph, exact=exact)
        shown = json.dumps(odds_json(found, levels, within), indent=2) if as_json else odds_text(found, levels, within)
    else:
        if exact or within:
            raise click.UsageError("`--exact` and `--within` belong to the exact answer, not to `--sample`")
        shown = _sampled(graph, trials, seed, threads, error, levels, as_json=as_json)
    click.echo(shown)
    return 0


def _sampled(
    graph: Path, trials: int, seed: int, threads: int, error: float | None, levels: tuple[str, ...], *, as_json: bool
) -> str:
    from wetrun.report.sample_odds import sample_json, sample_text
    from wetrun.verbs.simulate import load_graph, sample_graph

    model = load_graph(graph)
    with click.progressbar(length=trials, label="walking", file=sys.stderr) as bar:
        reached = 0

        def progress(done: int) -> None:
            nonlocal reached
            bar.update(done - reached)
            reached = done

        found = sample_graph(model, trials, seed=seed, threads=threads, error=error, progress=progress)
    if as_json:
        return json.dumps({"unit": model.unit, **sample_json(found, levels)}, indent=2)
    return sample_text(found, model.unit, levels)
