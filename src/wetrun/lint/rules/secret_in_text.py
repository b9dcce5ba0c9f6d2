"""Passwords, tokens and keys that stand in the text."""

import re
from collections.abc import Iterator

from wetrun.errors import Place
from wetrun.lean import pattern
from wetrun.lint.rule import Doubt, Rule
from wetrun.lint.secrets import secrets_of
from wetrun.lint.subject import Subject
from wetrun.plan.findings import Severity

__all__ = ["RULE"]

_INSTEAD = "name it under `secrets:` with the variable or file that holds it; change it, since it was written down"
_HEADINGS = pattern(
    r"(?:[\w-]+ )?(?:passwords?|passwd|passphrases?|secrets?"
    r"|(?:api|access|secret|private)[ -]?keys?|(?:api |access )?tokens?)",
    re.IGNORECASE,
)
# As in a sentence: letters and digits, and no name of a variable or a vault.
_SECRET = pattern(r"(?=\S*\d)(?=\S*[A-Za-z])(?![$<{*%]|x{3}|X{3}|vault|env)(?![A-Z_]+\d*$)[^\s|<>{}()/:]{6,200}")


def _look(subject: Subject) -> Iterator[Doubt]:
    seen: set[Place] = set()
    for text, start in _texts(subject):
        for number, line in enumerate(text.split("\n")):
            for what, begin, _ in secrets_of(line):
                place = Place(start.file, start.line + number, begin + 1)
                if place not in seen:
                    seen.add(place)
                    yield Doubt(f"{what} stands in the text", place, _INSTEAD)
    for place in _in_tables(subject):
        if place not in seen:
            yield Doubt("a password, token or key stands in a table", place, _INSTEAD)


def _in_tables(subject: Subject) -> Iterator[Place]:
    """Cells below a heading that says what they are; a line of such a table says nothing by itself."""
    lines: list[str] | None = None
    for table in subject.facts.tables:
        columns = [at for at, name in enumerate(table.header) if _HEADINGS.fullmatch(name)]
        for place, cells in table.rows if columns else ():
            for at in columns:
                cell = cells[at] if at < len(cells) else ""
                if _SECRET.fullmatch(cell):
                    lines = subject.text.split("\n") if lines is None else lines
                    line = lines[place.line - 1] if place.line <= len(lines) else ""
                    yield Place(place.file, place.line, line.rfind(cell) + 1 or 1)


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
