"""`wetrun init`: draft a first plan for this folder."""

from pathlib import Path

import click

from wetrun.verbs.init import PLAN_FILE, init

__all__ = ["command"]


@click.command("init")
@click.argument("folder", required=False, default=".", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--stdout", "to_stdout", is_flag=True, help="Print the draft instead of writing it.")
def command(folder: Path, *, to_stdout: bool) -> int:
    """Draft a first plan from what FOLDER holds (git, npm, Python, PM2, systemd, Procfile, compose).

    Never overwrites a plan.
    """
    draft = init(folder, write=not to_stdout)
    if to_stdout:
        click.echo(draft, nl=False)
    else:
        click.echo(f"wrote {folder / PLAN_FILE}; next: read it, then `wetrun check`", err=True)
    return 0
