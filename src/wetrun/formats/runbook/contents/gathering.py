"""Sections put together by purpose: phases, scenarios, rollback, recoveries, tests, procedures; and what is stated."""

import re
from collections.abc import Iterator, Sequence
from itertools import takewhile

from wetrun.errors import Place
from wetrun.formats.runbook.commands.branching import Branches, Fork, Way
from wetrun.formats.runbook.commands.foreign import settings_of, variables_in
from wetrun.formats.runbook.commands.listed import Listed, Words
from wetrun.formats.runbook.commands.listing import is_output, is_shell, list_commands
from wetrun.formats.runbook.contents.following import Follower
from wetrun.formats.runbook.contents.labels import CONDITION, MITIGATION, done_below
from wetrun.formats.runbook.contents.material import Material, Part, Told
from wetrun.formats.runbook.contents.stating import (
    checklist_of,
    decisions_of,
    is_labelled,
    numbers_in,
    table_decisions,
    table_facts,
    table_of,
)
from wetrun.formats.runbook.contents.unread import unread_figure, untold_rows
from wetrun.formats.runbook.contents.unused import Unused
from wetrun.formats.runbook.document.blocks import Code, Prose, Table
from wetrun.formats.runbook.document.outline import Kind, Section, cleaned

__all__ = ["gather"]

_ANSWER = re.compile(r"(?:mitigation|fix|resolution|work-?around|remedy|solution|roll ?back|response)\b", re.IGNORECASE)
_CAUSE = re.compile(r"\b(?:when|where|cause|trigger|timing|context|description|impact|what happens)\b", re.IGNORECASE)
_DIGIT = re.compile(r"\d")
_NUMBERS = ("mmediate", "nstant", "owntime", "own-time", "utage")
"""What stands where a number may be said without a digit: at once, and `Downtime: none`."""
_ELSEWHERE = "put them below a heading of the deployment, or of a scenario, if they are steps of it"
_ENVIRONMENT = re.compile(r"\.env\b|\benv(?:ironment)? (?:vars?|variables?|files?)\b", re.IGNORECASE)
_LEADS_TO_OUTPUT = re.compile(
    r"output|should (?:see|show|return|look|print)|expect|returns?|result|prints?|response|looks? like", re.IGNORECASE
)


def gather(sections: Sequence[Section], file: str) -> Material:
    """Go through the sections and put everything where it belongs."""
    material = Material()
    gatherer = _Gatherer(material, file, sections)
    for section in sections:
        gatherer.section(section)
    gatherer.finish()
    material.unused += untold_rows(material.tables, [told.section.title for told in material.scenarios])
    return material


class _Gatherer:
    def __init__(self, material: Material, file: str, sections: Sequence[Section]) -> None:
        self._found = material
        self._sections = sections
        self._variables: frozenset[str] | None = None
        self._file = file
        self._told: dict[int, Told] = {}
        self._parts: dict[tuple[str, int], Part] = {}
        self._follower = Follower(file)
        self._branches = Branches()
        self._doing = Kind.SHOWN  # what the label above a scenario's block says that its commands do

    def finish(self) -> None:
        self._follower.finish(self._sections)
        self._found.unverified += self._follower.unverified
        self._found.unused += self._follower.unused

    def section(self, section: Section) -> None:
        owner = section.owner
        of_scenario = owner is not None and owner.kind is Kind.SCENARIO
        if section.kind is Kind.SCENARIO and owner is section:
            self._scenario(section)
        self._state(section.heading, section, section.line)
        words: list[tuple[int, str]] = []
        last: list[Listed] = []
        lead = ""
        apart = False  # whether something else stands between the last commands and the next block
        self._follower.begin(section)
        self._branches.begin(section)
        self._doing = Kind.SHOWN
        for block, after in zip(section.blocks, (*section.blocks[1:], None), strict=False):
            match block:
                case Code() if is_shell(block) and not self._is_settings(block, lead, section):
                    last, said = self._shell(block, section)
                    words += said
                    lead, apart = "", False
                case Code() if last and is_output(block) and _may_be_printed(lead, apart=apart):
                    if last[-1].output is None:
                        last[-1].output = (block.line, block.lines)
                    last = []
                case Code():
                    why = f"a block of `{block.language or 'no language'}` is not used"
                    self._unused(block.line, _quoting(why, block.lines))
                    lead, apart = "", True
                case Prose():
                    leads = isinstance(after, Code) and is_shell(after)
                    self._branches.says(block)
                    step = self._follower.sentence(block, last[-1] if last else None, leads=leads)
                    words += self._prose(block, section, ticks=step is None)
                    if of_scenario:
                        self._doing = done_below(block.text, self._doing)
                    last = last if step is None else self._place(section, [step])
                    lead = block.text
                case Table():
                    self._table(block, section)
                    self._place(section, self._follower.table(block))
                    last = []
        self._found.decisions += decisions_of(words, section, self._file)
        self._tell(section, words)

    def _shell(self, block: Code, section: Section) -> tuple[list[Listed], list[tuple[int, str]]]:
        shell = list_commands(block)
        said = [*shell.loose]
        for line, why, text in shell.doubts:
            self._unused(line, _quoting(why, (text,)))
        for command in shell.commands:
            said += command.above
            said += [Words(each.marker.rest, each.line) for each in command.said if not each.below]
            self._shown_times(command, section)
            if not command.understood:
                why = "the shell's grammar does not know this; it is kept whole"
                self._unused(command.line, why, "look whether a quote or a `done` is missing")
        said.sort(key=lambda words: words.line)
        for words in said:
            self._state(words.text, section, words.line)
        for fork in self._branches.of(shell.commands):
            self._fork(section, fork)
        self._follower.runs(shell.commands)
        return shell.commands, [(words.line, words.text) for words in said]

    def _is_settings(self, block: Code, lead: str, section: Section) -> bool:
        """Whether a block only sets what no command uses: it is the content of a file with an environment."""
        names = settings_of(block)
        if not names:
            return False
        if self._variables is None:
            every = (each for part in self._sections for each in part.blocks)
            self._variables = variables_in(each for each in every if isinstance(each, Code) and is_shell(each))
        words = (lead, *(each.heading for each in (*section.parents, section)))
        settings = self._variables.isdisjoint(names) or any(map(_ENVIRONMENT.search, words))
        if settings:
            self._found.settings.add(block.line)
        return settings

    def _shown_times(self, command: Listed, section: Section) -> None:
        """How many times slower a command is shown to be: output states that, where it states nothing else."""
        for each in command.said:
            for offset, line in enumerate(each.below, 1):
                if " instead of " in line:
                    self._state(line, section, each.line + offset)

    def _fork(self, section: Section, fork: Fork) -> None:
        """Place commands that may be for one case only, or an alternative to others."""
        owner = section.owner
        happy = owner is None and not _of_no_scenario(section)
        first = fork.commands[0]
        if fork.way is Way.INSTEAD and (happy or (owner is not None and owner.kind is Kind.ROLLBACK)):
            why = f"an alternative to what stands before it (`{fork.said}`) is not used"
            self._unused(first.line, _quoting(why, first.text.split("\n")), "show only what is to be done")
        elif fork.way is Way.IN_CASE and happy:
            why = f"done in one case only (`{fork.said}`), so it is no step but a procedure that nothing calls"
            self._unused(
                first.line, _quoting(why, first.text.split("\n")), "call it where it is needed, with `on_failure`"
            )
            self._part(self._found.procedures, "procedure", fork.section).commands += fork.commands
        else:
            self._place(section, fork.commands)

    def _place(self, section: Section, commands: list[Listed]) -> list[Listed]:
        owner = section.owner
        if not commands:
            return commands
        match owner.kind if owner is not None else Kind.PHASE:
            case Kind.SCENARIO if owner is not None:
                self._into_scenario(section, owner, commands)
            case Kind.RECOVERY if owner is not None:
                if section.kind is not Kind.SHOWN:
                    self._part(
                        self._found.recoveries, "recovery", owner if owner.number else section
                    ).commands += commands
            case Kind.TEST:
                self._part(self._found.tests, "test", section).commands += commands
            case Kind.ROLLBACK if owner is not None:
                self._part(self._found.rollbacks, "rollback", owner).commands += commands
            case Kind.TROUBLE:
                self._part(self._found.procedures, "procedure", section).commands += commands
            case _ if owner is None and _of_no_scenario(section):
                self._unused(commands[0].line, f"commands below `{section.title}` belong to no scenario", _ELSEWHERE)
            case Kind.OTHER:
                why = f"commands below `{section.title}` are not part of the deployment"
                self._unused(commands[0].line, why, _ELSEWHERE)
            case _:
                self._part(self._found.phases, "phase", section).commands += commands
        return commands

    def _part(self, parts: list[Part], kind: str, section: Section) -> Part:
        key = (kind, id(section))
        if key not in self._parts:
            self._parts[key] = Part(section)
            parts.append(self._parts[key])
        return self._parts[key]

    def _scenario(self, section: Section) -> Told:
        if id(section) not in self._told:
            told = Told(section)
            self._told[id(section)] = told
            self._found.scenarios.append(told)
        return self._told[id(section)]

    def _into_scenario(self, section: Section, owner: Section, commands: list[Listed]) -> None:
        told = self._scenario(owner)
        if Kind.ROLLBACK in (section.kind, self._doing):
            told.rollback += commands
            return
        mitigating = Kind.MITIGATION in (section.kind, self._doing) or (
            CONDITION.match(section.heading) is not None and not any(each.said or each.output for each in commands)
        )
        for command in commands:
            mitigating = mitigating or any(MITIGATION.match(words.text) for words in command.above)
            (told.mitigation if mitigating else told.shown).append(command)

    def _prose(self, block: Prose, section: Section, *, ticks: bool) -> Iterator[tuple[int, str]]:
        if ticks:
            self._found.checklist += checklist_of(block, section, self._file)
        for offset, line in enumerate(block.text.split("\n")):
            text = cleaned(line)
            self._state(text, section, block.line + offset)
            yield block.line + offset, f"- {text}" if block.item and not offset else text

    def _table(self, block: Table, section: Section) -> None:
        table = table_of(block, section, self._file)
        self._found.tables.append(table)
        self._found.numbers += table_facts(table)
        self._found.decisions += table_decisions(table)

    def _state(self, text: str, section: Section, line: int) -> None:
        if _DIGIT.search(text) or any(map(text.__contains__, _NUMBERS)):
            found = list(numbers_in(text, section, Place(self._file, line + 1, 1)))
            self._found.numbers += found
            if not found and unread_figure(text, section, labelled=is_labelled(text)):
                why = _quoting("a figure that is not read", (text,))
                self._unused(line, why, "write it as `5 min`, `2-3 min`, `8 %` or `1 in 20`")

    def _tell(self, section: Section, words: list[tuple[int, str]]) -> None:
        owner = section.owner
        if owner is not None and owner.kind is Kind.SCENARIO:
            said = [Words(text, line) for line, text in words]
            told = self._scenario(owner)
            told.words += said
            if section.kind not in {Kind.ROLLBACK, Kind.MITIGATION} or _CAUSE.search(section.heading):
                told.setting += takewhile(lambda each: not _ANSWER.match(each.text.removeprefix("- ")), said)

    def _unused(self, line: int, why: str, *instead: str) -> None:
        self._found.unused.append(Unused(Place(self._file, line + 1, 1), why, *instead))


def _quoting(why: str, lines: Sequence[str]) -> str:
    """A reason with the first of the lines that it is about."""
    first = next((text.strip() for text in lines if text.strip()), "")
    return f"{why}: `{first[:60]}`" if first else why


def _may_be_printed(lead: str, *, apart: bool) -> bool:
    """Whether a block may be what the commands before it print: a paragraph says so, or nothing stands between.

    Args:
        lead: The paragraph between them, or nothing.
        apart: Whether another block stands between them.
    """
    return _LEADS_TO_OUTPUT.search(lead) is not None if lead else not apart


def _of_no_scenario(section: Section) -> bool:
    """Whether a section stands among scenarios and is none, nor the happy path."""
    kinds = {each.kind for each in (*section.parents, section)}
    return Kind.SCENARIOS in kinds and Kind.HAPPY not in kinds
