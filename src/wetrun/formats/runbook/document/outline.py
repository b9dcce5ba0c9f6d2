"""The headings of a runbook as sections, each with what it is for: phase, scenario, rollback, recovery, test."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import field
from enum import Enum
from functools import lru_cache
from itertools import islice
from string import ascii_letters, digits

from wetrun.formats.runbook.document.blocks import Block, Code, Heading, Prose, Table
from wetrun.lean import dataclass

__all__ = ["Kind", "Section", "cleaned", "outline"]


class Kind(Enum):
    """What a section is for; `PLAIN` has no word in its title that says so."""

    PLAIN = "plain"
    PHASE = "phase"
    HAPPY = "happy path"
    SCENARIO = "scenario"
    ROLLBACK = "rollback"
    RECOVERY = "recovery"
    TEST = "test"
    TROUBLE = "trouble"
    CHECKLIST = "checklist"
    OTHER = "other"
    SHOWN = "shown"
    MITIGATION = "mitigation"
    SCENARIOS = "scenarios"


_TITLES: tuple[tuple[Kind, re.Pattern[str]], ...] = tuple(
    (kind, re.compile(pattern, re.IGNORECASE))
    for kind, pattern in (
        (Kind.HAPPY, r"happy path|^scenario\b.*\b(?:perfect|normal|nominal|all goes well)"),
        (
            Kind.SCENARIOS,
            (
                r"^(?:failures|(?:failure|error|fault|edge[ -]case|risk) (?:scenarios|modes|cases)|edge cases|scenarios"
                r"|risks|what[ -]ifs?|what (?:can|could|might|may) go wrong)\W*$"
            ),
        ),
        (
            Kind.RECOVERY,
            (
                r"^recover(?:y|ing)\b|disaster recovery|nuclear|last resort|^worst[ -]case\b|^break[ -]?glass"
                r"|^(?:full|complete|emergency) (?:system )?(?:restore|rebuild|recovery)"
                r"|^restor(?:e|ing) (?:from|the)\b.*\b(?:backup|snapshot|dump|image)"
                r"|^if (?:all|everything|nothing)\b.*\b(?:fails?|works?)\b"
            ),
        ),
        (
            Kind.SCENARIO,
            (
                r"^(?:failure |edge |error )?scenario(?: (?:\d+|[A-Z]|[ivx]+)\s*[.:)–—-]|\s?:| [–—-] )"
                r"|^(?:failure mode|edge case|failure|risk) (?:\d|[A-Z]\b)"
                r"|(?:%|\b1 in \d+) ?(?:probability|chance|likelihood)|\((?:probability|likelihood|chance)\b"
            ),
        ),
        (Kind.TEST, r"^test \d|testing plan|^pre-?deploy\w* (?:\w+ )?test|^smoke test plan"),
        (Kind.ROLLBACK, r"\broll(?:ing)?[ -]?back\b|\bback[ -]?out\b|^revert(?:ing)?\b|^undo\b|\bdowngrade\b"),
        (
            Kind.TROUBLE,
            (
                r"trouble|common (?:issues|problems|errors)|^if .*\bfail|known issues|debugging|go(?:es)? wrong"
                r"|^emergenc|incident"
                r"|^(?:if|in case)\b(?!.*\b(?:pass\w*|good|ok|green|succe\w+|works?|fine|well)\b)"
            ),
        ),
        (Kind.CHECKLIST, r"check ?list|readiness"),
        (
            Kind.OTHER,
            (
                r"appendix|useful commands|quick reference|^reference|^faq|local development|glossary|see also"
                r"|cheat ?sheet|^contact|^overview|^architecture|^background"
                r"|^local (?:commands?|set-?up|testing)\b|^development (?:set-?up|environment)\b"
                r"|^running (?:it )?locally\b"
                r"|^(?:daily|weekly|monthly|quarterly|routine|regular|periodic)\b.*\b(?:maintenance|operations|tasks|checks)\b"
                r"|^(?:\d[\d.]*[.):]? )?maintenance(?: tasks| procedures)?\W*$"
                r"|^(?:uninstall|tear(?:ing)?[ -]?down|decommission)\w*(?: (?:the |your )?"
                r"(?:app\w*|chart|environment|everything|release|server|service|stack|system))?\W*$"
            ),
        ),
        (Kind.PHASE, r"^(?:phase|step|stage|part) [\divx]+\b|^\d+(?:\.\d+)*[.):]? "),
    )
)
_INSIDE: tuple[tuple[Kind, re.Pattern[str]], ...] = (
    (Kind.ROLLBACK, re.compile(r"roll(?:ing)?[ -]?back|revert", re.IGNORECASE)),
    (
        Kind.SHOWN,
        re.compile(r"expected|behaviou?r|symptom|detect|^simulation$|set-?up|precondition|decision", re.IGNORECASE),
    ),
    (Kind.MITIGATION, re.compile(r".", re.IGNORECASE)),
)
_OWNERS = frozenset({Kind.SCENARIO, Kind.RECOVERY, Kind.TEST, Kind.ROLLBACK, Kind.TROUBLE, Kind.OTHER})
_NUMBER = re.compile(
    r"^(?P<word>(?:failure |edge |error |recovery )?(?:scenario|phase|step|stage|part|test|case))?\s*"
    r"(?P<number>\d{1,4}(?:\.\d{1,4})*)\s*(?:[.:)–—-]\s*|\s+)(?P<rest>\S.*)$",
    re.IGNORECASE,
)
_TAIL = re.compile(
    r"\s*\((?:~?\d[\d.,-]*\s?%|~?\d[\d.-]*\s*(?:min|m|s|h)\w*|(?:probability|likelihood|chance)\b|p ?=)[^()]*\)\s*$"
    r"|\s+[–—-]\s+~?\d[\d.]*(?:\s?[–-]\s?\d[\d.]*)?\s?(?:min(?:ute)?s?|hours?|sec(?:ond)?s?)\s*$"
    r"|\s+[(–—-]?\s*(?:~?\d[\d.,]*\s?%|1 in \d+) (?:probability|chance|likelihood)\)?\s*$",
    re.IGNORECASE,
)
_TAILS = (
    ")",
    "probability",
    "chance",
    "likelihood",
    "min",
    "mins",
    "minute",
    "minutes",
    "hour",
    "hours",
    "sec",
    "seconds",
)  # it ends with one of these
_ESCAPED = re.compile(r"\\([!-/:-@\[-`{-~])")
_NO_SCENARIO = re.compile(r"^(?:summary|results?|introduction|notes?|matrix|table|in short)\b", re.IGNORECASE)
_MARKS = re.compile(r"[*`]+|(?<!\w)_+|_+(?!\w)")
_MARKED = re.compile(r"[\\*`_\[]")  # without one of these, none of the three below and above finds anything
_LINK = re.compile(r"!?\[([^\]]{0,500})\]\([^)]{0,2000}\)")
# What is left of pictures that were decoded wrongly and cannot be known any more.
_ODD = re.compile(
    r"^[âðï][\x80-\xbf\u0152-\u0178\u02c6\u02dc\u2013-\u2122\s]+(?:[ïâ][\x80-\xbf\u0152-\u0178\u2013-\u2122]+)?"
)
_BOLD = 7  # below every heading
_BOLD_STEP = re.compile(r"\*\*(?P<title>(?:phase|step|stage|part) (?:\d+|[ivx]+)\b[^*\n]*)\*\*:?", re.IGNORECASE)
# What a deployment is called beside something else, as in `Deployment and rollback`; not in `Deployment rollback`.
_DEPLOYS = (
    r"(?<!of )(?<!of the )(?<!of a )"
    r"\b(?:deploy\w*|releas\w+|upgrad\w+|updat\w+|install\w*|migrat\w+|launch\w*|roll-?out)\b"
)
_BESIDE = r"(?:(?!roll|rever|undo|recover|restor|incident|trouble|fail)[^,&/+]){0,40}"
_BOTH = re.compile(
    rf"{_DEPLOYS}{_BESIDE}(?:[,&/+]|\band\b|\bwith\b)|(?:[,&/+]|\band\b){_BESIDE}{_DEPLOYS}", re.IGNORECASE
)
_SURE = ascii_letters + digits  # of a text that begins and ends with one of these, neither takes anything
_EDGES = re.compile(r"^[^\w(\"'<>≤≥≈{/$.#~-]+|(?<![\s:\uff1a✅❌🚧⚠️])[\s:\uff1a✅❌🚧⚠️]+$")


@dataclass(slots=True)
class Section:
    """A heading and what stands below it, up to the next heading.

    Attributes:
        title: Without markup, numbers and probabilities.
        heading: Without markup only.
        number: `2` of `Phase 2: …`, or None.
        owner: The section above (or this one) that says what this is for, or None.
        line: From 0.
    """

    title: str
    heading: str
    number: str | None
    kind: Kind
    level: int
    line: int
    parents: "tuple[Section, ...]" = ()
    blocks: list[Code | Prose | Table] = field(default_factory=list[Code | Prose | Table])

    @property
    def owner(self) -> "Section | None":
        """The outermost section that says what all of this is for; the innermost of its kind where they are nested."""
        chain = (*self.parents, self)
        first = next((section for section in chain if section.kind in _OWNERS), None)
        if first is None:
            return None
        same = [section for section in chain if section.kind is first.kind and section.number is not None]
        return same[-1] if same else first

    @property
    def top(self) -> "Section":
        """The section of the second level in which it stands, or the outermost."""
        chain = (*self.parents, self)
        return next((section for section in chain if section.level >= 2), chain[0])

    @property
    def subject(self) -> "Section":
        """What a number in this section is about: the scenario or recovery in which it stands, else the section."""
        chain = (*self.parents, self)
        told = (Kind.HAPPY, Kind.SCENARIO, Kind.RECOVERY)
        return next((section for section in chain if section.kind in told and section.number), self.owner or self)


@lru_cache(maxsize=8192)
def cleaned(text: str) -> str:
    """A text without Markdown's marks and without pictures at its ends."""
    bare = text.replace("\n", " ")
    if _MARKED.search(bare) is not None:
        bare = _ESCAPED.sub(r"\1", _MARKS.sub("", _LINK.sub(r"\1", bare)))
    bare = bare.strip()
    if bare[:1] in _SURE and bare[-1:] in _SURE:
        return bare
    return _EDGES.sub("", _ODD.sub("", bare)).strip()


def outline(blocks: Iterable[Block]) -> list[Section]:
    """Put blocks below their headings.

    Returns:
        Sections in the order of the text; what stands before the first heading is a section without a title.
    """
    sections = [Section("", "", None, Kind.PLAIN, 0, 0)]
    open_: list[Section] = []
    every = list(blocks)
    for at, each in enumerate(every):
        block = _bold_step(each, open_) or each
        if not isinstance(block, Heading):
            sections[-1].blocks.append(block)
            continue
        while open_ and open_[-1].level >= block.level:
            open_.pop()
        section = _section(block, tuple(open_))
        if section.kind in _OWNERS and _BOTH.search(section.heading) is not None and _has_parts(every, at):
            section.kind = Kind.PLAIN
        if section.kind is Kind.OTHER and len(sections) == 1 and _is_title(every, at):
            section.kind = Kind.PLAIN
        sections.append(section)
        open_.append(section)
    return sections


def _is_title(blocks: Sequence[Block], at: int) -> bool:
    """Whether all further headings stand below a heading: it is what the whole is called, and sets nothing aside."""
    top = blocks[at]
    levels = [block.level for block in islice(blocks, at + 1, None) if isinstance(block, Heading)]
    return isinstance(top, Heading) and bool(levels) and min(levels) > top.level


def _has_parts(blocks: Sequence[Block], at: int) -> bool:
    """Whether one of the headings below a heading says by itself what its part is for."""
    top = blocks[at]
    for block in islice(blocks, at + 1, None):
        if isinstance(block, Heading) and isinstance(top, Heading):
            if block.level <= top.level:
                return False
            if _kind(cleaned(block.text), ()) in _OWNERS:
                return True
    return False


def _bold_step(block: Block, open_: Sequence[Section]) -> Heading | None:
    """The heading that a bold paragraph is: a step with a number, where no heading says what it belongs to."""
    if not isinstance(block, Prose) or block.item or not block.text.startswith("**"):
        return None
    match = _BOLD_STEP.fullmatch(block.text)
    inner = any(each.level < _BOLD and (each.kind in _OWNERS or each.kind is Kind.PHASE) for each in open_)
    return None if match is None or inner else Heading(_BOLD, match["title"], block.line)


def _section(heading: Heading, parents: tuple[Section, ...]) -> Section:
    text = " ".join(cleaned(heading.text).split())  # every blank of a run would be tried as its beginning
    has_tail = text.lower().endswith(_TAILS) or not text.isascii()
    bare = cleaned(_TAIL.sub("", text) if has_tail else text)
    match = _NUMBER.match(bare)
    title = cleaned(match["rest"]) if match else bare
    number = match["number"] if match else None
    kind = _kind(text, parents)
    return Section(title or text or "Untitled", text, number, kind, heading.level, heading.line, parents)


def _kind(text: str, parents: tuple[Section, ...]) -> Kind:
    if any(
        parent.kind in {Kind.SCENARIO, Kind.RECOVERY} and (parent.number or parent.kind is Kind.SCENARIO)
        for parent in parents
    ):
        return next(kind for kind, pattern in _INSIDE if pattern.search(text) or kind is Kind.MITIGATION)
    kind = next((kind for kind, pattern in _TITLES if pattern.search(text)), Kind.PLAIN)
    below = parents and parents[-1].kind is Kind.SCENARIOS
    if below and kind in {Kind.PLAIN, Kind.PHASE, Kind.TROUBLE} and not _NO_SCENARIO.match(text):
        return Kind.SCENARIO
    return kind
