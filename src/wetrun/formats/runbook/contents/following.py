"""What a person who follows a runbook does besides its blocks of commands: steps in sentences and tables, the rest."""

from collections.abc import Iterable, Iterator

from wetrun.errors import Place
from wetrun.formats.runbook.commands.instructing import (
    Asked,
    asked_of,
    command_alone,
    command_of,
    commands_of_table,
    expected_of,
    is_about_deployment,
    is_followed,
    is_of_commands,
    is_of_steps,
    lists_expected,
    may_ask,
    names_only,
    printed_of,
)
from wetrun.formats.runbook.commands.listed import Listed, Said
from wetrun.formats.runbook.contents.unused import Unused
from wetrun.formats.runbook.document.blocks import Code, Prose, Table
from wetrun.formats.runbook.document.outline import Section, cleaned
from wetrun.formats.runbook.expectations.remarks import Marker, Tone
from wetrun.plan.facts import Unverified

__all__ = ["Follower"]

_BOXES = ("[ ]", "[x]", "[X]")


class Follower:
    """Follows a runbook section by section; what it cannot do is `unverified`."""

    def __init__(self, file: str) -> None:
        self.unverified: list[Unverified] = []
        self.unused: list[Unused] = []
        self._file = file
        self._section: Section | None = None
        self._counts = False
        self._here: dict[str, Listed] = {}
        self._lines: frozenset[str] | None = None
        self._expects = False  # whether the items that follow say what is expected of the command before them
        self._done: set[int] = set()  # sections of which, or below which, something is run or listed

    def begin(self, section: Section) -> None:
        """Go on to a section."""
        self._section = section
        self._counts = is_about_deployment(section)
        self._here = {}
        self._lines = None
        self._expects = False

    def runs(self, commands: Iterable[Listed]) -> None:
        """Note the commands of a block in this section."""
        for command in commands:
            self._here.setdefault(command.text, command)
        if self._here:
            self._mark()

    def sentence(self, block: Prose, last: Listed | None, *, leads: bool) -> Listed | None:
        """Follow a paragraph or list item.

        Args:
            block: The paragraph or item.
            last: The command before it in the same section, if there is one.
            leads: Whether a block of commands follows.

        Returns:
            The step that it is, or None.
        """
        if not self._counts or (last is not None and self._is_expected(block, last)):
            return None
        alone = None if leads else command_alone(block)
        if alone is not None and self._section is not None and is_of_commands(self._section):
            return next(self._new([alone]), None)
        if not may_ask(block):
            return None
        said = None if last is None else printed_of(block)
        if said is not None and last is not None:
            last.said.append(said)
            return None
        command = command_of(block)
        if command is not None and not leads:
            return next(self._new([command]), None)
        # Commands of the block that follows are what a sentence before it asks for; a command of its own is not.
        self._ask(asked_of(block, leads=leads and ("`" not in block.text or names_only(block, self._code()))))
        return None

    def _is_expected(self, block: Prose, last: Listed) -> bool:
        """Give what a paragraph or item says that is expected to the command before it."""
        said = expected_of(block)
        if said is None and self._expects and block.item:
            # Of several commands, or of none in particular: only a person can tell of which.
            if not (block.text.lstrip().startswith(_BOXES) or command_of(block) or any(asked_of(block, leads=False))):
                said = Said(Marker(Tone.LOOK, cleaned(block.text)), block.line)
        else:
            self._expects = lists_expected(block)
        if said is not None:
            last.said.append(said)
        return said is not None

    def table(self, block: Table) -> list[Listed]:
        """Follow a table; the steps that its rows are."""
        if not self._counts:
            return []
        commands, asked = commands_of_table(block)
        if commands and not is_of_steps(block):
            why = "the commands of this table are not used, as it neither numbers them nor says what is expected"
            self.unused.append(Unused(Place(self._file, block.line + 1, 1), f"{why}: `{commands[0].text[:60]}`"))
            return []
        self._ask(asked)
        return list(self._new(commands))

    def finish(self, sections: Iterable[Section]) -> None:
        """List every section that is to be followed and of which nothing was run or listed."""
        for section in sections:
            if section.blocks and id(section) not in self._done and is_followed(section) and not _is_checklist(section):
                first = next((cleaned(each.text) for each in section.blocks if isinstance(each, Prose)), "")
                text = f"{section.heading}: {first[:100]}" if first else section.heading
                self._note(Asked(text=text, line=section.line, by_hand=True), section)

    def _new(self, commands: Iterable[Listed]) -> Iterator[Listed]:
        """The commands that no block of this section has; what is said of the others is said of those."""
        for command in commands:
            known = self._here.get(command.text)
            if known is not None:
                known.said += command.said
            elif command.text not in self._code():
                self._mark()
                yield command

    def _code(self) -> frozenset[str]:
        """The lines of this section's blocks of code."""
        if self._lines is None:
            blocks = () if self._section is None else self._section.blocks
            self._lines = frozenset(
                line.strip().removeprefix("$ ") for block in blocks if isinstance(block, Code) for line in block.lines
            )
        return self._lines

    def _ask(self, asked: Iterable[Asked]) -> None:
        for each in asked:
            if self._section is not None:
                self._note(each, self._section)
                if each.by_hand:
                    self._mark()

    def _note(self, asked: Asked, section: Section) -> None:
        place = Place(self._file, asked.line + 1, 1)
        self.unverified.append(Unverified(asked.text, section.title or section.heading, place, asked.by_hand))

    def _mark(self) -> None:
        if self._section is not None and id(self._section) not in self._done:
            self._done.update(map(id, (*self._section.parents, self._section)))


def _is_checklist(section: Section) -> bool:
    """Whether all that stands in a section are items, of which some are to be ticked: they are its readiness."""
    items = [block.text for block in section.blocks if isinstance(block, Prose) and block.item]
    return len(items) == len(section.blocks) and any(text.lstrip().startswith(_BOXES) for text in items)
