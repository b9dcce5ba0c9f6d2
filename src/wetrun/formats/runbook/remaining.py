"""The lines of a runbook from which no part of the plan comes: they are listed, so that nothing is lost unseen."""

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, pairwise
from typing import NamedTuple

from wetrun.errors import Place
from wetrun.formats.runbook.commands.listed import Listed
from wetrun.formats.runbook.commands.listing import is_shell
from wetrun.formats.runbook.contents.material import Material, Part
from wetrun.formats.runbook.contents.stating import is_labelled
from wetrun.formats.runbook.document.blocks import Code, Prose, Table
from wetrun.formats.runbook.document.outline import Section, cleaned
from wetrun.formats.writing.tree import Branch, Draft, Leaf, Listing
from wetrun.plan.facts import Remaining, Unverified

__all__ = ["remaining_lines"]

_MOST_TOLD = 400  # runs of lines; further ones are told as one
_SHOWN = 72
_TITLE = 60
_LABEL = re.compile(r"\s*(?:[-*+>]\s+)?(?:\*\*|__)?\w[^:\n]{1,59}:(?:\*\*|__)?\s")
_REMARK = re.compile(r"^\s*(?:#+|//+)?\s*")


def remaining_lines(
    sections: Sequence[Section], material: Material, plan: Branch, unverified: Iterable[Unverified], file: str
) -> tuple[Remaining, ...]:
    """What is left of a runbook when its plan is drafted, and all that it states is noted.

    Headings, lines that end with a colon, and a few words right above commands name what follows: they are never left.
    A paragraph is left when nothing comes from any of its lines; but a line with a label of its own (`Fallback: …`),
    and a command, stand for themselves.

    Args:
        sections: The runbook's sections.
        material: Everything in them, by purpose.
        plan: The draft of the plan.
        unverified: What no machine can check.
        file: The runbook's name, for places.

    Returns:
        Runs of lines in the order of the text, at most 401; the last one of so many is all that follows.
    """
    used = _Used(material, plan, unverified)
    found: list[Remaining] = []
    last = (-1, -1)  # the section and the line of the run that is open
    beyond = 0
    for index, section in enumerate(sections):
        for line in used.left_of(section):
            goes_on = not line.starts and last == (index, line.number - 1)
            last = index, line.number
            if beyond or (len(found) > _MOST_TOLD and not goes_on):
                beyond += 1
            elif goes_on:
                found[-1] = Remaining(found[-1].text, found[-1].lines + 1, found[-1].place)
            else:
                found.append(Remaining(_brief(line), 1, Place(file, line.number + 1, 1)))
    if beyond:
        found[-1] = Remaining(found[-1].text, found[-1].lines + beyond, found[-1].place)
    return tuple(found)


class _Line(NamedTuple):
    """A line of the author: its number from 0, its text, whether a new run begins with it, and whether it is code."""

    number: int
    text: str
    starts: bool = False
    is_code: bool = False


class _Used:
    """The lines (from 0) from which something comes, and the texts that were taken over as they stand."""

    def __init__(self, material: Material, plan: Branch, unverified: Iterable[Unverified]) -> None:
        self._texts: set[str] = set()
        self._lines: set[int] = set()
        self._settings = material.settings
        self._take(plan)
        noted = (
            *(number.place for number in material.numbers),
            *(decision.place for decision in material.decisions),
            *(item.place for item in material.checklist),
            *(each.place for each in unverified),
            *(part.place for part in material.unused),
        )
        self._lines.update(place.line - 1 for place in noted)
        self._lines.update(words.line for told in material.scenarios for words in told.words[:2])  # remarks
        for part in _parts(material):
            for listed in part.commands:
                self._lines.update(_extent(listed))
        for told in material.scenarios:
            for listed in chain(told.mitigation, told.rollback):
                if listed.line in self._lines:
                    self._lines.update(_extent(listed))

    def left_of(self, section: Section) -> Iterator[_Line]:
        """The lines from which nothing comes."""
        for block, after in pairwise((*section.blocks, None)):
            match block:
                case Code():
                    yield from self._of_code(block)
                case Prose():
                    leads = isinstance(after, Code) and len(block.text) <= _TITLE and is_shell(after)
                    if not leads or is_labelled(cleaned(block.text)):
                        yield from self._of_prose(block)
                case Table():
                    yield from (
                        _Line(number, " | ".join(cells)) for number, cells in block.rows if number not in self._lines
                    )
                case None:
                    pass

    def _of_code(self, block: Code) -> Iterator[_Line]:
        if block.line in self._settings or (not is_shell(block) and block.line in self._lines):
            return  # it is output, or was told of as a whole
        for number, text in enumerate(block.lines, block.line):
            if number not in self._lines and _says(text):
                said = _REMARK.sub("", text).strip()
                if said not in self._texts:
                    is_command = said == text.strip()
                    yield _Line(number, said, starts=is_command or _LABEL.match(said) is not None, is_code=True)

    def _of_prose(self, block: Prose) -> Iterator[_Line]:
        if block.line in self._lines and "\n" not in block.text:
            return
        group: list[_Line] = []
        for number, text in enumerate(block.text.split("\n"), block.line):
            starts = number == block.line or _LABEL.match(text) is not None
            if starts:
                yield from self._unless_used(group)
                group = []
            group.append(_Line(number, text, starts))
        yield from self._unless_used(group)

    def _unless_used(self, group: list[_Line]) -> Iterator[_Line]:
        if not any(line.number in self._lines for line in group):
            yield from (line for line in group if _says(line.text))

    def _take(self, plan: Branch) -> None:
        waiting: list[Draft] = [plan]
        while waiting:  # a long runbook has hundreds of thousands of values
            draft = waiting.pop()
            if draft.stated:
                self._lines.add(draft.place.line - 1)
            if isinstance(draft, Branch):
                waiting += draft.entries.values()
                said = draft.entries.get("stderr")
                if isinstance(said, Leaf):
                    self._texts.update(line.strip() for line in str(said.value).splitlines())
            elif isinstance(draft, Listing):
                waiting += draft.items


def _parts(material: Material) -> Iterator[Part]:
    """The parts whose commands all become steps, or say on which machine the next ones run."""
    return chain(material.phases, material.rollbacks, material.recoveries, material.tests, material.procedures)


def _extent(listed: Listed) -> Iterator[int]:
    """The lines of a command, of what is said of it, of its output, and of its exit code."""
    end = listed.line + listed.text.count("\n") + 1
    yield from range(listed.line, end)
    yield from (words.line for words in listed.above)
    for said in listed.said:
        yield from range(said.line, said.line + len(said.below) + 1)
    if listed.output is not None:
        first, lines = listed.output
        end = first + len(lines)
        yield from range(first, end)
    if listed.exit is not None:
        yield end


def _says(text: str) -> bool:
    """Whether a line says something by itself: it has a letter or a digit, and does not only name what follows."""
    bare = text.rstrip(" *_`")
    return not bare.endswith(":") and any(map(str.isalnum, bare))


def _brief(line: _Line) -> str:
    text = line.text if line.is_code else cleaned(line.text)
    return text if len(text) <= _SHOWN else f"{text[: _SHOWN - 1]}…"
