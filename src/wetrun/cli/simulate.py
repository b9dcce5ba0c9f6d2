"""`wetrun simulate`: the odds of a plan, or of anyone's model."""

from pathlib import Path
from typing import Any

import click

from wetrun.cli.numbers import Levels, Share, Until
from wetrun.cli.options import double_option, json_option, plan_argument, state_option
from wetrun.cli.simulate_checks import check_options

__all__ = ["command"]


@click.command("simulate")
@plan_argument
@click.option(
    "--graph",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Instead of a plan a model as JSON: states, times, and what comes next with which probability.",
)
@click.option(
    "--what-if",
    "what_if",
    multiple=True,
    metavar="NAME=VALUE",
    help="Set an input, as in `scenario.slow-database.probability=0.2` or `rollback.takes=3m`; repeatable.",
)
@click.option(
    "--sweep",
    "sweeps",
    multiple=True,
    metavar="NAME=FROM:TO:STEP",
    help="Also a table over values of an input (`NAME=1m..10m`: ten of them); several make a grid.",
)
@click.option(
    "--goal",
    "goals",
    multiple=True,
    metavar="OUTCOME>=P",
    help="Also which single input would reach this, as in `success>=0.99`, `total.p95<=20m` or "
    "`fleet.completed>=0.99`; repeatable.",
)
@click.option(
    "--within",
    type=Until(),
    multiple=True,
    help="Also the probability of each outcome by this time (`10m`; a number alone is in the model's unit, of a plan "
    "in seconds); repeatable.",
)
@click.option("--exact", is_flag=True, help="Also the probabilities as fractions.")
@click.option(
    "--quantiles",
    type=Levels(),
    default=None,
    help="Which quantiles, each between 0 and 1, with commas between.  [default: 0.05,0.5,0.95,0.99,0.999]",
)
@click.option(
    "--evidence",
    type=click.Choice(["rehearsals", "deployments", "none"]),
    default="rehearsals",
    show_default=True,
    help="Which runs are counted in; the two kinds are never counted together.",
)
@click.option("--pool-changed", is_flag=True, help="Count runs of a changed plan, tool or double, too.")
@click.option(
    "--plot",
    type=click.Path(dir_okay=False, writable=True, path_type=Path),
    help="Also all pictures as one SVG file.",
)
@click.option(
    "--page",
    type=click.Path(dir_okay=False, writable=True, path_type=Path),
    help="Also the whole answer as an HTML page (of plans).",
)
@click.option(
    "--sample",
    "trials",
    type=click.IntRange(1, 10**12),
    help="Walk at random this often instead; claims are held against the walks.",
)
@click.option("--seed", type=click.IntRange(0), default=0, show_default=True, help="The seed of everything random.")
@click.option("--threads", type=click.IntRange(1, 256), default=1, show_default=True, help="Threads for random walks.")
@click.option(
    "--error",
    type=Share(),
    help="Stop the random walks once every probability's standard error is at most this.",
)
@double_option
@state_option
@json_option
def command(**given: Any) -> int:
    """Compute how likely every outcome is, and how long it takes: exactly, or by random walks.

    Touches no system. Reads the plan, and what its record holds: the plan's numbers are priors, runs update them. Where
    there is a record, the forecast is kept in it, to be scored when runs come in.
    Times are given the outcome; `--within` is not: it is the probability to be there by then.
    """
    check_options(given)
    plan, graph = given["plan"], given["graph"]
    if graph is not None:
        from wetrun.cli.simulate_graph import answer_for_graph

        click.echo(answer_for_graph(graph, given))
        return 0
    from wetrun.cli.simulate_plan import answer_for_plan

    click.echo(answer_for_plan(plan, given))
    return 0
