"""Expectations in words that no machine can check."""

from collections.abc import Iterator

from wetrun.lint.rule import Doubt, Rule
from wetrun.lint.subject import Subject
from wetrun.plan.findings import Severity

__all__ = ["RULE"]

_BY_HAND = Severity.WARNING


def _look(subject: Subject) -> Iterator[Doubt]:
    for each in subject.facts.unverified:
        if each.by_hand:
            message = f"no step does this, and no rehearsal tries it: `{each.text[:80]}`"
            yield Doubt(message, each.place, "write its commands into a block that begins with ```bash", (), _BY_HAND)
            continue
        message = f"`{each.text[:80]}` cannot be checked by a machine, and never counts as passed"
        yield Doubt(message, each.place, "write what the command prints then, or a command that tells it")


RULE = Rule(
    name="unverified-expectation",
    severity=Severity.NOTE,
    title="An expectation in words, or a step without a command",
    why="A person may see whether it holds, or do what is asked for; a plan cannot. It is counted as unverified in "
    "every report, and what nobody can rehearse is a warning.",
    bad="pm2 restart shop\n# Expected: back to a stable state",
    good="pm2 restart shop\ncurl --fail --silent https://shop.test/health\n# Expected Output: ok",
    look=_look,
)
