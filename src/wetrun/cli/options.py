"""Options that several verbs share."""

from pathlib import Path

import click

__all__ = ["json_option", "plan_argument", "run_argument", "state_option"]

plan_argument = click.argument("plan", required=False, type=click.Path(dir_okay=False, path_type=Path))
"""The plan file; found upwards from the working directory when it is not named."""

run_argument = click.argument("run", required=False, default="latest")
"""A rehearsal, or one run of it (`REHEARSAL/SCENARIO`)."""

json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON on stdout.")

state_option = click.option(
    "--state",
    type=click.Path(file_okay=False, path_type=Path),
    default=None,
    help="Where wetrun keeps its record.  [default: .wetrun beside the plan]",
)
