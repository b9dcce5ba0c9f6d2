"""Options that several verbs share."""

from pathlib import Path

import click

__all__ = ["json_option", "plan_argument"]

plan_argument = click.argument("plan", required=False, type=click.Path(dir_okay=False, path_type=Path))
"""The plan file; found upwards from the working directory when it is not named."""

json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON on stdout.")
