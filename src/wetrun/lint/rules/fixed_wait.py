"""Pauses of a fixed length where a check could be repeated."""

from collections.abc import Iterator

from wetrun.lint.rule import Doubt, Rule
from wetrun.lint.subject import Subject
from wetrun.plan.findings import Severity
from wetrun.plan.steps import Wait

__all__ = ["RULE"]


def _look(subject: Subject) -> Iterator[Doubt]:
    for _, _, step in subject.steps():
        if isinstance(step.action, Wait) and step.action.duration >= 5:
            message = f"a pause of {step.action.duration:g} s is too long on a good day and too short on a bad one"
            yield Doubt(
                message,
                step.place or subject.start,
                "repeat the next check until it passes: `until: {deadline: 60s, every: 1s}`",
            )


RULE = Rule(
    name="fixed-wait",
    severity=Severity.NOTE,
    title="A pause of a fixed length",
    why="It adds to every deployment and to the downtime, and the service that needs longer is reported as broken.",
    bad="pm2 restart shop\nsleep 30\npm2 status",
    good="- run: curl --fail --silent https://shop.test/health\n  until: {deadline: 60s, every: 1s}",
    look=_look,
)
