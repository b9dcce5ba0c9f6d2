"""Commands for one case only, and those in place of others: who follows a runbook does not type all that it shows."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import field, replace
from enum import Enum

from wetrun.formats.runbook.commands.listed import Listed
from wetrun.formats.runbook.document.blocks import Prose
from wetrun.formats.runbook.document.outline import Kind, Section, cleaned
from wetrun.lean import dataclass

__all__ = ["Branches", "Fork", "Way"]

_CASE = re.compile(
    r"(?:(?:otherwise|for example|but|and|also|then|next|finally|\d{1,2}[.)])[,:]?\s+)?"
    r"(?:only\s+)?(?:if|unless|in case|in the event)\b",
    re.IGNORECASE,
)
_LEADS = re.compile(r"\b(?:run|re-?run|execute|use|type|enter|issue|following|below|commands?)\b", re.IGNORECASE)
_NONE_WRONG = re.compile(r"\b(?:no|without|not any) (?:errors?|issues?|problems?|failures?|warnings?)\b", re.IGNORECASE)
_WRONG = re.compile(
    r"\b(?:fail\w*|errors?|wrong\w*|broken?|stuck|down|unhealthy|invalid|issues?|problems?|corrupt\w*|crash\w*|unable)\b",
    re.IGNORECASE,
)
_NOT = re.compile(r"\b(?:not?|never|cannot)\b|n['\u2019]t\b", re.IGNORECASE)
_GOOD = re.compile(
    r"\b(?:pass(?:e[sd])?|ok(?:ay)?|good|fine|green|succe\w+|works?|correct(?:ly)?|clean|healthy|valid|ready|approved"
    r"|confirmed|completed?|happy|satisfied|expected|well)\b",
    re.IGNORECASE,
)
_NEED = re.compile(
    r"\b(?:need(?:s|ed)?|necessary|required|requires?|applicable|desired|chang(?:e[sd]?|ing)|any|new|exists?"
    r"|there (?:is|are|were)|first (?:time|deploy\w*))\b|(?:\bnot|n['\u2019]t) (?:already|yet)\b",
    re.IGNORECASE,
)
_ASIDE = re.compile(
    r"\((?P<case>(?:only )?(?:if|when|unless)\b[^()]{1,80}|(?:optional|as needed|(?:one|first)[- ]time)\b[^()]{0,60})\)"
    r"|^(?P<alone>optional(?:ly)?\b.{0,60}"
    r"|(?:only )?(?:if|when) (?:need|necessary|required|applicable|wanted|found)\b.{0,60})",
    re.IGNORECASE,
)
_ASIDES = ("(", "o", "O", "i", "I", "w", "W")  # with one of these begins what that pattern finds
_ONCE = re.compile(r"\b(?:one|first)[- ]time\b|\boptional\b|\((?:only )?if\b", re.IGNORECASE)
_INSTEAD = re.compile(r"(?:or\b(?! (?:later|more|higher|newer|above)\b)|alternative(?:ly)?\b)", re.IGNORECASE)
_TO_THE_END = re.compile(r"alternative", re.IGNORECASE)
_OPTION = re.compile(
    r"(?:option|alternative|method|approach|path|variant)\s*#?\s*(?:[A-Z]|\d{1,2}|one|two|three|four)\b", re.IGNORECASE
)
_SENTENCE_ENDS = re.compile(r"[.!?]\s+(?=[A-Z])")
_LONGEST = 60


class Way(Enum):
    """How commands belong to what stands around them."""

    ALWAYS = "always"
    IN_CASE = "in one case only"
    INSTEAD = "in place of others"


# Without it what comes later would find another folder, no variable, or would run on another machine.
_STAYS = {
    Way.INSTEAD: re.compile(r"(?:export\s+)?[A-Za-z_]\w*=|ssh\s|cd\s|exit\b"),
    Way.IN_CASE: re.compile(r"ssh\s|exit\b"),  # the author's own runbook works without the rest
}


@dataclass(frozen=True, slots=True)
class Fork:
    """Commands that are done or left together.

    Attributes:
        section: Where they stand; for one case only a section of their own, which is called by that case.
        said: What says which way they are, in the author's words.
    """

    way: Way
    section: Section
    commands: list[Listed] = field(default_factory=list[Listed])
    said: str = ""


class Branches:
    """Follows a runbook section by section, and tells of its commands which of them are done when."""

    def __init__(self) -> None:
        self._section = Section("", "", None, Kind.PLAIN, 0, 0)
        self._around: Fork | None = None  # what the sentence before a block says of it
        self._lasts = False  # whether that sentence leads to a list, in which several blocks may stand
        self._maybe = ""  # what it says in a few words, as `(if needed)`
        self._seen = False  # whether commands stood before in this section
        self._once = ""  # the heading that says that all of it is not always done
        self._chosen: dict[tuple[int, int], int] = {}

    def begin(self, section: Section) -> None:
        """Go on to a section."""
        self._section = section
        self._around, self._lasts, self._maybe, self._seen = None, False, "", False
        headings = (each.heading for each in (*section.parents[1:], section))
        self._once = next((heading for heading in headings if _ONCE.search(heading) is not None), "")

    def says(self, block: Prose) -> None:
        """Note a paragraph or list item; the next block may be what it speaks of."""
        text = cleaned(block.text)
        opens = block.text.rstrip(" *_").endswith(":")
        said = _case_of(text, opens=opens)
        if not said and self._lasts and block.item:
            return
        self._around, self._maybe = None, ""
        self._lasts = bool(said) and opens and not block.item
        if said and _is_mild(said):
            self._maybe = said
        elif said:
            self._around = Fork(Way.IN_CASE, self._called(said, block.line), said=said)
        elif self._seen and opens and _INSTEAD.match(text) is not None:
            self._around = Fork(Way.INSTEAD, self._section, said=text[:_LONGEST])
        else:
            self._maybe = _aside(text)

    def of(self, commands: Sequence[Listed]) -> Iterator[Fork]:
        """Take the commands of a block apart."""
        option = self._option() if commands else ""
        if option:
            yield Fork(Way.INSTEAD, self._section, list(commands), option)
            return
        happy = self._section.owner is None  # elsewhere all is done in some case only
        for fork in self._forks(commands):
            stays = _STAYS.get(fork.way)
            depends = stays is not None and any(stays.match(listed.text) for listed in fork.commands)
            for listed in fork.commands if happy and (depends or fork.way is Way.ALWAYS) else ():
                words = fork.said if depends else self._doubt(listed)
                listed.guess = listed.guess or (f"perhaps not always: {words[:_LONGEST]}" if words else None)
            yield Fork(Way.ALWAYS, self._section, fork.commands) if depends else fork
        self._seen = self._seen or bool(commands)
        if not self._lasts:
            self._around, self._maybe = None, ""

    def _forks(self, commands: Sequence[Listed]) -> Iterator[Fork]:
        around = self._around or Fork(Way.ALWAYS, self._section)
        current = replace(around, commands=[])
        end = -1  # the last line of the command before
        of_one = False  # whether an alternative is one to that command alone: its comment stands right below it
        for at, listed in enumerate(commands):
            goes_on = current.way is Way.INSTEAD and _TO_THE_END.match(current.said) is not None
            if of_one or (listed.above and not goes_on):
                following = self._of_comment(listed, first=at == 0) or around
                of_one = following.way is Way.INSTEAD and bool(listed.above) and listed.above[0].line == end + 1
                if (following.way, following.said) != (current.way, current.said):
                    if current.commands:
                        yield current
                    current = replace(following, commands=[])
            current.commands.append(listed)
            end = listed.line + listed.text.count("\n")
        if current.commands:
            yield current

    def _of_comment(self, listed: Listed, *, first: bool) -> Fork | None:
        """The fork that the comment above a command begins; None when it says nothing of the kind."""
        words = listed.above[0].text if listed.above else ""
        if not first and _INSTEAD.match(words) is not None:
            return Fork(Way.INSTEAD, self._section, said=words[:_LONGEST])
        for each in listed.above:
            said = _case_of(each.text, opens=True)
            if said and not _is_mild(said):
                return Fork(Way.IN_CASE, self._called(said, each.line), said=said)
        return None

    def _called(self, said: str, line: int) -> Section:
        """A section that is called by a case."""
        title = said[:_LONGEST].strip()
        return replace(self._section, title=title, heading=said, number=None, line=line, blocks=[])

    def _doubt(self, listed: Listed) -> str:
        """The few words beside a command, before it or in a heading, that say that it is not always done."""
        if self._maybe:
            return self._maybe
        for text in (*(words.text for words in listed.above), *(each.marker.rest for each in listed.said)):
            if words := _aside(text):
                return words
        return self._once

    def _option(self) -> str:
        """The heading of the alternative in which commands stand, when another one came before; else nothing."""
        chain = (*self._section.parents, self._section)
        for above, each in zip((None, *chain), chain, strict=False):
            if _OPTION.match(each.heading) is not None:
                first = self._chosen.setdefault((id(above), each.level), id(each))
                if first != id(each):
                    return each.heading
        return ""


def _case_of(text: str, *, opens: bool) -> str:
    """The sentence that says in which case the commands below it are done; empty when there is none.

    What is done when all is well, is done.
    """
    last = _SENTENCE_ENDS.split(text)[-1] if "if" in text or "nless" in text or "If" in text or "n case" in text else ""
    if _CASE.match(last) is None or not (opens or _LEADS.search(last) is not None):
        return ""
    case = last[:400].split(",", 1)[0]
    bare = _NONE_WRONG.sub("", case)
    well = bare != case or _GOOD.search(bare) is not None
    return "" if well and _WRONG.search(bare) is None and _NOT.search(bare) is None else last[:400].rstrip(" :")


def _is_mild(said: str) -> bool:
    """Whether a case is only that there is something to do, as in `If there are new migrations`."""
    case = said.split(",", 1)[0]
    return _NEED.search(case) is not None and _WRONG.search(case) is None


def _aside(text: str) -> str:
    """The few words that say that something may be left out: `(if needed)`."""
    match = _ASIDE.search(text) if "(" in text or text[:1] in _ASIDES else None
    return "" if match is None else (match["case"] or match["alone"] or "")
