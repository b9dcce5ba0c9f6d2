"""Shell blocks as commands, each with the comments and the output that belong to it."""

import re
from bisect import bisect_left
from collections.abc import Sequence
from functools import lru_cache

from wetrun.formats.runbook.commands.foreign import (
    Region,
    foreign_block,
    foreign_regions,
    may_have_foreign,
    shows_output,
)
from wetrun.formats.runbook.commands.listed import Listed, Said, ShellBlock, Words
from wetrun.formats.runbook.commands.programs import PROGRAMS
from wetrun.formats.runbook.commands.transcripts import CONSOLES, PROMPT, PROMPTS, is_transcript, read_transcript
from wetrun.formats.runbook.document.blocks import Code
from wetrun.formats.runbook.expectations.bare import shown_by
from wetrun.formats.runbook.expectations.remarks import Marker, Tone, read_marker
from wetrun.shell.statements import Remark, Statement, read_script

__all__ = ["is_command", "is_output", "is_shell", "list_commands"]

SHELLS = frozenset(
    [
        "bash",
        "sh",
        "shell",
        "zsh",
        "ksh",
        "console",
        "shell-session",
        "sh-session",
        "shellsession",
        "terminal",
        "bash-session",
    ]
)
_OPEN = frozenset(
    ["", "cmd", "command", "commands", "no-highlight", "nohighlight"]
)  # they say of no language what it is
_WINDOWS = re.compile(r"\s*(?:PS )?[A-Za-z]:\\[^>\n]{0,200}>")  # its prompt; no shell here would know the commands
_OUTPUTS = frozenset(["output", "text", "txt", "plain", "plaintext", "log", "stdout", "json", "none"])
_MOST_ROUNDS = 8  # of taking prompts out of a script: what one hides from the grammar may hide another
_EXPLICIT = re.compile(r"\s*(?:expected|potential|should|output|(?:verify|check|look for|note)\s*:)", re.IGNORECASE)
_NO_COMMENT = re.compile(r"\s*+[^\s#]")
_ASSIGNS = re.compile(r"\s*[A-Za-z_]\w*=\S*\s*(?:#.*)?$")
_FIRST_WORD = re.compile(r"^\s*(?:\$\s+)?(?:[A-Z_][A-Z0-9_]*=\S*\s+)*(?P<word>[\w./-]++)(?!:)")


@lru_cache(maxsize=16)  # each reader of a block asks again
def is_shell(code: Code) -> bool:
    """Whether a block holds commands: its language says so, or leaves it open and it looks like it."""
    if code.language not in SHELLS and code.language not in _OPEN:
        return False
    first = next(filter(_NO_COMMENT.match, code.lines), "")
    if code.language in SHELLS:
        return _WINDOWS.match(first) is None and not shows_output(code) and foreign_block(code) is None
    if not first or foreign_block(code) is not None:
        return False
    # What is set first says nothing of what follows: settings look the same.
    first = next((line for line in code.lines if _NO_COMMENT.match(line) and not _ASSIGNS.match(line)), "")
    word = _FIRST_WORD.match(first)
    return PROMPT.match(first) is not None or (
        word is not None and (word["word"] in PROGRAMS or word["word"].startswith("./"))
    )


def is_command(text: str) -> bool:
    """Whether a short text is a command of a program that is known, or of a script that is named by its path."""
    word = _FIRST_WORD.match(text)
    return word is not None and (word["word"] in PROGRAMS or word["word"].startswith(("./", "/")))


def is_output(code: Code) -> bool:
    """Whether a block may show what the command before it prints."""
    if code.language in _OUTPUTS or (code.language in SHELLS and shows_output(code)):
        return True
    return not code.language and not is_shell(code)


def list_commands(code: Code) -> ShellBlock:
    """Take a shell block apart."""
    block = _listed(code)
    block.commands = [listed for listed in block.commands if listed.text.strip()]
    return block


def _listed(code: Code) -> ShellBlock:
    text = "\n".join(code.lines)
    prompted = any(mark in text for mark in PROMPTS)
    if (prompted or code.language in CONSOLES) and is_transcript(code):
        return read_transcript(code)
    parts = read_script(text)
    asked = _asked(parts) if prompted else []
    first = asked[0] if asked else None
    for _ in range(_MOST_ROUNDS):
        if not asked:
            break
        text = _without_prompts(text, asked)
        parts = read_script(text)
        asked = _asked(parts)
    if asked or (prompted and _is_session(code, parts)):
        return read_transcript(code)
    parts, foreign = _without_foreign(text, parts)
    reader = _Reader(code)
    for part in parts:
        match part:
            case Statement():
                reader.statement(part)
            case Remark():
                reader.remark(part)
    reader.finish()
    _put(foreign, reader.block, code)
    if first is not None:
        why = (
            "a prompt stands here and before other commands of the block none; each of its lines is taken as a command"
        )
        reader.block.doubts.append((code.line + first, why, code.lines[first]))
    return reader.block


def _asked(parts: Sequence[Remark | Statement]) -> list[int]:
    """The lines in which a statement begins with a prompt."""
    return [part.line for part in parts if isinstance(part, Statement) and PROMPT.match(part.text.split("\n", 1)[0])]


def _without_prompts(text: str, asked: Sequence[int]) -> str:
    """Blanks in place of the prompts of some lines: no column moves."""
    lines = text.split("\n")
    for number in asked:
        match = PROMPT.match(lines[number])
        if match is not None:
            lines[number] = " " * match.start("command") + match["command"]
    return "\n".join(lines)


def _without_foreign(
    text: str, parts: tuple[Remark | Statement, ...]
) -> tuple[tuple[Remark | Statement, ...], list[Region]]:
    """The parts of a block without what is no command in it; and that."""
    found: list[Region] = []
    if not may_have_foreign(text):
        return parts, found
    lines = text.split("\n")
    known = [number for number, line in enumerate(lines) if is_command(line)]
    for _ in range(_MOST_ROUNDS):
        regions = list(foreign_regions(lines, parts, known))
        if not regions:
            break
        for region in regions:
            lines[region.start : region.end] = [""] * (region.end - region.start)
        found += regions
        parts = read_script("\n".join(lines))
    return parts, sorted(found, key=lambda region: region.start)


def _put(regions: Sequence[Region], block: ShellBlock, code: Code) -> None:
    """What was printed belongs to the command before it; the rest, and what was printed before any, is a doubt."""
    begins = [listed.line for listed in block.commands] if regions else []
    for region in regions:
        first, lines = code.line + region.start, code.lines[region.start : region.end]
        at = bisect_left(begins, first)
        if region.why or not at:
            why = region.why or "it stands before the first command and is taken for something printed"
            block.doubts.append((first, why, lines[0].strip()))
        elif block.commands[at - 1].output is None:
            block.commands[at - 1].output = (first, lines)


def _is_session(code: Code, parts: Sequence[Remark | Statement]) -> bool:
    """Whether a block with prompts is no script that the grammar knows."""
    unknown = any(isinstance(part, Statement) and not part.understood for part in parts)
    return unknown and any(PROMPT.match(line) for line in code.lines)


class _Reader:
    """Gives each comment of a block to the command that it speaks of."""

    def __init__(self, code: Code) -> None:
        self.block = ShellBlock()
        self._code = code
        self._waiting: list[Remark] = []
        self._last_line = -2  # of the last command, or of the last comment that belongs to it
        self._open: list[str] | None = None

    def statement(self, part: Statement) -> None:
        listed = Listed(part.text, self._code.line + part.line, self._code.column + part.column, part.understood)
        for remark in self._waiting:
            marker = read_marker(remark.text)
            direct = remark is self._waiting[-1] and remark.line == part.line - 1
            if marker.tone is Tone.EXPECTED and marker.rest and direct:
                listed.said.append(Said(marker, self._code.line + remark.line))
            elif not self._of_command_before(remark):
                listed.above.append(Words(remark.text.strip(), self._code.line + remark.line))
        self._waiting.clear()
        for remark in part.inner:
            marker = read_marker(remark.text)
            if marker.tone in {Tone.EXPECTED, Tone.LOOK} and marker.rest:
                # Of one command among several, whose output nobody can tell from that of the others.
                listed.said.append(Said(Marker(Tone.LOOK, marker.rest), self._code.line + remark.line))
        self.block.commands.append(listed)
        self._last_line = part.last_line
        self._open = None

    def remark(self, part: Remark) -> None:
        adjacent = bool(self.block.commands) and not self._waiting and part.line <= self._last_line + 1
        if not adjacent:
            self._open = None
            self._waiting.append(part)
            return
        marker = read_marker(part.text)
        said = self.block.commands[-1].said
        line = self._code.line + part.line
        explicit = marker.tone is not Tone.PROSE and _EXPLICIT.match(part.text)
        if self._open is not None and not explicit:
            self._open.append(part.text)
            said[-1] = Said(said[-1].marker, said[-1].line, tuple(self._open))
        elif marker.tone is Tone.PROSE and not said and (shown := shown_by(self.block.commands[-1].text, part.text)):
            self._open = [part.text] if shown.block else None
            said.append(Said(shown, line, tuple(self._open or ())))
        elif marker.tone is not Tone.PROSE or part.trailing:
            said.append(Said(marker, line))
            self._open = [] if marker.block else None
        else:
            self._open = None
            self._waiting.append(part)
            return
        self._last_line = part.line

    def _of_command_before(self, remark: Remark) -> bool:
        """Give a comment that stands apart, and says what is expected, to the command before it, if there is one."""
        marker = read_marker(remark.text)
        if not self.block.commands or marker.tone is not Tone.EXPECTED or _EXPLICIT.match(remark.text) is None:
            return False
        if marker.rest and remark is self._waiting[0]:
            self.block.commands[-1].said.append(Said(marker, self._code.line + remark.line))
            return True
        return False

    def finish(self) -> None:
        left = [part for part in self._waiting if not self._of_command_before(part)]
        self.block.loose += [Words(part.text.strip(), self._code.line + part.line) for part in left]
