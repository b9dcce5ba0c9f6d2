"""`wetrun check`: read the plan and report every mistake with its place."""

import json
from pathlib import Path

import click

from wetrun.cli.options import json_option, plan_argument
from wetrun.errors import PlanError
from wetrun.verbs.check import check

__all__ = ["command"]


@click.command("check")
@plan_argument
@json_option
def command(plan: Path | None, *, as_json: bool) -> int:
    """Read the plan and report every mistake with file, line and column.

    Touches nothing. Exits 0 when the plan can be used, 2 when not.
    """
    try:
        found = check(plan)
    except PlanError as error:
        if not as_json:
            raise
        problems = [
            {
                "message": problem.message,
                "file": problem.place.file if problem.place else None,
                "line": problem.place.line if problem.place else None,
                "column": problem.place.column if problem.place else None,
                "path": problem.path,
                "hint": problem.hint,
            }
            for problem in error.problems
        ]
        click.echo(json.dumps({"problems": problems}, indent=2))
        return error.exit_code
    steps = sum(len(phase.steps) for phase in found.phases)
    facts = {
        "plan": found.name,
        "file": found.source,
        "phases": len(found.phases),
        "steps": steps,
        "monitors": len(found.monitors),
        "probes": len(found.state),
        "scenarios": len(found.scenarios),
    }
    if as_json:
        click.echo(json.dumps({"problems": [], **facts}, indent=2))
    else:
        counts = ", ".join(f"{facts[name]} {name}" for name in ("phases", "steps", "monitors", "probes", "scenarios"))
        click.echo(f"{found.source}: plan `{found.name}` reads well: {counts}")
    return 0
