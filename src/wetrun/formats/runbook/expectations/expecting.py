"""What somebody writes about a result, as an expectation of a plan; or the reason why no machine can check it."""

import re
from collections.abc import Sequence
from typing import Any

from wetrun.formats.runbook.expectations.bare import asks_for_state
from wetrun.formats.runbook.expectations.denying import denied
from wetrun.formats.runbook.expectations.lasting_json import lasting
from wetrun.formats.runbook.expectations.lone_values import lone
from wetrun.formats.runbook.expectations.meant_json import meant_json
from wetrun.formats.runbook.expectations.statuses import status
from wetrun.formats.runbook.expectations.tolerance import LONGEST_LINE, escaped, tolerant
from wetrun.formats.runbook.expectations.wanted import Wanted, aside, by_itself, led, within
from wetrun.formats.runbook.expectations.wanted_numbers import numbers, versions

__all__ = ["expectation_of"]


_NOTHING = Wanted()
_LEFT_OPEN = "what varies from run to run is left open"
_SUCCEEDS = re.compile(
    r"^(?:(?:should|must|will)\s+)?(?:succeeds?|success(?:ful)?|passe?s?|work|ok|exits? (?:with )?(?:code "
    r")?0|no errors?|exit (?:code |status )?0)"
    r"(?P<tail>\s+with(?:out)?\b.*)?\.?$",
    re.IGNORECASE,
)
_SAYS_EXIT = re.compile(r"exit|succe|pass", re.IGNORECASE)
_FAILS = re.compile(
    r"^(?:(?:should|must|will)\s+|expected to\s+)?(?:(?:now\s+)?fails?\b|be (?:refused|rejected|denied)"
    r"|not (?:work|succeed)"
    r"|error\b(?! ?:)|non-?zero(?: exit)?(?: code| status)?|connection refused|permission denied|failure)(?P<tail>.*)$",
    re.IGNORECASE | re.DOTALL,
)
_FILLERS = frozenset(
    ("a", "an", "be", "code", "error", "errors", "exit", "expected", "fail", "fails", "it", "must", "now", "of")
) | frozenset(("output", "should", "status", "the", "this", "will", "with"))
_EXIT = re.compile(r"\bexit(?:s|ed)?(?: with)?(?: (?:code|status))?\s*[:=]?\s*(\d{1,3})\b", re.IGNORECASE)
_SUFFIX = re.compile(r"(?<!\s)\s++\((?P<kind>re|regex|glob|glob\+|re\+|esc|no-eol)\)\s*+$")
_QUOTED = re.compile(
    r"^(?:contains?|includes?|text)?\s*(?P<quote>[`\"'“])(?P<text>(?:(?!(?P=quote)).)+)[`\"'”]\.?$", re.IGNORECASE
)
_CONTAINS = re.compile(
    r"^(?:(?:should|must|will)\s+)?(?:contains?|includes?|prints?|outputs?|says?|displays?|reads?)"
    r"(?:\s+|\s*:\s+)(?P<text>\S+)$",
    re.IGNORECASE,
)
_EMPTY = re.compile(
    r"^(?:(?:be\s+)?empty|no output|nothing|\(?empty(?: output)?\)?|\(no output\)|blank)\.?$", re.IGNORECASE
)
_NAMED = re.compile(
    r"^(?:[A-Z][A-Za-z-]{1,30}: [\w./+-]{1,60}(?: \([\w ,-]{1,60}\))?|[a-z][\w-]{1,30}: \d[\d.,]{0,30})$"
)
_JSON = re.compile(r"^\s*[\[{]")
_ENDED = re.compile(r"^Process exited with code (\d{1,3})$")
_LIMITED = re.compile(r"[<>≤≥~≈]\s*\d")


def expectation_of(command: str, rest: str, lines: Sequence[str], *, literal: bool) -> Wanted:
    """Read what is expected of a command.

    Args:
        command: The command whose result is spoken of.
        rest: What stands behind `Expected:` and the like.
        lines: Lines of output that follow it.
        literal: Whether `rest` is printed text rather than a description.
    """
    first = _line(command, rest.strip(), literal=literal) if rest.strip() else _NOTHING
    below = _block(command, lines) if any(line.strip() for line in lines) else _NOTHING
    expect = {**below.expect, **first.expect}
    return Wanted(
        expect, (*first.unverified, *((n + 1, text) for n, text in below.unverified)), first.guess or below.guess
    )


def _block(command: str, lines: Sequence[str]) -> Wanted:
    text = "\n".join(lines)
    if (subset := _subset(text)) is not None:
        return subset
    code = next((end for line in lines if (end := _ENDED.match(line.strip()))), None)
    rest = [line for line in lines if code is None or line.strip() != code[0]]
    expect: dict[str, Any] = {"exit": int(code[1])} if code and int(code[1]) < 256 else {}
    if any(_SUFFIX.search(line) for line in rest):
        return Wanted({**expect, **_suffixed_lines(rest)})
    found = tolerant(rest)
    if found.lines:
        expect["output"] = {"lines": list(found.lines)}
    elif not expect and not found.remarks:
        # All of it varies: there is nothing to hold the next run against, unless it is one value of a known shape.
        alone = "".join(line.strip() for line in lines)
        if sum(bool(line.strip()) for line in lines) == 1 and (value := lone(command, alone)) is not None:
            return value
        return Wanted(unverified=tuple((n, line.strip()) for n, line in enumerate(lines) if line.strip())[:1])
    return Wanted(expect, found.remarks, _LEFT_OPEN if found.loosened else None)


def _suffixed_lines(lines: Sequence[str]) -> dict[str, Any]:
    """Lines as cram and scrut write them: each exactly, but for those that end with `(re)` or `(glob)`."""
    patterns: list[str] = []
    wanted: dict[str, Any] = {}
    for line in lines:
        suffix = _SUFFIX.search(line)
        text = line if suffix is None else line[: suffix.start()]
        kind = "" if suffix is None else suffix["kind"]
        if kind.startswith("re") and (found := _suffixed(text, kind).expect):
            wanted |= found
            patterns.append("*")
        else:
            patterns.append(text if kind.startswith("glob") else escaped(text))
    if len(lines) == 1 and wanted:
        return wanted
    # Two keys for one text: a pattern for the one line, and the order of all.
    return {"output": {"lines": patterns}, **wanted} if wanted else {"stdout": {"lines": patterns}}


def _line(command: str, text: str, *, literal: bool) -> Wanted:
    if len(text) > LONGEST_LINE:
        return _subset(text) or Wanted(unverified=((0, text),))
    suffix = _SUFFIX.search(text)
    if suffix is not None:
        return _suffixed(text[: suffix.start()], suffix["kind"])
    for reader in (_words, denied, status, numbers, versions, lone):
        found = reader(command, text)
        if found is not None:
            return found
    if (subset := _subset(text)) is not None:
        return subset
    if not literal and _NAMED.match(text):
        return Wanted({"output": {"matches": rf"{by_itself(text)}(?!\.\w)"}}, guess="taken as printed text")
    quoted = _QUOTED.match(led(text)) or _CONTAINS.match(text)
    if quoted is not None and quoted["text"].strip():
        return _subset(quoted["text"]) or Wanted({"output": within(quoted["text"])})
    if not literal and asks_for_state(command, led(text)):
        return Wanted({"output": within(led(text))}, guess="taken as printed text")
    return _text(text, literal=literal)


def _subset(text: str) -> Wanted | None:
    """JSON as an answer that holds at least this, without what varies; None for a text that is no object or list."""
    meant = meant_json(text) if _JSON.match(text) else None
    if meant is None:
        return None
    kept = lasting(meant[0])
    return Wanted({"json": {"subset": kept}}, guess=None if kept == meant[0] else _LEFT_OPEN)


def _suffixed(text: str, kind: str) -> Wanted:
    if kind.startswith("re"):
        try:
            re.compile(text, re.MULTILINE)
        except (re.error, OverflowError, RecursionError):
            return Wanted(unverified=((0, text),))
        return Wanted({"stdout": {"matches": f"^(?:{text})$"}})
    if kind.startswith("glob"):
        return Wanted({"stdout": {"lines": ["...", text, "..."]}})
    return Wanted({"stdout": {"contains": text}})


def _words(command: str, text: str) -> Wanted | None:
    del command
    if (succeeds := _SUCCEEDS.match(text)) is not None:
        guess = None if _SAYS_EXIT.search(text) else "taken to mean that the command exits with 0"
        return Wanted({"exit": 0}, _beyond(text, succeeds["tail"] or ""), guess)
    code = _EXIT.search(text)
    if code is not None and int(code[1]) < 256:
        return Wanted({"exit": int(code[1])}, _beyond(text, text[: code.start()] + text[code.end() :]))
    if (fails := _FAILS.match(text)) is not None:
        return Wanted({"fails": True}, _beyond(text, fails["tail"]))
    if _EMPTY.match(led(text)):
        return Wanted({"stdout": ""})
    return None


def _beyond(text: str, rest: str) -> tuple[tuple[int, str], ...]:
    """What is said beyond the part that can be checked: the check must not vouch for all of it."""
    words = re.findall(r"[^\W\d_]+", rest)
    return ((0, text),) if any(word.lower() not in _FILLERS for word in words) else ()


def _text(text: str, *, literal: bool) -> Wanted:
    main, _ = aside(text)
    words = main.split()
    if not literal and _LIMITED.search(main):
        return Wanted(unverified=((0, text),))  # `< 80% used` is a limit, and no text
    if literal or (len(words) == 1 and re.search(r"[\d_.:/=-]", main)) or re.search(r"[=/{}<>|]", main):
        found = tolerant([main])
        if found.lines and (literal or len(words) <= 8):
            return Wanted({"output": {"lines": list(found.lines)}}, guess=None if literal else "taken as printed text")
    return Wanted(unverified=((0, text),))
