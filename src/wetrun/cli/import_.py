"""`wetrun import`: draft a plan from a runbook or an experiment."""

from pathlib import Path

import click

__all__ = ["command"]


@click.command("import")
@click.argument("source", type=click.Path(dir_okay=False, path_type=Path))
@click.option(
    "-o",
    "--output",
    type=click.Path(dir_okay=False, allow_dash=True, path_type=Path),
    default=Path("wetrun.yaml"),
    help="The plan; `-` prints it.  [default: wetrun.yaml]",
)
@click.option("--force", is_flag=True, help="Overwrite the plan, with all changes in it.")
@click.option(
    "--resolved", is_flag=True, help="A conflict is settled in the plan: keep it there, and merge everything else."
)
@click.option("--renamed", is_flag=True, help="SOURCE is the document that was imported before under another name.")
@click.option(
    "--compatible", is_flag=True, help="Read a Chaos Toolkit experiment as Chaos Toolkit does, failures and all."
)
def command(*, source: Path, output: Path, force: bool, resolved: bool, renamed: bool, compatible: bool) -> int:
    """Draft a plan from SOURCE, a Markdown runbook or a Chaos Toolkit experiment (JSON or YAML).

    Every value says from which line it comes, every guess is marked, and what was not understood is listed. Importing
    again keeps what you changed in the plan; where both sides changed the same lines it exits 1, shows both, and leaves
    the plan as it is.
    """
    from wetrun.units import counted
    from wetrun.verbs.importing import import_plan

    printed = str(output) == "-"
    done = import_plan(
        source,
        None if printed else output,
        force=force,
        resolved=resolved,
        renamed=renamed,
        compatible=compatible,
    )
    for name, line in done.secrets.items():
        click.echo(f"{source}:{line}: a secret stands in the text; the plan says `${{{name}}}` instead", err=True)
    if done.secrets:
        click.echo("hint: set these variables, and change the secrets, since they were written down", err=True)
    if printed:
        click.echo(done.text, nl=False)
        return 0
    kept = "; your changes are kept" if done.merged else ""
    doubts = f"{counted(done.guesses, 'guess')}, {counted(done.unverified, 'unverified expectation')}"
    click.echo(f"wrote {output}: {doubts}{kept}", err=True)
    click.echo("next: read it line by line, then `wetrun check`", err=True)
    return 0
