"""Passwords, tokens and keys that stand in the text."""

import re
from collections.abc import Iterator

from wetrun.errors import Place
from wetrun.lint.rule import Doubt, Rule
from wetrun.lint.subject import Subject
from wetrun.plan.findings import Severity

__all__ = ["RULE", "without_secrets"]

_VALUE = r"(?!\$|<|\{|\*|x{3}|X{3}|\.\.\.|…|your|YOUR|secret\b|password\b|changeme\b)[^\s\"'`;&|$<>{}]{4,}"
_PATTERNS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("a password in an address", re.compile(rf"[a-z][a-z0-9+.-]*://[^\s/:@\"'$<{{]+:(?P<secret>{_VALUE}?)@[\w.-]")),
    (
        "a password",
        re.compile(
            rf"(?:^|[\s\"'_-])(?:PGPASSWORD|[A-Z_]*PASSWORD|--password|passwd|password)\s?=\s?[\"']?(?P<secret>{_VALUE})"
        ),
    ),
    ("a password", re.compile(rf"\bmysql(?:dump)?\b[^|;\n]*\s-p(?P<secret>{_VALUE})")),
    ("a password", re.compile(rf"\bcurl\b[^|;\n]*\s(?:-u|--user)[\s=]?[\"']?[\w.@-]+:(?P<secret>{_VALUE})")),
    (
        "a token",
        re.compile(
            rf"(?:^|[\s\"'])(?:export\s+)?[A-Z_]*(?:TOKEN|SECRET|API_?KEY|ACCESS_KEY|PRIVATE_KEY)[A-Z_]*=[\"']?(?P<secret>{_VALUE})"
        ),
    ),
    ("a token", re.compile(r"\b[Bb]earer\s+(?P<secret>[A-Za-z0-9_\-.=]{16,})")),
    (
        "an access key",
        re.compile(
            r"\b(?P<secret>(?:AKIA|ASIA)[0-9A-Z]{16}|gh[pousr]_[A-Za-z0-9]{20,}|glpat-[\w-]{16,}|xox[abp]-[\w-]{10,}|sk_live_\w{10,})\b"
        ),
    ),
    ("a private key", re.compile(r"(?P<secret>-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----)")),
)


# A quotation may end within an address, where it cannot be seen any more that a password begins.
_CUT_OFF = re.compile(r"(://[^\s/:@\"']+:)[^\s@`]+(?=`)")


def _look(subject: Subject) -> Iterator[Doubt]:
    seen: set[tuple[Place, int]] = set()
    for text, start in _texts(subject):
        for number, line in enumerate(text.split("\n")):
            if not any(mark in line for mark in ("://", "=", "-p", "-u", "earer", "A", "_", "-----", "glpat")):
                continue
            for what, pattern in _PATTERNS:
                for match in pattern.finditer(line[:5000]):
                    place = Place(start.file, start.line + number, match.start("secret") + 1)
                    if (place, 0) not in seen:
                        seen.add((place, 0))
                        instead = (
                            "name it under `secrets:` with the variable or file that holds it; "
                            "change it, since it was written down"
                        )
                        yield Doubt(f"{what} stands in the text", place, instead)


def without_secrets(text: str) -> str:
    """A text in which every secret is `…`: other findings quote commands, and may not spread what stands in them."""
    for _, pattern in _PATTERNS:
        text = pattern.sub(lambda match: match[0].replace(match["secret"], "…"), text)
    return _CUT_OFF.sub(r"\1…", text)


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
