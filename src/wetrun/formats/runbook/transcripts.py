"""Transcripts: what stands behind a prompt was typed, what follows was printed."""

import re
from collections.abc import Sequence

from wetrun.formats.runbook.blocks import Code
from wetrun.formats.runbook.listed import Listed, Said
from wetrun.formats.runbook.remarks import read_marker
from wetrun.shell.statements import Remark, Statement, read_script

__all__ = ["CONSOLES", "PROMPT", "PROMPTS", "ROOT_PROMPT", "read_transcript"]

CONSOLES = frozenset(["console", "shell-session", "sh-session", "shellsession", "terminal", "bash-session"])
PROMPT = re.compile(
    r"^\s*(?:\([\w.-]+\)\s*)?(?:(?:\[?[\w.-]+@[\w.-]+[^$#%\n]{0,60})[$#%]|\$|%|\u276f)\s+(?P<command>\S.*)$"
)
PROMPTS = ("$", "%", "\u276f", "@")  # one of these stands in each of them
ROOT_PROMPT = re.compile(r"^\s*#\s+(?P<command>\S.*)$")
_EXIT_LINE = re.compile(r"^\[(\d{1,3})\]$")


def read_transcript(code: Code) -> list[Listed]:
    """Lines behind a prompt are commands; what follows is what they printed."""
    found: list[Listed] = []
    output: list[str] = []
    at = 0
    for number, line in enumerate(code.lines):
        match = PROMPT.match(line) or (ROOT_PROMPT.match(line) if code.language in CONSOLES else None)
        if match is not None:
            _close(found, output, at)
            found.append(Listed(match["command"].rstrip(), code.line + number, code.column + match.start("command")))
            output, at = [], code.line + number + 1
        elif found and not output and (inner := re.match(r"^\s*> ?(?P<rest>.*)$", line)) and _is_open(found[-1].text):
            found[-1].text += "\n" + inner["rest"]
            at = code.line + number + 1
        elif found and not output and found[-1].text.endswith("\\"):
            found[-1].text += "\n" + line
            at = code.line + number + 1
        elif found:
            output.append(line)
    _close(found, output, at)
    for listed in found:
        _trailing(listed)
    return found


def _is_open(text: str) -> bool:
    """Whether the shell would ask for more: a quotation, a loop or a heredoc has not ended."""
    if text.endswith("\\"):
        return True
    here = re.search(r"<<-?\s*['\"]?(\w+)", text)
    if here is not None:
        return not re.search(rf"^\s*{re.escape(here[1])}$", text, re.MULTILINE)
    return any(isinstance(part, Statement) and not part.understood for part in read_script(text))


def _close(found: list[Listed], output: Sequence[str], at: int) -> None:
    lines = list(output)
    while lines and not lines[-1].strip():
        lines.pop()
    if not found or not lines:
        return
    code = _EXIT_LINE.match(lines[-1].strip())
    if code is not None and int(code[1]) < 256:
        found[-1].exit = int(code[1])
        lines.pop()
    if any(line.strip() for line in lines):
        found[-1].output = (at, tuple(lines))


def _trailing(listed: Listed) -> None:
    """A comment at the end of a command of a transcript."""
    parts = read_script(listed.text)
    if len(parts) >= 2 and isinstance(parts[-1], Remark) and isinstance(parts[0], Statement):
        listed.text = listed.text[: listed.text.rfind("#")].rstrip()
        listed.said.append(Said(read_marker(parts[-1].text), listed.line))
    if any(isinstance(part, Statement) and not part.understood for part in parts):
        listed.understood = False
