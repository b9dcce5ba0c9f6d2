"""`wetrun rehearse`: run the plan for real in a double, clean and once per failure."""

import json
import math
import os
import sys
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

import click

from wetrun.cli.options import double_option, json_option, plan_argument, state_option
from wetrun.cli.output import stop_writing
from wetrun.cli.plain import PlainSpectator
from wetrun.cli.verdict import exit_code, show
from wetrun.rehearse.settings import Isolation, Settings, Spectator
from wetrun.verbs.reading import locate_plan

if TYPE_CHECKING:
    from wetrun.verbs.rehearse import Rehearsed

__all__ = ["command"]

_FASTEST = 1_000_000.0  # a hundred years in less than an hour; beyond that every wait is none at all


@click.command("rehearse")
@plan_argument
@click.option(
    "--scenario", "scenarios", multiple=True, metavar="NAME", help="Only this run (`clean` is one); repeatable."
)
@click.option(
    "--jobs",
    type=click.IntRange(min=1),
    default=None,
    metavar="N",
    help="Runs at the same time.  [default: one per core; without isolation 1]",
)
@click.option(
    "--speed",
    type=click.FloatRange(1, _FASTEST),
    default=1.0,
    metavar="X",
    help="Let waits and monitors pass X times as fast; the report says so.",
)
@click.option("--keep", is_flag=True, help="Leave the sandboxes for `wetrun shell`; not with `--isolation none`.")
@click.option(
    "--in-memory/--on-disk",
    default=None,
    help="Keep what runs write in memory (not with `--isolation none`) or on disk.  [default: in memory if the "
    "plan says with `double.writes` how much it is and there is room; else on disk]",
)
@click.option(
    "--isolation",
    type=click.Choice([one.value for one in Isolation]),
    default=Isolation.NAMESPACES.value,
    help="`none` runs without a sandbox, on this machine; the report says so.",
)
@double_option
@state_option
@json_option
def command(  # noqa: PLR0913 - one for each option
    *,
    plan: Path | None,
    scenarios: tuple[str, ...],
    jobs: int | None,
    speed: float,
    keep: bool,
    in_memory: bool | None,
    isolation: str,
    double: Path | None,
    state: Path | None,
    as_json: bool,
) -> int:
    """Run the plan for real in a double of production: once clean, then once per failure scenario.

    Every fault is injected for real, its detection is measured, and every rollback is compared with the state before.
    Production cannot be reached from the double.

    Exits 0 for GO (with or without conditions), 1 for NO-GO, 4 when something could not be measured.
    """
    from wetrun.verbs.rehearse import rehearse

    if math.isnan(speed):
        raise click.BadParameter("a number is wanted", param_hint="`--speed`")
    path = locate_plan(plan)
    settings = Settings(
        state=state or path.absolute().parent / ".wetrun",
        scenarios=scenarios,
        jobs=jobs or (1 if isolation == Isolation.NONE.value else len(os.sched_getaffinity(0))),
        speed=speed,
        keep=keep,
        in_memory=in_memory,
        isolation=Isolation(isolation),
    )
    with _spectator() as spectator:
        done = rehearse(path, settings, spectator, double)
    try:
        _tell(done, as_json=as_json)
    except BrokenPipeError:  # the verdict counts even when nobody reads why
        stop_writing()
    return exit_code(done.report)


def _tell(done: "Rehearsed", *, as_json: bool) -> None:
    if as_json:
        from wetrun.report.data import to_json

        click.echo(json.dumps({**to_json(done.report, done.results), "page": str(done.page)}, indent=2))
    else:
        show(done.report, done.results, done.page)
    if done.kept:
        click.echo(f"kept: {', '.join(done.kept)}", err=True)
        click.echo(f"hint: `wetrun shell {done.kept[0]}` looks inside, `wetrun discard` ends them", err=True)


def _spectator() -> AbstractContextManager[Spectator]:
    """A live table on a terminal, plain lines anywhere else."""
    if sys.stderr.isatty() and os.environ.get("TERM", "dumb") != "dumb":
        from wetrun.cli.live import LiveSpectator

        return LiveSpectator()
    return nullcontext(PlainSpectator())
