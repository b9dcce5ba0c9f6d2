"""Transcripts: what stands behind a prompt was typed, what follows was printed."""

import re
from bisect import bisect_left
from collections.abc import Sequence

from wetrun.formats.runbook.commands.listed import Listed, Said, ShellBlock, Words
from wetrun.formats.runbook.document.blocks import Code
from wetrun.formats.runbook.expectations.remarks import Tone, read_marker
from wetrun.shell.statements import Remark, Statement, read_script

__all__ = ["CONSOLES", "PROMPT", "PROMPTS", "is_transcript", "read_transcript"]

CONSOLES = frozenset(["console", "shell-session", "sh-session", "shellsession", "terminal", "bash-session"])
PROMPT = re.compile(
    r"^\s*(?:\([\w.-]+\)\s*)?(?:(?:\[?[\w.-]+@[\w.-]+[^$#%\n]{0,60})[$#%]|\$|%|\u276f)\s+(?P<command>\S.*)$"
)
PROMPTS = ("$", "%", "\u276f", "@")  # one of these stands in each of them
_ROOT_PROMPT = re.compile(r"^\s*#\s+(?P<command>\S.*)$")
_BECOMES_ROOT = re.compile(r"(?:sudo\s+)?su\b|sudo\s+(?:-i|-s|(?:ba)?sh)\b")
_COMMENT = re.compile(r"^\s*#(?!!) ?(?P<text>.*)$")
_CONTINUED = re.compile(r"^\s*> ?(?P<rest>.*)$")
_EXIT_LINE = re.compile(r"^\[(\d{1,3})\]$")
_TABS = "\t-"  # before the end of a heredoc that may be indented
_HEREDOC = re.compile(r"(?<!<)<<(?!<)(?P<tabs>-?)\s*['\"\\]?(?P<end>\w+)")


def is_transcript(code: Code) -> bool:
    """Whether a shell block shows a session: its first command stands behind a prompt.

    In a block whose language says that it is a session, any prompt will do.
    """
    lines = [line for line in code.lines if line.strip()]
    if code.language in CONSOLES:
        return any(PROMPT.match(line) for line in lines) or (bool(lines) and _ROOT_PROMPT.match(lines[0]) is not None)
    first = next((line for line in lines if not line.lstrip().startswith("#")), "")
    return PROMPT.match(first) is not None


def read_transcript(code: Code) -> ShellBlock:
    """Lines behind a prompt are commands; what follows is what they printed, what stands before them is a doubt."""
    reader = _Reader(code)
    at = 0
    while at < len(code.lines):
        at = reader.read(at)
    reader.finish()
    return reader.block


class _Reader:
    def __init__(self, code: Code) -> None:
        self.block = ShellBlock()
        self._code = code
        self._output: list[str] = []
        self._printing = False
        self._at = 0  # where the output begins
        self._above: list[Words] = []
        self._ends: dict[str, list[int]] | None = None
        self._leading: list[bool] | None = None
        # Where people are asked by `$`, a `#` begins a comment, until somebody becomes root.
        self._root = code.language in CONSOLES and not any(PROMPT.match(line) for line in code.lines)

    def read(self, at: int) -> int:
        """Read one line, or a command of several; where the next one begins."""
        line = self._code.lines[at]
        match = PROMPT.match(line) or (_ROOT_PROMPT.match(line) if self._root else None)
        if match is not None:
            return self._command(match, at)
        comment = _COMMENT.match(line)
        if comment is not None and self._speaks(at):
            self._comment(comment["text"].strip(), at)
        elif self.block.commands:
            self._output.append(line)
            self._printing = self._printing or bool(line.strip())
        elif line.strip():
            why = "it stands before the first prompt of a session and is taken for something printed"
            self.block.doubts.append((self._code.line + at, why, line))
        return at + 1

    def finish(self) -> None:
        self._close()
        self.block.loose += self._above
        for listed in self.block.commands:
            _trailing(listed)

    def _command(self, match: re.Match[str], at: int) -> int:
        self._close()
        listed = Listed(match["command"].rstrip(), self._code.line + at, self._code.column + match.start("command"))
        listed.above, self._above = self._above, []
        end = self._continued(listed, at + 1)
        self.block.commands.append(listed)
        self._at = self._code.line + end
        self._root = self._root or (self._code.language in CONSOLES and _BECOMES_ROOT.match(listed.text) is not None)
        return end

    def _continued(self, listed: Listed, at: int) -> int:
        """Add the further lines of a command; where what it prints begins."""
        lines = self._code.lines
        here = _HEREDOC.search(listed.text)
        end = None if here is None else self._end_of(here, at)
        if end is not None:
            body = lines[at:end]
            marked = [inner["rest"] for line in body if (inner := _CONTINUED.match(line)) is not None]
            listed.text = "\n".join([listed.text, *(marked if len(marked) == len(body) else body)])
            return end
        while at < len(lines):
            inner = _CONTINUED.match(lines[at])
            if inner is not None and _is_open(listed.text):
                listed.text += "\n" + inner["rest"]
            elif listed.text.endswith("\\"):
                listed.text += "\n" + lines[at]
            else:
                break
            at += 1
        return at

    def _end_of(self, here: re.Match[str], at: int) -> int | None:
        """Behind the line that ends a heredoc, or None when there is none."""
        if self._ends is None:
            self._ends = {}
            for number, line in enumerate(self._code.lines):
                inner = _CONTINUED.match(line)
                text = (line if inner is None else inner["rest"]).rstrip()
                for key in (text, _TABS + text.lstrip("\t")):
                    self._ends.setdefault(key, []).append(number)
        found = self._ends.get((_TABS if here["tabs"] else "") + here["end"], [])
        index = bisect_left(found, at)
        return found[index] + 1 if index < len(found) else None

    def _speaks(self, at: int) -> bool:
        """Whether a comment speaks to the reader: it leads to the next command, or nothing was printed yet."""
        if not self._printing:
            return True
        if self._leading is None:
            leads = True
            self._leading = []
            for line in reversed(self._code.lines):
                if line.strip() and _COMMENT.match(line) is None:
                    leads = PROMPT.match(line) is not None
                self._leading.append(leads)
            self._leading.reverse()
        return self._leading[at]

    def _comment(self, text: str, at: int) -> None:
        marker = read_marker(text)
        if marker.tone is Tone.PROSE or not self.block.commands:
            self._above.append(Words(text, self._code.line + at))
        elif marker.rest:
            self.block.commands[-1].said.append(Said(marker, self._code.line + at))
        if not self._output:
            self._at = self._code.line + at + 1

    def _close(self) -> None:
        if self.block.commands:
            _printed(self.block.commands[-1], self._output, self._at)
        self._output, self._printing = [], False


def _is_open(text: str) -> bool:
    """Whether the shell would ask for more: a quotation, a loop or a heredoc has not ended."""
    if text.endswith("\\"):
        return True
    here = _HEREDOC.search(text)
    if here is not None:
        return not re.search(rf"^\s*{re.escape(here['end'])}$", text, re.MULTILINE)
    return any(isinstance(part, Statement) and not part.understood for part in read_script(text))


def _printed(listed: Listed, output: Sequence[str], at: int) -> None:
    lines = list(output)
    while lines and not lines[-1].strip():
        lines.pop()
    if not lines:
        return
    code = _EXIT_LINE.match(lines[-1].strip())
    if code is not None and int(code[1]) < 256:
        listed.exit = int(code[1])
        lines.pop()
    if any(line.strip() for line in lines):
        listed.output = (at, tuple(lines))


def _trailing(listed: Listed) -> None:
    """A comment at the end of a command of a transcript."""
    parts = read_script(listed.text)
    if len(parts) >= 2 and isinstance(parts[-1], Remark) and isinstance(parts[0], Statement):
        listed.text = listed.text[: listed.text.rfind("#")].rstrip()
        listed.said.append(Said(read_marker(parts[-1].text), listed.line))
    if any(isinstance(part, Statement) and not part.understood for part in parts):
        listed.understood = False
