"""A command of a runbook, with the comments and the output that belong to it; and a block of them."""

from dataclasses import field

from wetrun.formats.runbook.expectations.remarks import Marker
from wetrun.lean import dataclass

__all__ = ["Listed", "Said", "ShellBlock", "Words"]


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
        guess: Why it may be no command of the deployment, or None.
    """

    text: str
    line: int
    column: int
    understood: bool = True
    above: "list[Words]" = field(default_factory=list["Words"])
    said: list[Said] = field(default_factory=list[Said])
    output: tuple[int, tuple[str, ...]] | None = None
    exit: int | None = None
    guess: str | None = None


@dataclass(frozen=True, slots=True)
class Words:
    """A comment that explains; `line` from 0, in the document."""

    text: str
    line: int


@dataclass(slots=True)
class ShellBlock:
    """A shell block taken apart.

    Attributes:
        loose: Comments that belong to no command.
        doubts: What is no command, or may be none: the line (from 0, in the document), why, and what stands there.
    """

    commands: list[Listed] = field(default_factory=list[Listed])
    loose: list[Words] = field(default_factory=list[Words])
    doubts: list[tuple[int, str, str]] = field(default_factory=list[tuple[int, str, str]])
