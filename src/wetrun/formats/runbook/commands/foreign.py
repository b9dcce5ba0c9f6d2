"""What stands in a block of commands and is none: settings, other languages, what a command printed."""

import re
from collections.abc import Iterable, Iterator, Sequence

from wetrun.formats.runbook.document.blocks import Code
from wetrun.lean import dataclass
from wetrun.shell.statements import Remark, Statement

__all__ = [
    "Region",
    "foreign_block",
    "foreign_regions",
    "may_have_foreign",
    "settings_of",
    "shows_output",
    "variables_in",
]

_PRINTED = re.compile(
    r"[ \t]*(?:"
    r"\{\"|\[\{|HTTP/\d|\(\d+ rows?\)|-{3,}(?:\+-{3,})*\s*$|\+-{3,}[-+]*\s*$|\d{4}-\d\d-\d\d[T ]\d\d:\d\d"
    r"|\[?(?:INFO|WARN(?:ING)?|ERROR|DEBUG|FATAL)\]?[: ]|nginx: |total \d+$|[-dl](?:[r-][w-][xsStT-]){3}[ .+@]|PONG$"
    r"|\u25cf |[\u2713\u2714\u2717\u2705\u274c]"
    r"|(?:CREATE|DROP|ALTER) (?:TABLE|DATABASE|ROLE|INDEX|SCHEMA|EXTENSION|VIEW|FUNCTION)$"
    r"|(?:INSERT 0|UPDATE|DELETE|COPY|SELECT) \d+$)",
    re.MULTILINE,
)
_TYPED = re.compile(
    r"[ \t]*(?:(?:SELECT|SHOW|USE|VACUUM|EXPLAIN|TRUNCATE|REINDEX) [\w*('\"`]|UPDATE \S+ SET\b|BEGIN;|COMMIT;"
    r"|(?i:INSERT INTO|DELETE FROM|FLUSH PRIVILEGES|GRANT \w+|REVOKE \w+"
    r"|(?:CREATE|ALTER|DROP) (?:TABLE|DATABASE|USER|ROLE|INDEX|SCHEMA|EXTENSION|VIEW|SYSTEM)) [\w'\"`;]"
    r"|\\(?:q|l|x|c|i|d[a-z]{0,2}|timing|conninfo|password)\+?(?:\s|$))",
    re.MULTILINE,
)
_CRON = re.compile(
    r"[ \t]*(?:(?:[\d*][\d*/,-]*[ \t]+){4}[\d*][\d*/,-]*|@(?:reboot|hourly|daily|weekly|monthly|yearly))[ \t]+\S",
    re.MULTILINE,
)
_ANY = re.compile(
    "|".join(rf"^(?:{pattern.pattern})" for pattern in (_PRINTED, _TYPED, _CRON)) + r"|^[ \t]*[\[{][ \t]*\n\s*[\"{]",
    re.MULTILINE,
)
_BORDER = re.compile(r"\s*(?:-{3,}(?:\+-{3,})*|\+-{3,}[-+]*)\s*$")
_OPENS = re.compile(r"\s*[\[{]\s*$")
_QUOTED = re.compile(r"\s*[\"{]")
_CLOSES = re.compile(r"\s*[\]}]\s*,?\s*$")
_ROWS = re.compile(r"\s*\(\d+ rows?\)")
_PRINTED_IT = "printed"
_TYPED_IN = "it is typed into the client of a database, and no command of the shell"
_CRONTAB = "it is a line for a crontab, and no command"
_KINDS = ((_PRINTED, _PRINTED_IT), (_TYPED, _TYPED_IN), (_CRON, _CRONTAB))
_SETTING = re.compile(r"\s*[A-Za-z_]\w*=(?P<value>.*)$")
_RUNS = re.compile(r"[^\s'\"$`(<]*\s+(?:[\w.-]*/|[a-z][\w.-]*(?:\s|$))")  # `LEVEL=info npm start`
_USED = re.compile(r"\$\{?([A-Za-z_]\w*)")
_SECTION = re.compile(
    r"\s*(?:\[[A-Za-z][\w .:@-]{0,60}\]\s*$|(?:server|location|upstream|http|events)\b[^;()|&]{0,200}\{\s*$"
    r"|<(?:VirtualHost|Directory|Location|IfModule|\?xml|!DOCTYPE|html)\b)"
)
_SCRIPT = re.compile(r"\s*#\s*(?P<file>[\w./~-]{1,200}\.(?:sh|bash|service|timer|conf|env|ya?ml))\b")


@dataclass(frozen=True, slots=True)
class Region:
    """Lines of a block that are no commands.

    Attributes:
        start: The first of them, from 0 in the block; `end` is behind the last.
        why: What they are, or nothing where a command printed them.
    """

    start: int
    end: int
    why: str


def may_have_foreign(text: str) -> bool:
    """Whether some line of a block may be no command; a quick look before the others."""
    return _ANY.search(text) is not None


def foreign_regions(
    lines: Sequence[str], parts: Sequence[Statement | Remark], known: Sequence[int]
) -> Iterator[Region]:
    """What stands where a statement should, and is none.

    Args:
        lines: The block.
        parts: It as the grammar reads it.
        known: The lines in which a program stands that is known, from 0.
    """
    stops = frozenset(known)
    end = 0
    for part in parts:
        if not isinstance(part, Statement) or part.line < end or part.line in stops:
            continue
        why = _why(lines, part.line)
        if why is None:
            continue
        start = part.line
        if why == _PRINTED_IT and _BORDER.match(lines[start]) and start > end and _heads(lines, start - 1, stops):
            start -= 1
        end = _end_of(lines, part.line, why, stops)
        yield Region(start, end, "" if why == _PRINTED_IT else why)


def _why(lines: Sequence[str], at: int) -> str | None:
    line = lines[at]
    if _OPENS.match(line) and at + 1 < len(lines) and _QUOTED.match(lines[at + 1]):
        return _PRINTED_IT
    return next((why for pattern, why in _KINDS if pattern.match(line)), None)


def _heads(lines: Sequence[str], at: int, stops: frozenset[int]) -> bool:
    """Whether a line may be the header of a table."""
    return at not in stops and bool(lines[at].strip()) and not lines[at].lstrip().startswith("#")


def _end_of(lines: Sequence[str], at: int, why: str, stops: frozenset[int]) -> int:
    """Behind the last line of what begins in a line."""
    if why == _CRONTAB:
        return at + 1
    if why == _TYPED_IN:
        return _end_of_typed(lines, at, stops)
    closes = _CLOSES if _OPENS.match(lines[at]) else _ROWS if _BORDER.match(lines[at]) else None
    for number in range(at, len(lines)):
        text = lines[number]
        if number > at and (not text.strip() or number in stops or text.lstrip().startswith("#")):
            return number
        if closes is not None and closes.match(text) is not None:
            return number + 1
        if closes is None and _PRINTED.match(text) is None:
            return number
    return len(lines)


def _end_of_typed(lines: Sequence[str], at: int, stops: frozenset[int]) -> int:
    """A blank line, a command or a comment ends what was typed into a client, and so does `;`."""
    for number in range(at, len(lines)):
        text = lines[number].strip()
        if number > at and (not text or number in stops or text.startswith("#")):
            return number
        if text.endswith(";") or text.startswith("\\"):
            return number + 1
    return len(lines)


def shows_output(code: Code) -> bool:
    """Whether a block begins with something that only a program prints."""
    at = next((at for at, line in enumerate(code.lines) if line.strip()), None)
    return at is not None and _why(code.lines, at) == _PRINTED_IT


def foreign_block(code: Code) -> str | None:
    """Why a block that looks like commands is the content of a file; None when it is none."""
    first = next((line for line in code.lines if line.strip() and not line.lstrip().startswith("#")), "")
    if _SECTION.match(first) is not None:
        return "the content of a file"
    if not code.lines or not code.lines[0].startswith("#!"):
        return None
    comments = (line for line in code.lines[1:4] if line.lstrip().startswith("#"))
    named = next(filter(None, map(_SCRIPT.match, comments)), None)
    return None if named is None else f"the content of `{named['file']}`"


def settings_of(code: Code) -> tuple[str, ...]:
    """The names that a block sets, when it does nothing else, and at least two."""
    names: list[str] = []
    for line in code.lines:
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        match = _SETTING.match(line)
        if match is None or _RUNS.match(match["value"]) is not None or "$(" in line:
            return ()
        names.append(line.partition("=")[0].strip())
    return tuple(names) if len(names) > 1 else ()


def variables_in(blocks: Iterable[Code]) -> frozenset[str]:
    """The names of all variables that some commands use."""
    return frozenset(name for code in blocks for line in code.lines if "$" in line for name in _USED.findall(line))
