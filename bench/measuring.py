"""Measuring: programs timed in turns beside each other, and what a measurement is held to."""

import os
import resource
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median
from typing import Any

__all__ = [
    "BIN",
    "ROOT",
    "Measured",
    "Shown",
    "allocated",
    "environment",
    "in_turns",
    "pids_below",
    "processor_seconds_of",
    "seconds_of",
    "spread",
]

ROOT = Path(__file__).resolve().parents[1]
BIN = ROOT / ".venv/bin"


@dataclass(frozen=True, slots=True)
class Measured:
    """One target with its limit, and what was measured.

    Attributes:
        target: What is promised.
        value: In `unit`.
        limit: In `unit`; at most, or at least where `least` says so.
        detail: The numbers that it comes from.
    """

    target: str
    value: float
    limit: float
    unit: str
    detail: str = ""
    least: bool = False

    @property
    def met(self) -> bool:
        """Whether the promise is kept."""
        return self.value >= self.limit if self.least else self.value <= self.limit

    def plain(self) -> dict[str, Any]:
        """For the results' file."""
        return {**asdict(self), "met": self.met}


@dataclass(frozen=True, slots=True)
class Shown:
    """A number that is not held to anything, printed beside those that are."""

    what: str
    value: str


def environment(**more: str) -> dict[str, str]:
    """This process's variables, with byte code cached as in every ordinary installation."""
    kept = {name: value for name, value in os.environ.items() if name not in {"PYTHONDONTWRITEBYTECODE", "PYTHONPATH"}}
    return {**kept, **more}


def seconds_of(argv: Sequence[str | Path], folder: Path, variables: Mapping[str, str] | None = None) -> float:
    """Run a program to its end and take its time, process start included.

    Raises:
        RuntimeError: It failed: then its time means nothing.
    """
    began = time.perf_counter()
    ran = subprocess.run(
        list(map(str, argv)),
        cwd=folder,
        env=environment(**(variables or {})),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
    )
    seconds = time.perf_counter() - began
    if ran.returncode:
        raise RuntimeError(f"{argv} exited with {ran.returncode}: {ran.stderr.decode(errors='replace')[-2000:]}")
    return seconds


def processor_seconds_of(argv: Sequence[str | Path], folder: Path) -> float:
    """Run a program to its end and take what it cost the processor, which other programs disturb less than its time."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    seconds_of(argv, folder)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def in_turns(times: int, contestants: Mapping[str, Callable[[], float]]) -> dict[str, list[float]]:
    """Let each measure itself once in turn, so that a busy moment of the machine meets all; the first round warms up.

    Returns:
        Values by name, in the order of the turns.
    """
    values: dict[str, list[float]] = {name: [] for name in contestants}
    for turn in range(times + 1):
        for name, measure in contestants.items():
            value = measure()
            if turn:
                values[name].append(value)
    return values


def spread(values: Sequence[float]) -> str:
    """The median and the least of values in seconds, for people."""
    return f"{median(values) * 1000:.0f} ms (least {min(values) * 1000:.0f})"


def allocated(folder: Path) -> int:
    """Bytes of disk that a folder and what is below it take, as allocated."""
    return sum(path.lstat().st_blocks * 512 for path in (folder, *folder.rglob("*")))


def pids_below(pid: int) -> set[int]:
    """Every process that descends from this one."""
    found: set[int] = set()
    waiting = [pid]
    while waiting:
        for children in Path(f"/proc/{waiting.pop()}/task").glob("*/children"):
            try:
                fresh = {int(child) for child in children.read_text().split()} - found
            except OSError:
                continue
            found |= fresh
            waiting.extend(fresh)
    return found
