"""Check a plan or a runbook: read it, and report every mistake and every risky habit with its place."""

from dataclasses import field
from pathlib import Path

from wetrun.lean import dataclass
from wetrun.lint.registry import lint
from wetrun.lint.subject import Subject
from wetrun.plan.facts import Facts
from wetrun.plan.findings import Finding, Severity
from wetrun.plan.plan import Plan
from wetrun.verbs.plan_files import missing_files
from wetrun.verbs.reading import read_document

__all__ = ["Checked", "check"]


@dataclass(frozen=True, slots=True)
class Checked:
    """A plan that can be used.

    Attributes:
        findings: What is doubtful about it, in the order of the text.
        facts: What a runbook states besides its commands; empty for a plan.
        is_runbook: Whether it was read from a runbook.
    """

    plan: Plan
    findings: tuple[Finding, ...] = ()
    facts: Facts = field(default_factory=Facts)
    is_runbook: bool = False

    def exit_code(self, *, strict: bool = False) -> int:
        """0, or 1 when there is an error among the findings; with `strict` a warning is enough."""
        failing = {Severity.ERROR, Severity.WARNING} if strict else {Severity.ERROR}
        return int(any(finding.severity in failing for finding in self.findings))


def check(path: Path | None = None) -> Checked:
    """Read a plan, resolve every reference in it, look for the files that it names, and hold it against the rules.

    Args:
        path: The plan or runbook; None finds `wetrun.yaml` from the working directory upwards.

    Raises:
        PlanError: The plan has mistakes; all of them.
        WetrunError: There is no plan, or it cannot be read.
    """
    document = read_document(path)
    runbook = document.runbook
    if runbook is None:
        missing = missing_files(document.plan, document.files)
        return Checked(document.plan, lint(Subject(document.plan, document.written, doubts=missing)))
    subject = Subject(document.plan, document.written, runbook.facts, runbook.findings, is_runbook=True)
    return Checked(document.plan, lint(subject), runbook.facts, is_runbook=True)
