"""Printed output as a tolerant pattern: what varies by nature from run to run becomes a wildcard."""

import re
from collections.abc import Sequence
from functools import lru_cache

from wetrun.lean import dataclass

__all__ = ["LONGEST_LINE", "Tolerant", "escaped", "tolerant"]

LONGEST_LINE = 4000
"""Characters of the longest line of output that is looked into; a longer one is for people."""

_BORDER = re.compile(r"^[\s─│┌┐└┘├┤┬┴┼╭╮╰╯═║╔╗╚╝╠╣+|=-]{3,}$")
_BAR = re.compile(r"[│║|]")
_TABLE_EDGE = re.compile(r"^\s*(?:[┌╭╔└╰╚├╠][─═]{3}|\+[-=+]{3,}\+\s*$)")
# What is left of characters that were decoded wrongly and cannot be known any more.
_ODD = re.compile(
    r"[âãÂÃðï][\x80-\xbf\u0152-\u0178\u02c6\u02dc\u2013-\u2122]+(?:\s?[\x80-\xbf\u0152-\u0178\u2013-\u2122])*"
)
_RULED = re.compile(r"^\s*-{3,}(?:\+-{3,})*\s*$")  # as wide as the longest value of each column
_STATES = frozenset(
    ["online", "stopped", "errored", "launching", "running", "up", "healthy", "active", "exited", "ready"]
)
_DIFFSTAT = re.compile(r"^\s*(\S.*?)\s+\|\s+(?:\d+\s*[+-]+|0|Bin .*)$")
_CHANGED = re.compile(r"\s*\d+ files? changed.*")
_MORE = re.compile(r"^\s*(?:\+|and|…|\.\.\.)\s*\d+ more\b.*", re.IGNORECASE)
_ASIDE = re.compile(
    r"\s+\((?:took|was|instead|expected|confirm|but|with|after|approx|about|may|can|note|e\.g)[^()]*\)\s*$",
    re.IGNORECASE,
)
_DAY = r"(?:[A-Za-z]{3}\s+\d{1,2}|\d{1,2}\s+[A-Za-z]{3}|\d{4}-\d\d-\d\d)"
_LISTED = re.compile(
    rf"""
    ^(?P<mode>[-dlbcps](?:[r-][w-][xsStT-]){{3}}[.+@]?) \s+\d+\s+ (?P<owner>\S+) \s+ (?P<group>\S+)
    \s+ (?:\d+,\s+)?[\d.,]+[kKMGT]?(?:i?B)? \s+                                       # its size, or a device's numbers
    {_DAY} \s+ (?:\d{{1,2}}:\d\d(?::[\d.]+)?(?:\s[+-]\d{{4}})?|\d{{4}}) \s+ (?P<name>\S.*)$
    """,
    re.VERBOSE,
)
_TOTAL = re.compile(r"^total\s+[\d.,]+[kKMGT]?$")
_NOISE = re.compile(r"^(?:npm\s+warn\b|warning:|\(node:\d+\))", re.IGNORECASE)
_MONTH = "(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*\\.?"
_VARYING = re.compile(
    rf"""
      (?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]*,?\s+)?(?:(?<!\d)\d\d?\s+{_MONTH}|{_MONTH}\s+\d{{1,2}}\b,?)  # dates
      (?:\s+\d{{4}}\b)?(?:\s+\d{{1,2}}:\d\d(?::\d\d)?)?(?:\s+[AP]M\b)?(?:\s+[A-Z]{{3,4}}\b)?(?:\s+\d{{4}}\b)?
    | \b[0-9a-f]{{8}}(?:-[0-9a-f]{{4}}){{3}}-[0-9a-f]{{12}}\b                                 # UUIDs
    | (?<=-)[0-9a-f]{{7,10}}-[a-z0-9]{{5}}\b                                               # pods
    | (?<=[Uu]p\s)\d+\s(?:hours?|days?|weeks?|months?)\b | \b\d+\s(?:hours?|days?|weeks?|months?)(?=\sago\b)   # ages
    | \d{{4}}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:[.,]\d+)?)?(?:Z|[+-]\d\d:?\d\d)?)?   # dates
    | (?<![\d.])\d{{1,2}}:\d\d(?::\d\d(?:[.,]\d+)?)?(?![\d.])                               # times of day
    | (?:(?<![\w.])|(?<=\.\.))(?=[0-9a-f]*\d)(?=[0-9a-f]*[a-f])[0-9a-f]{{7,64}}(?!\w)       # hashes
    | (?<![\w.])\d+(?:\.\d+)?\s?(?:ms|s|sec|secs|seconds?|minutes?|min|m|h)(?![\w/])      # times
    | (?<![\w.])\d+(?:\.\d+)?\s?(?:[kKMGT]i?B|[kmg]b|B|bytes)(?!\w)                       # sizes
    | (?<![\w.])\d+(?:\.\d+)?[KMGT](?!\w)                                           # sizes of `du -h`
    | (?<![\w.])\d+(?:\.\d+)?\s?%                                                         # percentages
    | (?<![\w.])\d+(?:\.\d+)?[KMGT]i(?!\w)                                                  # sizes of Kubernetes
    | (?<![\w.])\d+(?:d|[ydhm]\d+[dhms])(?!\w)                                           # ages, as 3d4h
    | (?<=load\ average:\s)[\d., ]+ | (?<=load\ averages:\s)[\d., ]+
    | (?<=[├└]─)\d+                                                                      # processes of a service
    | (?<=[(\[])\s?\d+\s?(?=[)\]])                                                        # process numbers, counts
    | (?<=[(\[])\d+/\d+(?=[)\]])                                                          # progress
    | \b(?!0\b)\d[\d,]*   # how many; none is meant as it is written
      (?=\s+(?:packages?|files?|objects?|modules?|routes?|rows?|commits?|tests?|pages?|items?|looking)\b)
    | (?<=[.@v\d])x(?:\.x)*(?!\w)                                                         # 5.x
    | (?<=pid\s)\d+ | (?<=pid=)\d+ | (?<=PID:\s)\d+
    """,
    re.VERBOSE,
)


@dataclass(frozen=True, slots=True)
class Tolerant:
    """What became of some lines of output.

    Attributes:
        lines: Patterns in order (`*`, `?`, `...`); empty when nothing remains that could be checked.
        remarks: Lines that are the author's words about the output, and no output, with their numbers (from 0).
        loosened: Whether anything was made tolerant.
    """

    lines: tuple[str, ...]
    remarks: tuple[tuple[int, str], ...] = ()
    loosened: bool = False


def tolerant(lines: Sequence[str]) -> Tolerant:
    """Make a pattern of printed lines: other lines may stand between them, and what varies may vary.

    Args:
        lines: The output as the author shows it.
    """
    patterns: list[str] = []
    remarks: list[tuple[int, str]] = []
    loosened = False
    in_table = after_table = False
    listing = any(_LISTED.match(line.strip()) for line in lines if len(line) <= LONGEST_LINE)
    for number, line in enumerate(lines):
        if len(line) > LONGEST_LINE:
            remarks.append((number, line.strip()))
            continue
        if _TABLE_EDGE.match(line) and _BORDER.match(_ODD.sub("", line)):
            in_table, after_table, loosened = line.lstrip()[0] not in "└╰╚", line.lstrip()[0] in "└╰╚", True
            continue
        if _RULED.match(line) or (listing and _TOTAL.match(line.strip())):
            loosened = True  # how wide the columns are, how large the files are together
            continue
        if in_table:
            row = _table_row(line)
            loosened = True
            patterns += [row] if row else []
        elif (after_table and line.strip()) or _NOISE.match(line.strip()):
            remarks.append((number, line.strip()))
        else:
            pattern = _pattern(line)
            loosened = loosened or pattern != escaped(line.strip())
            patterns += [pattern] if pattern else []
    return Tolerant(_spaced(patterns), tuple(remarks), loosened)


def _table_row(line: str) -> str | None:
    """Of a process manager's row: its name and its state; None for a header."""
    cells = [cell.strip() for cell in _BAR.split(line) if cell.strip()]
    state = next((cell for cell in cells if cell.lower() in _STATES), None)
    name = next((cell for cell in cells if re.search(r"[A-Za-z]", cell) and cell != state), None)
    if state is None or name is None:
        return None
    return f"*{escaped(name)}*{escaped(state)}*"


@lru_cache(maxsize=4096)
def _pattern(line: str) -> str:
    text = line.strip()
    if text in {"", "...", "…", "[...]", "(...)"} or _MORE.match(line):
        return "" if not text else "..."
    listed = _LISTED.match(text)
    if listed is not None:
        mode, owner, group, name = map(escaped, listed.group("mode", "owner", "group", "name"))
        return f"{mode} * {owner} *{group} * {name}"
    stat = _DIFFSTAT.match(line)
    if stat is not None:
        return f"*{escaped(stat[1].removeprefix('...'))}*|*"
    if _CHANGED.fullmatch(line):
        return "*changed*"
    text = _ODD.sub("...", _ASIDE.sub("", text))
    parts: list[str] = []
    position = 0
    for match in _VARYING.finditer(text):
        parts += [escaped(text[position : match.start()]), "*"]
        position = match.end()
    parts.append(escaped(text[position:]))
    pattern = re.sub(r"(?:\.{3}|…)", "*", "".join(parts))
    # Columns are as wide as their longest cell, and so are the gaps between them.
    pattern = re.sub(r" {2,}", " * ", pattern)
    pattern = re.sub(r"(?:\*\s*){2,}", lambda m: "* " if m[0].endswith(" ") else "*", pattern)
    return ("*" if line[:1].isspace() and not pattern.startswith("*") else "") + pattern


def _spaced(patterns: list[str]) -> tuple[str, ...]:
    """Any lines before, between and after; none of it when nothing is left to look for."""
    wanted = [pattern for pattern in patterns if pattern != "..." and pattern.strip("* ")]
    if not wanted:
        return ()
    return ("...", *(line for pattern in wanted for line in (pattern, "...")))


def escaped(text: str) -> str:
    r"""A text in which `*`, `?` and `\\` stand for themselves."""
    return re.sub(r"([*?\\])", r"\\\1", text)
