"""`wetrun shell`: look inside a sandbox that was kept."""

from pathlib import Path

import click

from wetrun.cli.options import state_option
from wetrun.verbs.kept import look_inside
from wetrun.verbs.reading import locate_state

__all__ = ["command"]


@click.command("shell", context_settings={"ignore_unknown_options": True})
@click.argument("run", required=False, default="latest")
@click.argument("argv", nargs=-1, type=click.UNPROCESSED, metavar="[COMMAND]...")
@click.option("--user", default="root", metavar="NAME", help="As whom.  [default: root]")
@state_option
def command(*, run: str, argv: tuple[str, ...], user: str, state: Path | None) -> int:
    """Open a shell (or run COMMAND) in the kept sandbox of RUN: a rehearsal, or `REHEARSAL/SCENARIO`.

    `wetrun rehearse --keep` keeps sandboxes, `wetrun discard` ends them. Exits with the command's exit code.
    """
    return look_inside(locate_state(state), run, argv, user=user)
