"""Comments: which of them say what is expected of a command, and which only explain."""

import re
from enum import Enum
from functools import lru_cache

from wetrun.lean import dataclass

__all__ = ["Marker", "Tone", "read_marker"]


class Tone(Enum):
    """How a comment speaks of a command's result.

    `EXPECTED`: what must come. `POSSIBLE`: what may come, when something is wrong. `LOOK`: what a person should look
    for.     `PROSE`: an explanation.
    """

    EXPECTED = "expected"
    POSSIBLE = "possible"
    LOOK = "look"
    PROSE = "prose"


@dataclass(frozen=True, slots=True)
class Marker:
    """A comment that was read.

    Attributes:
        rest: What stands behind the marker; the whole comment for prose.
        block: Whether the lines that follow belong to it as output.
        literal: Whether the rest is printed text (`Output: …`) rather than a description.
        bare: Whether nothing says that it is an expectation, but that it looks like what is printed.
    """

    tone: Tone
    rest: str
    block: bool = False
    literal: bool = False
    bare: bool = False


_KINDS = r"(?:output|results?|response|value|status|answer|content)"
_POSSIBLE = re.compile(
    rf"^(?:potential|possible|bad|failure|error|wrong)\s+{_KINDS}\s*(?:\([^)]*\))?\s*(?::|$)\s*(?P<rest>.*)$",
    re.IGNORECASE,
)
_OUTPUT = re.compile(
    rf"^(?:(?:the\s+)?(?:expected|sample|example|typical|good|normal|desired)\s+{_KINDS}(?:\s+includes?)?"
    rf"|{_KINDS}(?:\s+(?:includes?|contains?|should be|is))?|example)\s*(?:\([^)]*\)\s*)?:\s*(?P<rest>.*)$",
    re.IGNORECASE,
)
_ARROW = re.compile(r"^(?:=>|->|→|⇒|prints:?|returns:?)\s*(?P<rest>\S.*)$", re.IGNORECASE)
_EXPECTED = re.compile(
    r"^(?:expected?(?:\s+(?:recovery|behaviou?r|state|version|latency|time|count))?|expects?|expecting)"
    r"\s*(?:\([^)]*\)\s*)?(?::|=|-)?\s*(?P<rest>.*)$",
    re.IGNORECASE,
)
_SHOULD = re.compile(
    r"^(?:(?:this|it|that|all|which|there)\s+|(?:the\s+|its\s+)?(?:output|result|response|answer|status|page|value)\s+)?"
    r"(?P<rest>(?:should|must|will|shall)\b.*)$",
    re.IGNORECASE,
)
_SEEN = re.compile(
    r"^(?:you|we)\s+(?P<rest>(?:should|must|will)\s+(?:(?:now|then|only)\s+)?(?:see|get|find|have)\b.*)$", re.IGNORECASE
)
# Somebody's duty is no result: `the old service should be stopped first` explains what comes.
_OF_SOMETHING = re.compile(
    r"^(?:the|all|your|every|no)\s+[\w'-]+(?:\s+[\w'-]+)?\s+(?P<rest>(?:should|must)\s+(?:now\s+|still\s+|not\s+)?"
    r"(?:be|show|return|have|print|say|contain|look|exist|see|report|list|match|respond|come)\b(?!.*\b(?:first|before)\b).*)$",
    re.IGNORECASE,
)
_EXITS = re.compile(
    r"^(?P<rest>exits?\s+(?:with\s+)?(?:code|status)?\s*[:=]?\s*\d{1,3}\b.*"
    r"|no (?:errors?|output|warnings?|failures?)\.?)$",
    re.IGNORECASE,
)
_COMPARED = re.compile(r"^(?P<rest>(?:<=?|>=?|≤|≥)\s*\d.*)$")
_STATUS = re.compile(r"^(?P<rest>HTTP(?:/[\d.]+)?\s+[1-5]\d\d\b.*)$")
_LOOK = re.compile(
    r"^(?:look for|shows?|verify|check|confirm|make sure|ensure|watch for|note)\b(?:\s+that)?\s*:?\s*(?P<rest>.*)$",
    re.IGNORECASE,
)
_DECISION = re.compile(r"^expected action\b", re.IGNORECASE)
_GLYPHS = re.compile(r"^[\s✅❌⚠️✓✔✗→•*-]+(?=\S)")
_SUCCESS = re.compile(r"^(?:✅|✓|✔)\s*(?:success|ok|done|works?)?\s*$", re.IGNORECASE)


@lru_cache(maxsize=1024)
def read_marker(text: str) -> Marker:
    """Read a comment, without its `#`.

    Args:
        text: The comment.

    Returns:
        Its tone, and what it says.
    """
    bare = text.strip()
    if _SUCCESS.match(bare):
        return Marker(Tone.EXPECTED, "success")
    plain = bare if bare.startswith(("->", "=>", "→", "⇒")) else _GLYPHS.sub("", bare)
    if _DECISION.match(plain):
        return Marker(Tone.PROSE, plain)
    for pattern, tone, literal in (
        (_POSSIBLE, Tone.POSSIBLE, True),
        (_OUTPUT, Tone.EXPECTED, True),
        (_ARROW, Tone.EXPECTED, False),
        (_COMPARED, Tone.EXPECTED, False),
        (_STATUS, Tone.EXPECTED, True),
        (_EXPECTED, Tone.EXPECTED, False),
        (_SHOULD, Tone.EXPECTED, False),
        (_SEEN, Tone.EXPECTED, False),
        (_EXITS, Tone.EXPECTED, False),
        (_OF_SOMETHING, Tone.EXPECTED, False),
        (_LOOK, Tone.LOOK, False),
    ):
        match = pattern.match(plain)
        if match is not None:
            # What is said of something keeps its subject: a person has to know of what.
            rest = (plain if pattern is _OF_SOMETHING else match["rest"]).strip()
            return Marker(tone, rest, block=tone is not Tone.LOOK or not rest, literal=literal)
    return Marker(Tone.PROSE, bare)
