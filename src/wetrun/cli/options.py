"""Options that several verbs share."""

from pathlib import Path

import click

__all__ = ["double_option", "json_option", "plan_argument", "run_argument", "state_option"]

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

double_option = click.option(
    "--double",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    default=None,
    metavar="DIR",
    help="For a runbook: the folder with `setup.sh` and `start.sh` of its double.",
)
