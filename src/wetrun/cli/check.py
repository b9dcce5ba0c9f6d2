"""`wetrun check`: read the plan or runbook, and report every mistake and every risky habit with its place."""

import json
from pathlib import Path
from typing import Any

import click

from wetrun.cli.options import plan_argument
from wetrun.cli.output import harmless
from wetrun.errors import Place, PlanError, PlanProblem
from wetrun.plan.findings import Finding, Severity
from wetrun.verbs.check import Checked, check

__all__ = ["command"]

_COLOURS = {Severity.ERROR: "red", Severity.WARNING: "yellow", Severity.NOTE: "cyan"}
_ONE = {
    "phases": "phase",
    "steps": "step",
    "monitors": "monitor",
    "probes": "probe",
    "scenarios": "scenario",
    "procedures": "procedure",
    "recoveries": "recovery",
}


@click.command("check")
@plan_argument
@click.option("--json", "as_json", is_flag=True, help="The same as `--format json`.")
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "sarif"]),
    default="text",
    help="How to print; SARIF 2.1.0 is what code hosts show beside the lines.  [default: text]",
)
@click.option("--strict", is_flag=True, help="Warnings fail, too.")
@click.option("--quiet", "-q", is_flag=True, help="Leave out notes.")
def command(plan: Path | None, *, as_json: bool, form: str, strict: bool, quiet: bool) -> int:
    """Read PLAN; report mistakes and risky habits with file, line and column.

    PLAN is a plan, a Markdown runbook, or a Chaos Toolkit experiment (JSON or YAML).

    Touches nothing. Exits 0 when the plan can be used, 1 when a finding is an error (with --strict: or a warning), 2
    when it cannot be used.
    """
    form = "json" if as_json else form
    try:
        found = check(plan)
    except PlanError as error:
        if form == "text":
            raise
        click.echo(_mistakes(error, form))
        return error.exit_code
    shown = tuple(each for each in found.findings if not (quiet and each.severity is Severity.NOTE))
    match form:
        case "json":
            click.echo(
                json.dumps({"problems": [], **_facts(found), "findings": [_plain(each) for each in shown]}, indent=2)
            )
        case "sarif":
            click.echo(_sarif(shown))
        case _:
            _tell(found, shown)
    return found.exit_code(strict=strict)


def _tell(found: Checked, shown: tuple[Finding, ...]) -> None:
    for finding in shown:
        severity = click.style(f"{finding.severity.value}:", fg=_COLOURS[finding.severity], bold=True)
        click.echo(f"{severity} {harmless(finding.message)} [{finding.rule}]\n  --> {finding.place}")
        if finding.related:
            lines = ", ".join(str(place.line) for place in finding.related[:12])
            click.echo(f"  see also: line {lines}" + (" …" if len(finding.related) > 12 else ""))
        if finding.instead:
            click.echo(f"hint: {harmless(finding.instead)}")
    facts = _facts(found)
    names = ["phases", "steps", "monitors", "probes", "scenarios"]
    names += ["procedures", "recoveries", "unverified"] if found.is_runbook else []
    counts = ", ".join(f"{facts[name]} {_ONE.get(name, name) if facts[name] == 1 else name}" for name in names)
    tally = ", ".join(
        f"{number} {severity.value}" + ("s" if number > 1 else "")
        for severity in Severity
        if (number := sum(finding.severity is severity for finding in found.findings))
    )
    how = "can be read" if any(one.severity is Severity.ERROR for one in found.findings) else "reads well"
    if any(one.by_hand for one in found.facts.unverified):
        how = "can be read in part"
    click.echo(
        f"{found.plan.source}: plan `{harmless(found.plan.name)}` {how}: {counts}" + (f"; {tally}" if tally else "")
    )


def _facts(found: Checked) -> dict[str, Any]:
    plan = found.plan
    facts: dict[str, Any] = {
        "plan": plan.name,
        "file": plan.source,
        "phases": len(plan.phases),
        "steps": sum(len(phase.steps) for phase in plan.phases),
        "monitors": len(plan.monitors),
        "probes": len(plan.state),
        "scenarios": len(plan.scenarios),
    }
    if found.is_runbook:
        facts |= {
            "procedures": len(plan.procedures),
            "recoveries": len(plan.recoveries),
            "unverified": len(found.facts.unverified),
        }
    return facts


def _plain(finding: Finding) -> dict[str, Any]:
    return {
        "rule": finding.rule,
        "severity": finding.severity.value,
        "message": finding.message,
        **_where(finding.place),
        "instead": finding.instead,
        "related": [_where(place) for place in finding.related],
    }


def _where(place: Place | None) -> dict[str, Any]:
    if place is None:
        return {"file": None, "line": None, "column": None}
    return {"file": place.file, "line": place.line, "column": place.column}


def _mistakes(error: PlanError, form: str) -> str:
    if form == "sarif":
        return _sarif(tuple(_as_finding(problem) for problem in error.problems))
    problems = [
        {"message": problem.message, **_where(problem.place), "path": problem.path, "hint": problem.hint}
        for problem in error.problems
    ]
    return json.dumps({"problems": problems}, indent=2)


def _as_finding(problem: PlanProblem) -> Finding:
    return Finding("mistake", Severity.ERROR, problem.message, problem.place or Place("", 1, 1), problem.hint)


def _sarif(findings: tuple[Finding, ...]) -> str:
    from wetrun.lint.registry import rules
    from wetrun.report.sarif import RuleText, to_sarif

    texts = [RuleText(rule.name, rule.title, rule.why, rule.severity) for rule in rules()]
    return json.dumps(to_sarif(findings, texts), indent=2)
