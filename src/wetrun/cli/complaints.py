"""Errors for people: what, where, and the way out; on stderr."""

import click

from wetrun.cli.output import harmless
from wetrun.errors import PlanError, WetrunError

__all__ = ["complain"]


def complain(error: WetrunError) -> None:
    """Print an error, every problem of a plan included."""
    if isinstance(error, PlanError):
        from wetrun.formats.problems import render

        for problem in error.problems:
            click.echo(harmless(render(problem)), err=True)
        if len(error.problems) > 1:
            click.echo(f"{len(error.problems)} mistakes", err=True)
        return
    click.echo(f"{click.style('error:', fg='red', bold=True)} {harmless(str(error))}", err=True)
    if error.hint:
        click.echo(f"hint: {harmless(error.hint)}", err=True)
