"""Shell blocks as commands, each with the comments and the output that belong to it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from wetrun.formats.runbook.blocks import Code
from wetrun.formats.runbook.remarks import Marker, Tone, read_marker
from wetrun.shell.statements import Remark, Statement, read_script

__all__ = ["Listed", "Said", "Words", "is_output", "is_shell", "list_commands"]

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
        "cmd",
    ]
)
_CONSOLES = frozenset(["console", "shell-session", "sh-session", "shellsession", "terminal", "bash-session"])
_OUTPUTS = frozenset(["output", "text", "txt", "plain", "plaintext", "log", "stdout", "json", "none"])
_PROMPT = re.compile(
    r"^\s*(?:\([\w.-]+\)\s*)?(?:(?:\[?[\w.-]+@[\w.-]+[^$#%\n]{0,60})[$#%]|\$|%|\u276f)\s+(?P<command>\S.*)$"
)
_ROOT_PROMPT = re.compile(r"^\s*#\s+(?P<command>\S.*)$")
_PROGRAMS = frozenset(
    [
        "ansible",
        "apt",
        "apt-get",
        "aws",
        "az",
        "bash",
        "brew",
        "bundle",
        "cargo",
        "cat",
        "cd",
        "chmod",
        "chown",
        "composer",
        "cp",
        "createdb",
        "crontab",
        "curl",
        "dig",
        "docker",
        "docker-compose",
        "dropdb",
        "echo",
        "env",
        "export",
        "find",
        "flyctl",
        "flask",
        "gcloud",
        "gh",
        "git",
        "go",
        "grep",
        "gunzip",
        "gzip",
        "helm",
        "heroku",
        "howto",
        "java",
        "journalctl",
        "jq",
        "kill",
        "kubectl",
        "ln",
        "ls",
        "make",
        "mkdir",
        "mongo",
        "mv",
        "mysql",
        "mysqldump",
        "nginx",
        "node",
        "npm",
        "npx",
        "nslookup",
        "openssl",
        "pg_dump",
        "pg_restore",
        "php",
        "ping",
        "pip",
        "pip3",
        "pm2",
        "pnpm",
        "poetry",
        "psql",
        "pulumi",
        "python",
        "python3",
        "rails",
        "rake",
        "redis-cli",
        "rm",
        "rsync",
        "ruby",
        "scp",
        "sed",
        "service",
        "sleep",
        "source",
        "ssh",
        "ssh-add",
        "sudo",
        "supervisorctl",
        "systemctl",
        "tail",
        "tar",
        "terraform",
        "touch",
        "unzip",
        "vercel",
        "wget",
        "yarn",
    ]
)
_FIRST_WORD = re.compile(r"^\s*(?:\$\s+)?(?:[A-Z_][A-Z0-9_]*=\S*\s+)*(?P<word>[\w./-]+)")
_EXIT_LINE = re.compile(r"^\[(\d{1,3})\]$")


@dataclass(frozen=True, slots=True)
class Said:
    """A comment about a command: its marker, its line (from 0, in the document), and the lines of output below it."""

    marker: Marker
    line: int
    below: tuple[str, ...] = ()


@dataclass(slots=True)
class Listed:
    """A command of a runbook.

    Attributes:
        line: Where it begins, from 0, in the document; `column` likewise.
        above: Comments before it that explain it, with their lines.
        said: What is said about its result.
        output: What a transcript or the block after it shows as its output, with the first line, or None.
        exit: The exit code that a transcript shows, or None.
        understood: Whether the shell's grammar knows all of it.
    """

    text: str
    line: int
    column: int
    understood: bool = True
    above: "list[Words]" = field(default_factory=list["Words"])
    said: list[Said] = field(default_factory=list[Said])
    output: tuple[int, tuple[str, ...]] | None = None
    exit: int | None = None


@dataclass(frozen=True, slots=True)
class Words:
    """A comment that explains; `line` from 0, in the document."""

    text: str
    line: int


def is_shell(code: Code) -> bool:
    """Whether a block holds commands: its language says so, or it has none and looks like it."""
    if code.language in SHELLS:
        return True
    first = next((line for line in code.lines if line.strip() and not line.lstrip().startswith("#")), "")
    if code.language or not first:
        return False
    word = _FIRST_WORD.match(first)
    return _PROMPT.match(first) is not None or (
        word is not None and (word["word"] in _PROGRAMS or word["word"].startswith("./"))
    )


def is_output(code: Code) -> bool:
    """Whether a block may show what the command before it prints."""
    return code.language in _OUTPUTS or (not code.language and not is_shell(code))


def list_commands(code: Code) -> tuple[list[Listed], list[Words]]:
    """Take a shell block apart.

    Returns:
        Its commands; and the comments that belong to none.
    """
    found, loose = _listed(code)
    return [listed for listed in found if listed.text.strip()], loose


def _listed(code: Code) -> tuple[list[Listed], list[Words]]:
    if any(_PROMPT.match(line) for line in code.lines):
        return _transcript(code), []
    if code.language in _CONSOLES and all(not line.strip() or _ROOT_PROMPT.match(line) for line in code.lines[:1]):
        return _transcript(code), []
    reader = _Reader(code)
    for part in read_script("\n".join(code.lines)):
        match part:
            case Statement():
                reader.statement(part)
            case Remark():
                reader.remark(part)
    reader.finish()
    return reader.found, reader.loose


class _Reader:
    """Gives each comment of a block to the command that it speaks of."""

    def __init__(self, code: Code) -> None:
        self.found: list[Listed] = []
        self.loose: list[Words] = []
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
            else:
                listed.above.append(Words(remark.text.strip(), self._code.line + remark.line))
        self._waiting.clear()
        self.found.append(listed)
        self._last_line = part.last_line
        self._open = None

    def remark(self, part: Remark) -> None:
        adjacent = bool(self.found) and not self._waiting and part.line <= self._last_line + 1
        if not adjacent:
            self._open = None
            self._waiting.append(part)
            return
        marker = read_marker(part.text)
        said = self.found[-1].said
        line = self._code.line + part.line
        explicit = marker.tone is not Tone.PROSE and re.match(
            r"\s*(?:expected|potential|should|output|(?:verify|check|look for|note)\s*:)", part.text, re.IGNORECASE
        )
        if self._open is not None and not explicit:
            self._open.append(part.text)
            said[-1] = Said(said[-1].marker, said[-1].line, tuple(self._open))
        elif marker.tone is not Tone.PROSE or part.trailing:
            said.append(Said(marker, line))
            self._open = [] if marker.block else None
        else:
            self._open = None
            self._waiting.append(part)
            return
        self._last_line = part.line

    def finish(self) -> None:
        self.loose += [Words(part.text.strip(), self._code.line + part.line) for part in self._waiting]


def _transcript(code: Code) -> list[Listed]:
    """Lines behind a prompt are commands; what follows is what they printed."""
    found: list[Listed] = []
    output: list[str] = []
    at = 0
    for number, line in enumerate(code.lines):
        match = _PROMPT.match(line) or (_ROOT_PROMPT.match(line) if code.language in _CONSOLES else None)
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
