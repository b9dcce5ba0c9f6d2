"""From contributions to the text of a plan."""

import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from wetrun.draft.contribution import Contribution, ServiceDraft, Stage, StepDraft
from wetrun.draft.files import yaml_text
from wetrun.draft.migrations import recognise_alembic, recognise_django, recognise_prisma
from wetrun.draft.packages import recognise_node, recognise_python
from wetrun.draft.repository import recognise_git
from wetrun.draft.supervisors import recognise_compose, recognise_pm2, recognise_procfile, recognise_systemd

__all__ = ["draft_plan"]

_RECOGNISERS: tuple[Callable[[Path], Contribution | None], ...] = (
    recognise_node,
    recognise_python,
    recognise_git,
    recognise_prisma,
    recognise_alembic,
    recognise_django,
    recognise_pm2,
    recognise_systemd,
    recognise_procfile,
    recognise_compose,
)
_VERIFY = """\
  # A deployment that nothing verifies cannot be trusted; ask your application something that only works when it works:
  # - http: https://…/health
  #   expect: {status: 200, latency: {good: 400ms, acceptable: 1s}}
  #   until: 30s
"""
_TAIL = """\
# What may go wrong: `wetrun rehearse` brings it about in a copy, and shows who notices. For example:
# scenarios:
#   disk-full:
#     probability: 1%
#     fault: {disk-full: {path: .}}
#     from: …
#     expect: {response: rollback}
"""


def draft_plan(folder: Path) -> str:
    """Draft a plan from what a folder holds; nothing in it is run but git, to look.

    Args:
        folder: The application's folder.

    Returns:
        A commented plan in YAML that reads without a problem.
    """
    found = [contribution for recognise in _RECOGNISERS if (contribution := recognise(folder)) is not None]
    name = next((contribution.name for contribution in found if contribution.name), None) or folder.resolve().name
    return "\n".join(
        part
        for part in (
            _head(found),
            _top(name or "application"),
            _double(folder),
            _services([service for contribution in found for service in contribution.services]),
            _state(found),
            _phases([step for contribution in found for step in contribution.steps]),
            _rollback(found),
            _TAIL,
        )
        if part
    )


def _head(found: list[Contribution]) -> str:
    saw = "; ".join(contribution.saw for contribution in found) or "nothing that it recognised"
    shown = "".join(letter if letter.isprintable() else "?" for letter in saw)
    return (
        f"# Drafted by `wetrun init` from: {shown}.\n"
        "# Read it line by line. What a folder cannot tell is marked `replace`.\n"
    )


def _top(name: str) -> str:
    slug = re.sub(r"[^A-Za-z0-9._-]+", "-", name.rsplit("/", 1)[-1]).strip("-.") or "application"
    return (
        f"name: {yaml_text(slug)}\n"
        "targets:\n"
        f"  production: {{ssh: deploy@203.0.113.10, directory: {yaml_text('/var/www/' + slug)}}}"
        "   # replace: the server, and the application's folder there\n"
    )


_DOUBLE = """\
# How the double is built in which `wetrun rehearse` runs this plan; see docs/how-to/describe-the-double.md.
"""
_NO_DOUBLE = """\
# Without it the rehearsal finds an empty machine.   # replace
"""
_SCRIPTS = {
    "setup": "once, as root inside: clone, install, make the data",
    "start": "in every sandbox: start the services, return when they are ready",
}


def _double(folder: Path) -> str:
    """The double from the scripts that are there, or a comment that says which ones it needs."""
    paths = {name: f"double/{name}.sh" for name in _SCRIPTS}
    there = [name for name, path in paths.items() if (folder / path).is_file()]
    lines = ["double:", *(f"  {name}: {paths[name]}    # {_SCRIPTS[name]}" for name in there or _SCRIPTS)]
    lines.append("  files: [double]")
    if there:
        return _DOUBLE + "".join(f"{line}\n" for line in lines)
    return _DOUBLE + _NO_DOUBLE + "".join(f"# {line}\n" for line in lines)


def _services(services: list[ServiceDraft]) -> str:
    if not services:
        return ""
    lines = ["services:"]
    for service in {service.name: service for service in services}.values():
        pairs = (("process", service.process), ("stop", service.stop), ("start", service.start))
        flow = ", ".join(f"{key}: {yaml_text(value)}" for key, value in pairs if value is not None)
        lines.append(f"  {yaml_text(service.name)}: {{{flow}}}")
    return "\n".join(lines) + "\n"


def _state(found: list[Contribution]) -> str:
    ignore = ", ".join(glob for contribution in found for glob in contribution.ignore)
    lines = [
        "# What says how the system is: measured before the first change, and compared after every rollback.",
        "state:",
    ]
    lines += [f"  {name}: {probe}" for contribution in found for name, probe in contribution.state]
    lines.append(f"  files: {{tree: ., ignore: [{ignore}]}}")
    return "\n".join(_unique(lines)) + "\n"


def _phases(steps: list[tuple[Stage, StepDraft]]) -> str:
    lines = ["phases:"]
    for stage in Stage:
        own = [step for where, step in steps if where is stage]
        if own:
            lines += [f"- name: {stage.value}", "  steps:", *_written(own, "  ")]
    if len(lines) == 1:
        lines += ["- name: Deploy", "  steps:", "  - 'true'   # replace: the commands of your deployment"]
    return "\n".join(lines) + "\n" + _VERIFY


def _rollback(found: list[Contribution]) -> str:
    undo = [step for contribution in found for step in contribution.undo]
    warnings = [f"# Attention: {warning}." for contribution in found for warning in contribution.warnings]
    if not undo:
        return "\n".join(
            [*warnings, "# There is no rollback yet: a failure will need a person.", "# rollback: {steps: […]}", ""]
        )
    ordered = [step for stage in Stage for where, step in undo if where is stage]
    return "\n".join([*warnings, "rollback:", "  steps:", *_written(ordered, "  "), ""])


def _written(steps: Iterable[StepDraft], indent: str) -> Iterator[str]:
    for step in steps:
        comment = f"   # {step.comment}" if step.comment else ""
        run = yaml_text(step.run)
        if step.name is None and not step.keys:
            yield f"{indent}- {run}{comment}"
            continue
        pairs = [("name", yaml_text(step.name))] if step.name else []
        pairs += [("run", run), *step.keys]
        for number, (key, value) in enumerate(pairs):
            mark = "- " if number == 0 else "  "
            yield f"{indent}{mark}{key}: {value}" + (comment if key == "run" else "")


def _unique(lines: list[str]) -> list[str]:
    """Leave out lines that give a key a second time."""
    return list({line.split(":", 1)[0]: line for line in reversed(lines)}.values())[::-1]
