"""`wetrun discard`: end a sandbox that was kept, and remove it."""

from pathlib import Path

import click

from wetrun.cli.options import run_argument, state_option
from wetrun.verbs.kept import discard
from wetrun.verbs.reading import locate_state

__all__ = ["command"]


@click.command("discard")
@run_argument
@state_option
def command(*, run: str, state: Path | None) -> int:
    """End the kept sandboxes of RUN with every process in them, and remove what they wrote."""
    for name in discard(locate_state(state), run):
        click.echo(f"ended {name}", err=True)
    return 0
