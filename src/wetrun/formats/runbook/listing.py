"""Shell blocks as commands, each with the comments and the output that belong to it."""

import re

from wetrun.formats.runbook.blocks import Code
from wetrun.formats.runbook.listed import Listed, Said, Words
from wetrun.formats.runbook.remarks import Tone, read_marker
from wetrun.formats.runbook.transcripts import CONSOLES, PROMPT, PROMPTS, ROOT_PROMPT, read_transcript
from wetrun.shell.statements import Remark, Statement, read_script

__all__ = ["is_output", "is_shell", "list_commands"]

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
_OUTPUTS = frozenset(["output", "text", "txt", "plain", "plaintext", "log", "stdout", "json", "none"])
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
_EXPLICIT = re.compile(r"\s*(?:expected|potential|should|output|(?:verify|check|look for|note)\s*:)", re.IGNORECASE)
_FIRST_WORD = re.compile(r"^\s*(?:\$\s+)?(?:[A-Z_][A-Z0-9_]*=\S*\s+)*(?P<word>[\w./-]+)")


def is_shell(code: Code) -> bool:
    """Whether a block holds commands: its language says so, or it has none and looks like it."""
    if code.language in SHELLS:
        return True
    first = next((line for line in code.lines if line.strip() and not line.lstrip().startswith("#")), "")
    if code.language or not first:
        return False
    word = _FIRST_WORD.match(first)
    return PROMPT.match(first) is not None or (
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
    text = "\n".join(code.lines)
    if any(mark in text for mark in PROMPTS) and any(PROMPT.match(line) for line in code.lines):
        return read_transcript(code), []
    if code.language in CONSOLES and all(not line.strip() or ROOT_PROMPT.match(line) for line in code.lines[:1]):
        return read_transcript(code), []
    reader = _Reader(code)
    for part in read_script(text):
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
        explicit = marker.tone is not Tone.PROSE and _EXPLICIT.match(part.text)
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
