"""The draft of a plan from what other tools and people write."""

from collections.abc import Iterator, Mapping
from pathlib import Path

from wetrun.errors import PlanError
from wetrun.faults.registry import catalogue
from wetrun.formats.runbook.document.decoding import decode
from wetrun.formats.runbook.reading import Runbook, read_runbook
from wetrun.formats.writing.origins import SOURCE_MARK
from wetrun.formats.writing.tree import guesses_in
from wetrun.formats.writing.yaml_plan import to_yaml
from wetrun.lean import dataclass
from wetrun.lint.secrets import name_secrets
from wetrun.plan.facts import Fact, Remaining
from wetrun.units import counted
from wetrun.verbs.named_secrets import name_in_draft
from wetrun.verbs.reading import is_runbook, runbook_by_another_name, runbook_bytes

__all__ = ["DraftedPlan", "draft_of"]


@dataclass(frozen=True, slots=True)
class DraftedPlan:
    """A plan as text, with the number of its guesses and of what no machine can check.

    Attributes:
        secrets: The names of the secrets that stood in the source → the lines where they did, from 1.
    """

    text: str
    guesses: int
    unverified: int
    secrets: Mapping[str, int]


def draft_of(source: Path, *, compatible: bool = False) -> DraftedPlan:
    """Draft a plan.

    Args:
        source: A runbook, or a Chaos Toolkit experiment.
        compatible: For an experiment: keep the semantics of Chaos Toolkit where they differ.

    Raises:
        PlanError: There is nothing in it to make a plan of.
        UnreadablePlanFileError: It cannot be read.
    """
    decoded = decode(runbook_bytes(source))
    named = name_secrets(decoded.text)
    if not is_runbook(source):
        from wetrun.formats.chaostoolkit.reading import read_experiment

        try:
            experiment = read_experiment(named.text, str(source), catalogue(), compatible=compatible)
        except PlanError as error:
            raise runbook_by_another_name(source, named.text) or error from None
        name_in_draft(experiment.draft, named, str(source))
        guesses = guesses_in(experiment.draft)
        head = [_HEAD.format(name=source.name, guesses=guesses), *experiment.remarks]
        return DraftedPlan(to_yaml(experiment.draft, head, ()), guesses, 0, named.names)
    runbook = read_runbook(decoded.saying(named.text), str(source), catalogue())
    name_in_draft(runbook.draft, named, str(source))
    guesses = guesses_in(runbook.draft)
    head = [
        _HEAD.format(name=source.name, guesses=guesses),
        f"Unverified: {len(runbook.facts.unverified)} (at the end).",
    ]
    text = to_yaml(runbook.draft, head, _tail(runbook))
    return DraftedPlan(text, guesses, len(runbook.facts.unverified), named.names)


_HEAD = (
    "Drafted by `wetrun import` from {name}. Each value says from which line it comes; importing again "
    "keeps your changes.\n"
    "Guesses: {guesses}, each marked `a guess`. Read them one by one; then `wetrun check`."
)


def _tail(runbook: Runbook) -> Iterator[str]:
    if runbook.facts.unverified:
        yield "What no machine can check; it never counts as passed:"
        yield from (f"- {each.step}: {each.text}{SOURCE_MARK}{each.place.line}" for each in runbook.facts.unverified)
    unused = [finding for finding in runbook.findings if finding.rule == "not-understood"]
    if unused:
        yield "What was not understood, or is not used:"
        yield from (f"- {each.message}{SOURCE_MARK}{each.place.line}" for each in unused)
    if runbook.facts.remaining:
        yield "From these lines nothing of the plan comes:"
        yield from (_left(each) for each in runbook.facts.remaining)
    if runbook.facts.numbers:
        yield "What the runbook states; `wetrun check` compares it:"
        yield from (_stated(fact) for fact in runbook.facts.numbers)
    if runbook.facts.decisions:
        yield "What it decides:"
        yield from (
            f"- if {each.when}: {each.then or '?'}{SOURCE_MARK}{each.place.line}" for each in runbook.facts.decisions
        )


def _stated(fact: Fact) -> str:
    return f"- {fact.subject}: {fact.label} {fact.text}{SOURCE_MARK}{fact.place.line}"


def _left(remaining: Remaining) -> str:
    more = f", and {counted(remaining.lines - 1, 'line')} more" if remaining.lines > 1 else ""
    return f"- {remaining.text}{more}{SOURCE_MARK}{remaining.place.line}"
