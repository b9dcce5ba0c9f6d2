"""wetrun as its users run it: a process of its own, a state folder, and what can be seen of both from outside."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from wetrun.journal.port import JournalError, Record
from wetrun.journal.sqlite import SqliteJournal

__all__ = ["CommandLine", "belonging", "ended", "text_files_with", "wait_until"]

PATIENCE = 60.0
"""Seconds after which waiting for what has to come is given up; nothing is measured by it."""


@dataclass(frozen=True, slots=True)
class CommandLine:
    """The `wetrun` command in a folder with a plan.

    Attributes:
        folder: Where the plan is; the state goes into `.wetrun` there.
        environment: Further variables.
    """

    folder: Path
    environment: Mapping[str, str] = field(default_factory=dict[str, str])

    @property
    def state(self) -> Path:
        """The state folder."""
        return self.folder / ".wetrun"

    def start(self, *arguments: str, **options: Any) -> "subprocess.Popen[str]":
        """Start it; stdout and stderr are pipes unless told otherwise."""
        chosen: dict[str, Any] = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True} | options
        return subprocess.Popen(
            [sys.executable, "-m", "wetrun", *arguments],
            cwd=self.folder,
            env={**os.environ, **self.environment},
            stdin=subprocess.DEVNULL,
            **chosen,
        )

    def run(self, *arguments: str, timeout: float = 120) -> "subprocess.CompletedProcess[str]":
        """Run it to its end."""
        process = self.start(*arguments)
        try:
            out, err = process.communicate(timeout=timeout)
        except subprocess.TimeoutExpired:
            process.kill()
            out, err = process.communicate()
            raise AssertionError(f"`wetrun {' '.join(arguments)}` does not end; it said:\n{out}{err}") from None
        return subprocess.CompletedProcess(process.args, process.returncode, out, err)

    def records(self) -> dict[str, tuple[Record, ...]]:
        """Every run in the record, readable at any moment; empty when there is no record yet."""
        try:
            with SqliteJournal.read_only(self.state / "journal.sqlite") as journal:
                return {run: journal.read(run) for run in journal.runs()}
        except JournalError:
            return {}

    def bodies(self, kind: str, key: str, value: str) -> list[Any]:
        """Recorded bodies of a kind in which `key` is `value`, over all runs in order."""
        found: list[Any] = [
            record.body for records in self.records().values() for record in records if record.kind == kind
        ]
        return [body for body in found if body.get(key) == value]

    def begun(self) -> list[str]:
        """The steps that were begun, as `section/step`, over all runs in order."""
        return [f"{body['section']}/{body['step']}" for body in self.bodies("effect", "effect", "RunStep")]


@contextmanager
def ended(process: "subprocess.Popen[str]") -> Iterator[None]:
    """Wait for a process's end after the body; when the body fails it is killed first, so that the failure is seen."""
    with process:
        try:
            yield
        except BaseException:
            process.kill()
            raise


def wait_until(condition: Callable[[], object], *, what: str = "it") -> None:
    """Wait for what has to come; a test that waits in vain fails."""
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, f"{what} never happened"
        time.sleep(0.01)


def belonging(folder: Path) -> list[str]:
    """Processes other than ours that have to do with a folder, whatever their namespaces: `PID command line`.

    By what they were called with, what they have open, their environment, and by what is mounted where they are: every
    process of a sandbox sees a mount that comes from its state folder.
    """
    tail = "/".join(folder.parts[-3:]).encode()
    found: list[str] = []
    for entry in Path("/proc").glob("[0-9]*"):
        if int(entry.name) == os.getpid():
            continue
        if any(tail in text for text in _traces(entry)):
            line = _read(entry / "cmdline").replace(b"\0", b" ").decode(errors="replace").strip()
            found.append(f"{entry.name} {line}")
    return found


def _traces(process: Path) -> Iterator[bytes]:
    for name in ("cmdline", "environ"):
        yield _read(process / name)
    try:
        for descriptor in (process / "fd").iterdir():
            yield os.fsencode(descriptor.readlink())
    except OSError:
        pass  # It is ending, or somebody else's.
    ours = _read(Path("/proc/self/mountinfo"))
    if (mounts := _read(process / "mountinfo")) != ours:
        yield mounts


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        return b""


def text_files_with(folder: Path, needle: str) -> list[str]:
    """Files below a folder that contain a text, whatever else they hold."""
    wanted = needle.encode()
    return [
        str(path)
        for path in folder.rglob("*")
        if path.is_file() and not path.is_symlink() and wanted in path.read_bytes()
    ]
