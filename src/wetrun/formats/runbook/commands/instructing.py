"""Instructions outside code blocks: which of them name a command, and which only a person can follow."""

import re
from collections.abc import Container, Iterator

from wetrun.formats.runbook.commands.listed import Listed, Said, Words
from wetrun.formats.runbook.commands.listing import is_command
from wetrun.formats.runbook.document.blocks import Prose, Table
from wetrun.formats.runbook.document.outline import Kind, Section, cleaned
from wetrun.formats.runbook.expectations.remarks import Marker, Tone, read_marker
from wetrun.lean import dataclass

__all__ = [
    "Asked",
    "asked_of",
    "command_alone",
    "command_of",
    "commands_of_table",
    "expected_of",
    "is_about_deployment",
    "is_followed",
    "is_of_commands",
    "is_of_steps",
    "lists_expected",
    "may_ask",
    "names_only",
    "printed_of",
]

_GUESS = "written in a sentence, not in a block"
_GUESS_TABLE = "written in a table, not in a block"
_RUNS = "run|execute|re-?run|type|enter|issue|invoke|call"
_VERBS = (
    f"{_RUNS}|add|announce|apply|approve|ask|assign|attach|back up|block|call|cancel|change|clear|click|close|commit"
    "|configure|connect|copy|create|cut over|delete|deploy|detach|disable|disconnect|download|drain|drop|edit|enable"
    "|export|fail over|flip|flush|get approval|get sign|go to|import|increase|inform|install|log ?in|log on|log out"
    "|merge|message|migrate|monitor|move|navigate|notify|open|page|pause|ping|point|post|power|press|promote|publish"
    "|pull|push|reboot|redeploy|reduce|reload|remove|rename|replace|reset|resize|restart|restore|resume|revert"
    "|roll back|rotate|scale|schedule|select|send|set|shut down|sign in|ssh|start|stop|submit|switch|tag|take a|tell"
    "|toggle|turn o[nf]f?|unblock|uninstall|unmount|update|upgrade|upload|wait for"
)
_LEAD = r"(?:\[[ xX]\]\s+)?(?:(?:then|next|now|finally|first|afterwards?|please|also),?\s+)*"
# `Type: small` and `Start period: 40 s` are labels.
_LABEL = (
    r"(?:type|start|set|point|page|post|power|press|block|issue|message|scale|schedule|tag|ping|stop|update)\b[\W_]*:"
    r"|ssh (?:key|access|port|user)|log ?in (?:form|page|post|screen)"
    r"|(?:start|stop) (?:period|date|time|value)|(?:page|post|update) (?:size|status|type)"
)
_ORDER = re.compile(rf"{_LEAD}(?!{_LABEL})(?:{_VERBS})\b", re.IGNORECASE)
_RUN = re.compile(rf"{_LEAD}(?:{_RUNS})\b", re.IGNORECASE)
# Paragraphs explain more often than they order: these are the orders that only a person can follow, and commands.
_ORDER_IN_TEXT = re.compile(
    rf"{_LEAD}(?:{_RUNS}|announce|approve|ask|call|click|get approval|get sign|inform|log ?in|message|notify|sign in"
    r"|tell|wait for)\b(?!:)",
    re.IGNORECASE,
)
_SHORT = 120  # letters; a longer paragraph explains
_CONDITION = re.compile(
    rf"{_LEAD}(?:(?:make|be) sure|ensure|(?:double[- ])?check|verify|confirm|validate)\s+"
    r"(?:that|the|all|every|each|no|none|your|our|it|its|there|if|whether|both|nothing)\b"
    r"|(?:it|this|that|they|(?:the|its) (?:output|result|response|answer|page|command|log|status)|you|we)"
    r"\s+(?:should|must)\s+(?:now\s+|then\s+|only\s+|not\s+)?"
    r"(?:print|show|say|return|see|get|display|contain|be|list|report|respond|answer)\b",
    re.IGNORECASE,
)
_PRINTED = re.compile(
    r"(?:it|this|that|the (?:output|result|response|answer|command)|you)\s+(?P<rest>(?:should|must)\s+(?:now\s+)?"
    r"(?:print|show|say|return|see|get|display|contain|output)s?\s.*)$",
    re.IGNORECASE | re.DOTALL,
)
_EXPECTED = re.compile(
    r"[\W_]*(?:expect(?:ed|s)?\b(?! (?:time|duration|down-?time|recovery|impact|outage|cost|traffic|load)\b)"
    r"|(?:sample |example )?(?:output|result|response)s?(?: should be)?\s*:|(?:it |this )?(?:should|must) (?:now )?"
    r"(?:see|show|print|return|output|say|display|be)\b)",
    re.IGNORECASE,
)
_LIST_OF_EXPECTED = re.compile(
    r"(?:expect(?:ed)?(?: (?:results?|outputs?|outcomes?|behaviou?rs?|responses?|state))?|verification|verify(?: that)?"
    r"|success (?:indicators?|criteria)|what to (?:look for|expect|check)|(?:watch|look|check|monitor) for"
    r"|(?:you )?should see|confirm(?: that)?|acceptance criteria|pass criteria|validation)",
    re.IGNORECASE,
)
_MAYBE = re.compile(
    r"\b(?:if|unless|when|whenever|where|instead|optional(?:ly)?|only|never|not|don't|before|or|either|alternatively"
    r"|to (?:see|learn|list|find|get help))\b",
    re.IGNORECASE,
)
# With one of these words begins whatever any of the patterns above finds; most sentences begin with another.
_FIRST = (
    {word.partition(" ")[0].replace("-?", "").lower() for word in _VERBS.split("|")}
    | {"re-run"}
    | {"login", "then", "next", "now", "finally", "first", "afterward", "afterwards", "please", "also"}
    | {"make", "be", "ensure", "check", "double", "double-check", "verify", "confirm", "validate"}
    | {"it", "its", "this", "that", "they", "the", "you", "we", "[", "[x]"}
)
_SPAN = re.compile(r"(?<!`)(`{1,2})(?!`)(?P<code>[^`\n]+)\1(?!`)")
_ALONE = re.compile(
    r"(?P<quote>`{1,2})(?P<code>[^`\n]+)(?P=quote)\s*(?:[.,;]|(?:\u2192|->|=>|\u21d2)(?P<expected>[^\n]+))?"
)
_FILE = re.compile(r"\.(?:txt|md|conf|cfg|ini|env|json|ya?ml|toml|log|lock|html|sql|xml|pem|key|crt|service)$|/$|/\.")
_COMMAND_HEAD = re.compile(r"(?:shell )?(?:commands?|cmd|run)(?: to run)?", re.IGNORECASE)
_STEP_HEAD = re.compile(r"(?:step|no|nr|order|phase|#|№)\W*(?:no\.?|number|#)?", re.IGNORECASE)
_EXPECTED_HEAD = re.compile(r"(?:expected|desired|wanted)\b.*|(?:output|results?|prints|should\b.*)", re.IGNORECASE)
_NOTHING = frozenset({"", "-", "–", "—", "n/a", "none", "…", "..."})
_ASIDE = re.compile(
    r"\b(?:overview|introduction|pre-?requisites?|requirements?|background|summary|conclusions?|recommendations?|notes?"
    r"|scope|goals?|purpose|contacts?|roles?|references?|links?|about|audience|glossary|changelog|history|legend"
    r"|assumptions?|scenarios?|results?|lessons|risks?|matrix|timeline|faq|table of contents|usage|see also|why"
    r"|what (?:was |has |is )?changed|best practices|tips|guidelines|principles|conventions|under the hood)\b",
    re.IGNORECASE,
)
_OUTSIDE = frozenset({Kind.CHECKLIST, Kind.OTHER, Kind.SHOWN, Kind.SCENARIOS, Kind.SCENARIO, Kind.TROUBLE, Kind.TEST})


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a person is asked for.

    Attributes:
        text: In the author's words, shortened.
        line: Where it stands, from 0.
        by_hand: Whether they have to do it, or only to see that it is so.
    """

    text: str
    line: int
    by_hand: bool


def is_about_deployment(section: Section) -> bool:
    """Whether what is asked for in a section is part of the deployment, its rollback or a recovery."""
    chain = (*section.parents, section)
    owner = section.owner
    if owner is not None and owner.kind not in {Kind.ROLLBACK, Kind.RECOVERY}:
        return False
    # A document's own title may have any word in it.
    named = [each.heading for each in chain if each.level > 1]
    return not any(each.kind in _OUTSIDE for each in chain) and not any(map(_ASIDE.search, named))


def is_followed(section: Section) -> bool:
    """Whether a section is one that somebody follows, so that nothing may be lost of it: a phase, a way back."""
    return section.kind in {Kind.PHASE, Kind.ROLLBACK, Kind.RECOVERY} and is_about_deployment(section)


def may_ask(block: Prose) -> bool:
    """Whether a sentence may ask for something, by its first word; a quick look before the others."""
    words = block.text[:40].lstrip("*_").split(maxsplit=1)
    return bool(words) and words[0].rstrip(",.:*_").lower() in _FIRST


def command_of(block: Prose) -> Listed | None:
    """The command that a sentence asks for, as in: Run `systemctl restart shop`; None when it is not certainly one."""
    text = block.text
    if "`" not in text or _ORDER.match(text) is None or "\n" in text.strip():
        return None
    spans = list(_SPAN.finditer(text))
    if len(spans) != 1:
        return None
    (span,) = spans
    code, before, after = span["code"].strip(), text[: span.start()], text[span.end() :].strip()
    runs = _RUN.match(text) is not None
    named = not runs and (" " not in code if code.startswith(("/", "./")) else " " not in code and "/" not in code)
    if not is_command(code) or named or (" " not in code and _FILE.search(code) is not None):
        return None
    if _MAYBE.search(before) is not None or _MAYBE.search(after) is not None or (not block.item and not runs):
        return None
    listed = Listed(code, block.line, 0, guess=_GUESS)
    expected = re.search(r"\b(?:should|must|expect(?:ed|ing)?:?)\b.*$", after, re.IGNORECASE)
    if expected is not None:
        listed.said.append(Said(Marker(Tone.EXPECTED, expected[0]), block.line))
    if re.search(r"\w{2,}", f"{_RUN.sub('', before)} {after}") is not None:
        listed.above.append(Words(cleaned(re.sub(r"^\[[ xX]\]\s+", "", text)), block.line))
    return listed


def command_alone(block: Prose) -> Listed | None:
    """The command that an item is, and nothing else but what is expected of it: `curl -f shop.test` → `ok`."""
    match = _ALONE.fullmatch(block.text.strip()) if block.item and block.text.startswith("`") else None
    if match is None or " " not in match["code"].strip() or not is_command(match["code"].strip()):
        return None
    listed = Listed(match["code"].strip(), block.line, 0, guess=_GUESS)
    if match["expected"] is not None:
        listed.said.append(Said(Marker(Tone.EXPECTED, match["expected"].strip()), block.line))
    return listed


def is_of_commands(section: Section) -> bool:
    """Whether items of a section that are commands are its steps: elsewhere they only say which there are."""
    return any(
        each.kind in {Kind.PHASE, Kind.HAPPY, Kind.ROLLBACK, Kind.RECOVERY} for each in (*section.parents, section)
    )


def printed_of(block: Prose) -> Said | None:
    """What a sentence says that the command before it prints, as in: It should print `ok`."""
    match = _PRINTED.match(block.text)
    if match is None or block.item:
        return None
    return Said(Marker(Tone.EXPECTED, " ".join(match["rest"].split())), block.line)


def expected_of(block: Prose) -> Said | None:
    """What a paragraph or item says that is expected, as in: **Expected:** `active`; None where it only leads to it."""
    if _EXPECTED.match(block.text) is None:
        return None
    text = " ".join(re.sub(r"\*\*|__", "", block.text).split())
    marker = read_marker(text)
    if marker.tone is not Tone.EXPECTED or not marker.rest or text.endswith(":"):
        return None
    return Said(marker, block.line)


def lists_expected(block: Prose) -> bool:
    """Whether a paragraph leads to a list of what is expected, as in: Expected:."""
    text = block.text.rstrip(" *_")
    return not block.item and text.endswith(":") and _LIST_OF_EXPECTED.fullmatch(cleaned(text)) is not None


def names_only(block: Prose, known: Container[str]) -> bool:
    """Whether a sentence that says what to run names nothing but what is known."""
    if "`" not in block.text or _RUN.match(block.text) is None:
        return True
    return all(span["code"].strip() in known for span in _SPAN.finditer(block.text) if " " in span["code"].strip())


def asked_of(block: Prose, *, leads: bool) -> Iterator[Asked]:
    """What a paragraph or list item asks of a person.

    Args:
        block: The paragraph or item.
        leads: Whether a block of commands follows, which then does what is asked for.
    """
    text = block.text.lstrip("*_")
    if _CONDITION.match(text) is not None:
        if not (leads and (block.item or text.rstrip(" *_").endswith(":"))):
            yield Asked(text=_short(text), line=block.line, by_hand=False)
        return
    if leads or (_ORDER if block.item else _ORDER_IN_TEXT).match(text) is None:
        return
    if block.item or "`" in text or (len(text) < _SHORT and _RUN.match(text) is None):
        yield Asked(text=_short(text), line=block.line, by_hand=True)


def is_of_steps(table: Table) -> bool:
    """Whether a table of commands numbers them or says what is expected; others list what there is, in no order."""
    heads = [cleaned(cell) for cell in table.header]
    return _column(heads, _STEP_HEAD) is not None or _column(heads, _EXPECTED_HEAD) is not None


def commands_of_table(table: Table) -> tuple[list[Listed], list[Asked]]:
    """The steps of a table that has a column of commands.

    Returns:
        Its commands in order; and of the rows without a command, what they ask for.
    """
    heads = [cleaned(cell) for cell in table.header]
    at = _column(heads, _COMMAND_HEAD)
    expected = _column(heads, _EXPECTED_HEAD)
    if at is None:
        return [], []
    found: list[Listed] = []
    asked: list[Asked] = []
    for line, cells in table.rows:
        cell = cells[at] if at < len(cells) else ""
        spans = [code for span in _SPAN.finditer(cell) if (code := span["code"].strip())]
        codes = spans or ([cell.strip()] if is_command(cell.strip()) else [])
        if not codes:
            words = " | ".join(cleaned(each) for each in cells if re.search(r"[^\W\d_]", each))
            asked += [Asked(text=_short(words), line=line, by_hand=True)] if words else []
            continue
        found += [Listed(code, line, 0, guess=_GUESS_TABLE) for code in codes]
        wanted = cells[expected].strip() if expected is not None and expected < len(cells) else ""
        if wanted.strip("` ") and wanted.lower() not in _NOTHING:
            found[-1].said.append(Said(Marker(Tone.EXPECTED, wanted), line))
    return found, asked


def _column(heads: list[str], pattern: re.Pattern[str]) -> int | None:
    return next((at for at, head in enumerate(heads) if pattern.fullmatch(head)), None)


def _short(text: str) -> str:
    bare = cleaned(re.sub(r"^\[[ xX]\]\s+", "", text))
    return bare if len(bare) <= 160 else bare[:159] + "…"
