"""A rule: what it looks for, why that matters, and what to write instead."""

from collections.abc import Callable, Iterator

from wetrun.errors import Place
from wetrun.lean import dataclass
from wetrun.lint.subject import Subject
from wetrun.plan.findings import Finding, Severity

__all__ = ["Doubt", "Rule"]


@dataclass(frozen=True, slots=True)
class Doubt:
    """What a rule found; the rule adds its name and severity."""

    message: str
    place: Place
    instead: str | None = None
    related: tuple[Place, ...] = ()
    severity: Severity | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One rule.

    Attributes:
        name: Short and stable; it names the page too.
        severity: How much it matters, where the finding does not say otherwise.
        title: What it finds, in a few words.
        why: Why that matters, in a few sentences.
        bad: An example, as commands or Markdown.
        good: The same, right.
        look: Finds it.
    """

    name: str
    severity: Severity
    title: str
    why: str
    bad: str
    good: str
    look: Callable[[Subject], Iterator[Doubt]]

    def findings(self, subject: Subject) -> Iterator[Finding]:
        """Everything that it finds in a subject."""
        for doubt in self.look(subject):
            severity = doubt.severity or self.severity
            yield Finding(self.name, severity, doubt.message, doubt.place, doubt.instead, doubt.related)
