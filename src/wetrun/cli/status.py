"""`wetrun status`: list rehearsals and how they ended."""

import json
from pathlib import Path

import click

from wetrun.cli.options import json_option, state_option
from wetrun.report.cleaning import clean_line
from wetrun.units import counted, format_seconds
from wetrun.verbs.reading import locate_state
from wetrun.verbs.status import status

__all__ = ["command"]


@click.command("status")
@state_option
@json_option
def command(*, state: Path | None, as_json: bool) -> int:
    """List the rehearsals of this plan, the newest first, and how they ended. Only reads."""
    found = status(locate_state(state))
    if as_json:
        rows = [
            {
                "rehearsal": one.rehearsal,
                "plan": one.plan,
                "began": one.began,
                "seconds": one.seconds,
                "state": one.state.value,
                "verdict": one.verdict.value if one.verdict else None,
                "runs": {name: outcome.value if outcome else None for name, outcome in one.runs.items()},
                "kept": list(one.kept),
            }
            for one in found
        ]
        click.echo(json.dumps(rows, indent=2))
        return 0
    if not found:
        click.echo("nothing has been rehearsed here yet; `wetrun rehearse` begins", err=True)
    for one in found:
        word = one.verdict.value if one.verdict else one.state.value
        ended = sum(1 for outcome in one.runs.values() if outcome is not None)
        kept = f"  kept: {', '.join(one.kept)}" if one.kept else ""
        took = format_seconds(one.seconds)
        runs = counted(len(one.runs), "run")
        click.echo(f"{one.rehearsal}  {word:<18}  {ended} of {runs} ended  {took:>9}  {clean_line(one.plan)}{kept}")
    return 0
