"""Passwords, tokens and keys that stand in the text."""

from collections.abc import Iterator

from wetrun.errors import Place
from wetrun.lint.rule import Doubt, Rule
from wetrun.lint.secrets import secrets_in
from wetrun.lint.subject import Subject
from wetrun.plan.findings import Severity

__all__ = ["RULE"]

_INSTEAD = "name it under `secrets:` with the variable or file that holds it; change it, since it was written down"


def _look(subject: Subject) -> Iterator[Doubt]:
    seen: set[Place] = set()
    for text, start in _texts(subject):
        for number, what, begin, _ in secrets_in(text.split("\n")):
            place = Place(start.file, start.line + number, begin + 1)
            if place not in seen:
                seen.add(place)
                yield Doubt(f"{what} stands in the text", place, _INSTEAD)


def _texts(subject: Subject) -> Iterator[tuple[str, Place]]:
    if subject.text:
        yield subject.text, subject.start
    else:
        yield from subject.texts()


RULE = Rule(
    name="secret-in-text",
    severity=Severity.ERROR,
    title="A password, token or key in plain text",
    why="Plans and runbooks are copied, mailed and committed, and commands appear in process lists and "
    "logs. The finding does not "
    "repeat the secret.",
    bad='psql "postgresql://shop:h4rbour99@localhost:5432/shop"',
    good='psql "$DATABASE_URL"   # secrets: {DATABASE_URL: {env: DATABASE_URL}}',
    look=_look,
)
