"""`wetrun report`: render a rehearsal's report again."""

import json
from pathlib import Path

import click

from wetrun.cli.options import run_argument, state_option
from wetrun.cli.verdict import show
from wetrun.verbs.reading import locate_state
from wetrun.verbs.report import report, write_page
from wetrun.verbs.results import tell

__all__ = ["command"]


@click.command("report")
@run_argument
@click.option("--format", "form", type=click.Choice(["text", "html", "json"]), default="text", help="What to print.")
@state_option
def command(*, run: str, form: str, state: Path | None) -> int:
    """Render the report of rehearsal RUN again, from its record; the newest one when RUN is left out.

    `html` writes the page and prints where it is.
    """
    folder = locate_state(state)
    told = tell(report(folder, run), folder)
    if form == "json":
        from wetrun.report.data import to_json

        click.echo(json.dumps(to_json(told.report, told.results), indent=2))
    elif form == "html":
        click.echo(str(write_page(told, folder)))
    else:
        show(told.report, told.results)
    return 0
