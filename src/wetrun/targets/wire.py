"""The words between a controller and the supervisor: requests to bytes, lines to events. See `supervisor.bash`."""

import re
from base64 import b64decode
from collections.abc import Mapping

from wetrun.course.results import Ending, Output
from wetrun.lean import dataclass, pattern
from wetrun.units import Seconds

__all__ = [
    "Claimed",
    "Closed",
    "Ended",
    "Event",
    "Failed",
    "Looked",
    "Never",
    "Ready",
    "Refused",
    "Stopped",
    "Taken",
    "Unknown",
]
__all__ += ["attach", "close", "encode_key", "end", "hello", "look", "parse", "query", "run", "setup"]

_HALF = 65536
_SAFE = pattern(r"[A-Za-z0-9_-]")
_ESCAPES = {b"\\\\": b"\\", b"\\n": b"\n", b"\\t": b"\t"}


@dataclass(frozen=True, slots=True)
class Ready:
    """The front has the session folder; `boot` is `fresh`, `same` or `rebooted`."""

    boot: str
    session: str
    version: str


@dataclass(frozen=True, slots=True)
class Refused:
    """The session or the directory (`what`) cannot be used."""

    what: str
    path: str


@dataclass(frozen=True, slots=True)
class Claimed:
    """The key was claimed before: nothing was started."""

    key: str


@dataclass(frozen=True, slots=True)
class Never:
    """The command was taken back before it was claimed; it never started."""

    key: str


@dataclass(frozen=True, slots=True)
class Unknown:
    """The command was claimed, its shell is gone, and its end was not written down."""

    key: str


@dataclass(frozen=True, slots=True)
class Failed:
    """The request could not be carried out."""

    key: str
    reason: str


@dataclass(frozen=True, slots=True)
class Looked:
    """How far a command is: `never-started`, `running`, `ended` or `unknown`."""

    key: str
    progress: str


@dataclass(frozen=True, slots=True)
class Stopped:
    """The command's tree was ended, but for the processes in `left`."""

    key: str
    left: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Closed:
    """The front has ended what it had to end."""


@dataclass(frozen=True, slots=True)
class Taken:
    """Another front has taken the session over; this one is gone."""


@dataclass(frozen=True, slots=True)
class Ended:
    """A command ended.

    Attributes:
        exit_code: None when its tree was ended from outside.
        reason: Why it was ended from outside (`time-limit`, `stopped`, `controller-gone`); None when it was not.
        seconds: Wall time.
        line: Line of the command that failed, from 1, when the shell knew it.
        left: Processes that could not be ended.
    """

    key: str
    exit_code: int | None
    reason: str | None
    seconds: float
    line: int | None
    left: tuple[int, ...]
    stdout: Output
    stderr: Output

    @property
    def ending(self) -> Ending:
        """The ending in the record's words."""
        if self.reason is None:
            return Ending.DONE
        return Ending.TIME_LIMIT if self.reason == "time-limit" else Ending.STOPPED


Greeting = Ready | Refused
Outcome = Ended | Claimed | Never | Unknown | Failed
GREETINGS: tuple[type[Greeting], ...] = (Ready, Refused)
OUTCOMES: tuple[type[Outcome], ...] = (Ended, Claimed, Never, Unknown, Failed)
Event = Greeting | Outcome | Looked | Stopped | Closed | Taken


def encode_key(key: str) -> str:
    """Turn any key into a file name (`step-…`, at most 125 characters), different keys into different names."""
    name = "".join(char if _SAFE.match(char) else "".join(f"%{byte:02x}" for byte in char.encode()) for char in key)
    if len(name) <= 120:
        return f"step-{name}"
    from hashlib import blake2b  # costs start-up time, and keys are short

    return f"step-{name[:80]}%{blake2b(key.encode(), digest_size=16).hexdigest()}"


def _text(value: str) -> str:
    if "\0" in value:
        raise ValueError("a NUL character cannot travel to a shell")
    return "=" + value.replace("\\", "\\\\").replace("\n", "\\n").replace("\t", "\\t")


def _line(*fields: str) -> bytes:
    return "\t".join(fields).encode("utf-8", "surrogateescape") + b"\n"


def setup(directory: str, environment: Mapping[str, str], secrets: Mapping[str, str]) -> bytes:
    """The lines that a front, or a query, needs before anything else."""
    lines = [_line("export", name, _text(value)) for name, value in environment.items()]
    lines += [_line("secret", name, _text(value)) for name, value in secrets.items()]
    return b"".join([*lines, _line("cd", _text(directory))])


def hello() -> bytes:
    """Ask whether the front is there and what it found."""
    return _line("hello")


def run(key: str, command: str, *, limit: Seconds, outlive: bool, variables: Mapping[str, str]) -> bytes:
    """Ask for a command to be claimed and run in the shell."""
    pairs = [field for name, value in variables.items() for field in (name, _text(value))]
    return _line("run", key, f"{limit:.3f}", str(int(outlive)), _text(command), *pairs)


def attach(key: str, *, limit: Seconds, outlive: bool) -> bytes:
    """Ask for the end of a command that was claimed before."""
    return _line("attach", key, f"{limit:.3f}", str(int(outlive)))


def look(key: str) -> bytes:
    """Ask how far a command is."""
    return _line("look", key)


def end(key: str, reason: str) -> bytes:
    """Ask for a command's tree to be ended, for a reason of `Ended.reason`."""
    return _line("end", key, reason)


def close() -> bytes:
    """Ask the front to end what may not outlive it, and to go."""
    return _line("close")


def query(key: str, command: str, *, limit: Seconds, stdin: bytes) -> bytes:
    """The last line for a process of kind `query`."""
    escaped = "".join(f"\\0{byte:03o}" if byte in b"\0\\\n\t" or byte > 126 else chr(byte) for byte in stdin)
    return _line("run", key, f"{max(limit, 0.01):.3f}", _text(command), "=" + escaped)


def parse(line: bytes) -> Event | None:
    """Read one line of a front, worker or query; None for anything else (a login shell's greeting, say)."""
    name, *fields = line.rstrip(b"\n").split(b"\t")
    try:
        return _ended(fields) if name == b"end" else _short(name.decode(), [_unescape(field) for field in fields])
    except ValueError:
        return None


def _short(name: str, fields: list[str]) -> Event | None:  # noqa: C901 - one case for each event
    match name, fields:
        case "ready", [boot, session, version]:
            return Ready(boot, session[1:], version)
        case "refused", [what, value]:
            return Refused(what, value[1:])
        case "claimed", [key]:
            return Claimed(key)
        case "never", [key]:
            return Never(key)
        case "unknown", [key]:
            return Unknown(key)
        case "error", [key, reason]:
            return Failed(key, reason[1:])
        case "progress", [key, progress]:
            return Looked(key, progress)
        case "stopped", [key, left]:
            return Stopped(key, _pids(left))
        case "closed", []:
            return Closed()
        case "taken", []:
            return Taken()
        case _:
            return None


def _ended(fields: list[bytes]) -> Ended:
    key, how, *numbers = (field.decode() for field in fields[:-2])
    stdout, stderr = (_output(field) for field in fields[-2:])
    if how == "ended":
        reason, ticks, left = numbers
        return Ended(key, None, reason, int(ticks) / 100, None, _pids(left), stdout, stderr)
    code, micros, ticks, line, _ = numbers
    return Ended(key, int(code), None, _seconds(micros, ticks), None if line == "-" else int(line), (), stdout, stderr)


def _seconds(micros: str, ticks: str) -> float:
    """The wall clock is finer and may be set while a command runs; the steady one decides whether it was."""
    steady = int(ticks) / 100
    if micros == "-" or abs(int(micros) / 1e6 - steady) > 0.1:
        return steady
    return int(micros) / 1e6


def _pids(field: str) -> tuple[int, ...]:
    return () if field == "-" else tuple(int(pid) for pid in field.split(","))


def _unescape(field: bytes) -> str:
    return re.sub(rb"\\[\\nt]", lambda match: _ESCAPES[match[0]], field).decode("utf-8", "replace")


def _output(field: bytes) -> Output:
    if field == b"-":
        return Output()
    if field.startswith(b"e"):
        raw = re.sub(rb"\\[\\nt]", lambda match: _ESCAPES[match[0]], field[1:])
        return Output(raw.decode("utf-8", "replace"), len(raw))
    size_text, *parts = field[1:].split(b":")
    size, pieces = int(size_text), [b64decode(part) for part in parts]
    kept = sum(len(piece) for piece in pieces)
    if len(pieces) == 1 and kept <= 2 * _HALF:
        return Output(pieces[0].decode("utf-8", "replace"), max(size, kept))
    note = f"\n[… {size - kept} bytes left out …]\n"
    return Output(note.join(piece.decode("utf-8", "replace") for piece in pieces), size, cut=True)
