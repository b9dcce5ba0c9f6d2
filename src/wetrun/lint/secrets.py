"""What a secret in a text looks like, how to tell of it without repeating it, and how to give it a name instead."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import field

from wetrun.lean import dataclass, pattern

__all__ = ["LOOKS", "Look", "Named", "name_secrets", "secrets_in", "secrets_of", "without_secrets"]

_ENDS = r"(?![^\s\"'`;&|,)])"
# `sk_live_...` shows what one looks like.
_CUT = rf"(?![^\s\"'`;&|$<>{{}}]{{0,99}}(?:\.\.\.|…){_ENDS})"
# `change-me` is to be filled in, also in an address; `ChangeMe2024!` is not.
_TO_FILL_IN = rf"(?i:(?:change|replace|put|enter)[_-]?(?:me|this|it|here))(?:{_ENDS}|(?=@[\w.-]{{1,99}}[:/]))"
_WORDS = rf"your|YOUR|secret\b|password\b|{_TO_FILL_IN}"
_VALUE = rf"(?!\$|<|\{{|\*|x{{3}}|X{{3}}|{_WORDS}){_CUT}[^\s\"'`;&|$<>{{}}]{{4,}}"
# In a sentence, a table or YAML a word may follow; a secret has letters and digits.
_STRONG = _CUT + r"(?=[^\s\"'`|]{0,99}\d)(?=[^\s\"'`|]{0,99}[A-Za-z])(?!\$|<|\{)[^\s\"'`|<>(){}]{6,}"
_IS = r"\b[\"'`*]*\s*(?::|\||=>?|\bis\b)\s*[\"'`*]*"


@dataclass(frozen=True, slots=True)
class Look:
    """How one kind of secret looks.

    Attributes:
        what: What it is, in a finding's words.
        marks: Every line with such a secret has one of these in it, in small letters. They are quicker to look for.
        pattern: Where it stands in a line: the group `secret`.
    """

    what: str
    marks: tuple[str, ...]
    pattern: re.Pattern[str]


LOOKS = (
    Look(
        "a password in an address",
        ("://",),
        pattern(rf"[a-z][a-z0-9+.-]{{0,31}}://[^\s/:@\"'$<{{]+:(?P<secret>{_VALUE}?)@[\w.-]"),
    ),
    Look(
        "a password",
        ("passw",),
        pattern(
            rf"(?:^|[\s\"'_-])(?:PGPASSWORD|[A-Z_]*PASSWORD|--password|passwd|password)\s?=\s?[\"']?(?P<secret>{_VALUE})"
        ),
    ),
    Look(
        "a password",
        ("pass", "token", "secret", "key"),
        pattern(
            rf"--(?:\w+-)?(?:password|passwd|pass|token|secret|api-?key|access-?key)[ =][\"']?(?P<secret>{_VALUE})"
        ),
    ),
    Look("a password", ("redis-cli",), pattern(rf"\bredis-cli\b[^|;\n]*\s-a\s?[\"']?(?P<secret>{_VALUE})")),
    Look("a password", ("sshpass",), pattern(rf"\bsshpass\s+-p\s?[\"']?(?P<secret>{_VALUE})")),
    Look(
        "a password",
        ("login",),
        pattern(rf"\b(?:docker|podman|helm|az)\s(?:[\w-]+\s){{0,3}}?login\s[^|;\n]*\s-p\s?[\"']?(?P<secret>{_VALUE})"),
    ),
    Look(
        "a password",
        ("sudo", "passwd", "login"),
        pattern(
            rf"\b(?:echo|printf)\s+(?:-\w+\s+)?[\"']?(?P<secret>{_VALUE})[\"']?\s*\|\s*(?:sudo\s+[^|]*-\w*S\b|passwd|chpasswd|docker\s+login)"
        ),
    ),
    Look("a password", ("mysql",), pattern(rf"\bmysql(?:dump)?\b[^|;\n]*\s-p(?P<secret>{_VALUE})")),
    Look(
        "a password",
        ("curl",),
        pattern(rf"\bcurl\b[^|;\n]*\s(?:-u|--user)[\s=]?[\"']?[\w.@-]+:(?P<secret>{_VALUE})"),
    ),
    Look(
        "a token",
        ("token", "secret", "key"),
        pattern(
            rf"(?:^|[\s\"'])(?:export\s+)?[A-Z_]*(?:TOKEN|SECRET|API_?KEY|ACCESS_KEY|PRIVATE_KEY)[A-Z_]*=[\"']?(?P<secret>{_VALUE})"
        ),
    ),
    Look("a token", ("bearer",), pattern(rf"\b[Bb]earer\s+{_CUT}(?P<secret>[A-Za-z0-9_\-.=]{{16,}})")),
    Look(
        "an access key",
        ("akia", "asia", "ghp_", "gho_", "ghu_", "ghs_", "ghr_", "glpat-", "xox", "sk_live_"),
        pattern(
            r"\b(?P<secret>(?:AKIA|ASIA)[0-9A-Z]{16}|gh[pousr]_[A-Za-z0-9]{20,}|glpat-[\w-]{16,}|xox[abp]-[\w-]{10,}|sk_live_\w{10,})\b"
        ),
    ),
    Look(
        "a password",
        ("password", "passwd", "passphrase"),
        pattern(rf"(?i:pass(?:word|wd|phrase)){_IS}(?P<secret>{_STRONG})"),
    ),
    Look(
        "a token",
        ("secret", "key", "token"),
        pattern(rf"(?i:secret(?:[ _-]?key)?|(?:api|access|private)[ _-]?key|token){_IS}(?P<secret>{_STRONG})"),
    ),
    Look("a private key", ("-----begin",), pattern(r"(?P<secret>-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----)")),
)
"""All kinds; a text may have several."""

_MARKS = tuple(dict.fromkeys(mark for look in LOOKS for mark in look.marks))
_LONGEST = 5000

_HEADINGS = pattern(
    r"(?:[\w-]+ )?(?:passwords?|passwd|passphrases?|secrets?"
    r"|(?:api|access|secret|private)[ -]?keys?|(?:api |access )?tokens?)",
    re.IGNORECASE,
)
# As in a sentence: letters and digits, and no name of a variable or a vault.
_IN_CELL = pattern(r"(?=\S*\d)(?=\S*[A-Za-z])(?![$<{*%]|x{3}|X{3}|vault|env)(?![A-Z_]+\d*$)[^\s|<>{}()/:]{6,200}")
_BELOW_HEAD = pattern(r"[ \t|:-]*+$")

_NAMES = {
    "a password in an address": "PASSWORD",
    "a password": "PASSWORD",
    "a token": "TOKEN",
    "an access key": "ACCESS_KEY",
    "a private key": "PRIVATE_KEY",
    "a password, token or key": "SECRET",
}
_ASSIGNED = pattern(r"(?:^|[\s\"'])([A-Z][A-Z0-9_]*)\s?=\s?[\"']?$")
_LONG = 8
_KEY_ENDS = pattern(r"-----END (?:[A-Z]+ )*PRIVATE KEY-----")
# A quotation may end within an address, where it cannot be seen any more that a password begins.
_CUT_OFF = pattern(r"(://[^\s/:@\"']+:)[^\s@`]+(?=`)")


def without_secrets(text: str) -> str:
    """A text in which every secret is `…`: other findings quote commands, and may not spread what stands in them."""
    for look in _looks_for(text):
        text = look.pattern.sub(lambda match: match[0].replace(match["secret"], "…"), text)
    return _CUT_OFF.sub(r"\1…", text)


@dataclass(frozen=True, slots=True)
class Named:
    """A text that names its secrets.

    Attributes:
        text: Every secret is `${NAME}` there; it has as many lines as before.
        names: Name → the line in which the secret first stood, from 1.
        values: Name → the secret.
    """

    text: str
    names: dict[str, int]
    values: dict[str, str] = field(repr=False)


def name_secrets(text: str) -> Named:
    """Put `${NAME}` in place of every secret; the same secret has the same name throughout.

    Where a shell expands it is for `wetrun.shell.expanding` to say.
    """
    names: dict[str, str] = {}  # by secret
    lines: dict[str, int] = {}
    written = text.split("\n")
    spans: dict[int, set[tuple[int, int]]] = {}
    for number, what, begin, end in secrets_in(written):
        line = written[number]
        spans.setdefault(number, set()).add((begin, end))
        if line[begin:end] not in names:
            names[line[begin:end]] = name = _fresh(what, line[:begin], lines)
            lines[name] = number + 1
        if what == "a private key":
            _blank_key(written, number)
    # A long secret is looked for everywhere, since output and prose repeat it; a short one may be part of a word.
    long = [re.escape(secret) for secret in sorted(names, key=len, reverse=True) if len(secret) >= _LONG]
    anywhere = re.compile("|".join(long)) if long else None
    return Named(
        "\n".join(_with_names(line, spans.get(n, set()), names, anywhere) for n, line in enumerate(written)),
        lines,
        {name: secret for secret, name in names.items()},
    )


def secrets_in(lines: Sequence[str]) -> Iterator[tuple[int, str, int, int]]:
    """The secrets of a text: number of the line, from 0; what each is, where it begins, where it ends in the line.

    Args:
        lines: Looked at one by one: what its reader takes away from a later line is not found there.
    """
    cells = _in_tables(lines)
    for number in range(len(lines)):
        for found in secrets_of(lines[number]):
            yield (number, *found)
        for begin, end in cells.get(number, ()):
            yield number, "a password, token or key", begin, end


def secrets_of(line: str) -> Iterator[tuple[str, int, int]]:
    """The secrets of a line, in no order: what each is, where it begins, where it ends; two looks may find the same."""
    for look in _looks_for(line):
        for match in look.pattern.finditer(line[:_LONGEST]):
            yield look.what, *match.span("secret")


def _in_tables(lines: Sequence[str]) -> dict[int, list[tuple[int, int]]]:
    """Cells of Markdown tables below a heading that says what they are; such a line says nothing by itself.

    Returns:
        Number of the line, from 0 → where each begins and ends in it.
    """
    found: dict[int, list[tuple[int, int]]] = {}
    columns: list[int] = []
    for number, line in enumerate(lines):
        if "|" not in line:
            columns = []
        elif number + 1 < len(lines) and "-" in lines[number + 1] and _BELOW_HEAD.match(lines[number + 1]):
            heads = (line[begin:end].strip("*_`") for begin, end in _cells_of(line))
            columns = [at for at, head in enumerate(heads) if _HEADINGS.fullmatch(head)]
        elif columns:
            cells = _cells_of(line)
            spans = [cells[at] for at in columns if at < len(cells) and _IN_CELL.fullmatch(line, *cells[at])]
            if spans:
                found[number] = spans
    return found


def _cells_of(line: str) -> list[tuple[int, int]]:
    """Where each cell of a table's row begins and ends, without the blanks and quotes around it."""
    found: list[tuple[int, int]] = []
    at = line.index("|") + 1 if line.lstrip().startswith("|") else 0
    for cell in line[at:].split("|"):
        inner = cell.strip(" \t`")
        begin = at + cell.find(inner)
        found.append((begin, begin + len(inner)))
        at += len(cell) + 1
    return found


def _looks_for(text: str) -> list[Look]:
    """The looks that may find something."""
    small = text.casefold()
    if not any(mark in small for mark in _MARKS):
        return []
    return [look for look in LOOKS if any(mark in small for mark in look.marks)]


def _fresh(what: str, before: str, taken: dict[str, int]) -> str:
    assigned = _ASSIGNED.search(before)
    wanted = assigned[1] if assigned else _NAMES[what]
    name, count = wanted, 1
    while name in taken:
        count += 1
        name = f"{wanted}_{count}"
    return name


def _blank_key(lines: list[str], first: int) -> None:
    """Take away the rest of a private key; its lines stay, so that places keep their meaning."""
    for number in range(first + 1, len(lines)):
        ended = _KEY_ENDS.search(lines[number]) is not None
        lines[number] = ""
        if ended:
            return


def _with_names(line: str, spans: set[tuple[int, int]], names: dict[str, str], anywhere: re.Pattern[str] | None) -> str:
    if anywhere is not None:
        spans |= {match.span() for match in anywhere.finditer(line)}
    done, put = 0, ""
    for begin, end in sorted(spans):
        if begin < done:
            continue
        put += f"{line[done:begin]}${{{names[line[begin:end]]}}}"
        done = end
    return put + line[done:]
