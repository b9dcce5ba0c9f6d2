"""Feed the reader of runbooks with whatever a coverage-guided fuzzer thinks of: `make fuzz`.

An input passes when it is read, or when it has no command; and when the plan that is written from it reads as the same
plan. Anything else is a crash: atheris writes the input to a file `crash-…` and ends. An input of which a value is left
out since no plan can hold it is read; but nobody should have drafted that value, so it is kept in a file `left-out-…`.
"""

import hashlib
import sys
from pathlib import Path

import atheris

_OURS = ["wetrun.formats.runbook", "wetrun.formats.writing", "wetrun.shell", "wetrun.lint"]

with atheris.instrument_imports(include=_OURS):
    from wetrun.errors import PlanError
    from wetrun.faults.registry import catalogue
    from wetrun.formats.runbook.document.decoding import decode
    from wetrun.formats.runbook.reading import read_runbook
    from wetrun.formats.writing.yaml_plan import to_yaml
    from wetrun.formats.yaml_plan import read_plan
    from wetrun.lint.registry import lint
    from wetrun.lint.secrets import name_secrets
    from wetrun.lint.subject import Subject

_NO_COMMANDS = "no commands to run"
_REFUSED = "no plan can hold"
_KINDS = catalogue()  # a fault that is drafted with a parameter that it does not take is a crash, too


def read(data: bytes) -> None:
    """One input: bytes → runbook → plan → YAML → plan."""
    text = decode(data).text
    try:
        runbook = read_runbook(text, "RUNBOOK.md", _KINDS)
    except PlanError as error:
        if _NO_COMMANDS not in str(error):
            raise
        return
    if any(finding.message.startswith(_REFUSED) for finding in runbook.findings):
        Path(f"left-out-{hashlib.sha256(data).hexdigest()[:40]}").write_bytes(data)
    named = name_secrets(text)
    if len(named.text.split("\n")) != len(text.split("\n")):
        raise AssertionError("a secret took lines with it")
    lint(Subject(runbook.plan, runbook.text, runbook.facts, runbook.findings, is_runbook=True))
    again = read_plan(to_yaml(runbook.draft, (), ()), file="wetrun.yaml", fault_kinds=_KINDS)
    if [step.action for _, step in again.steps()] != [step.action for _, step in runbook.plan.steps()]:
        raise AssertionError("the plan that was written is another one")


if __name__ == "__main__":
    atheris.Setup(sys.argv, read)
    atheris.Fuzz()
