"""What is remembered of the imports into a plan: in `.wetrun/imports` beside it."""

import os
import re
from pathlib import Path

from wetrun.errors import WetrunError
from wetrun.lean import dataclass

__all__ = ["Asked", "ImportRecord", "UnwritablePlanError", "write_whole"]

_HEAD = re.compile(r"# Drafted by `wetrun import` from (?P<name>.+?)\. Each value says")


class UnwritablePlanError(WetrunError):
    """The plan cannot be written where it should go."""

    def __init__(self, output: Path, error: OSError) -> None:
        there = output.absolute().parent.is_dir()
        why = (error.strerror or str(error)).lower() if there else f"there is no folder `{output.parent}`"
        super().__init__(f"cannot write `{output}`: {why}", hint="name a file in a folder that is there and writable")
        self.output = output


@dataclass(frozen=True, slots=True)
class Asked:
    """What a person was asked to settle: the plan as it was then, and the draft that was to be merged into it."""

    mine: str
    theirs: str


@dataclass(frozen=True, slots=True)
class ImportRecord:
    """The imports into one plan.

    Attributes:
        output: The plan.
    """

    output: Path

    @property
    def shown(self) -> Path:
        """The file that shows both sides of a conflict."""
        return self.output.with_name(self.output.name + ".conflict")

    @property
    def base(self) -> str | None:
        """What the last import drafted, or None when nothing was imported."""
        return self._read("base")

    def is_from(self, source: Path) -> bool:
        """Whether the last import was of this document, as far as that is known."""
        before = self.source
        if before is None:
            return True
        return before == (self._told(source) if self._file("source").is_file() else source.name)

    @property
    def source(self) -> str | None:
        """The document that was imported last: its path from the plan's folder, or only its name, or None."""
        told = self._read("source")
        if told is not None:
            return told.rstrip("\n")
        # Earlier versions wrote its name into the draft, and nowhere else.
        head = _HEAD.match(self.base or "")
        return None if head is None else head["name"]

    @property
    def asked(self) -> Asked | None:
        """What the last import left to a person, or None when it left nothing."""
        mine, theirs = self._read("mine"), self._read("theirs")
        return None if mine is None or theirs is None else Asked(mine, theirs)

    def ask(self, asked: Asked, shown: str) -> None:
        """Leave something to a person, and show both sides."""
        self._write("mine", asked.mine)
        self._write("theirs", asked.theirs)
        write_whole(self.shown, shown)

    def done(self, draft: str, source: Path) -> None:
        """An import is done: remember what it drafted and from where; nothing is left to a person."""
        self._write("base", draft)
        self._write("source", self._told(source) + "\n")
        for old in (self._file("theirs"), self._file("mine")):
            old.unlink(missing_ok=True)

    def _told(self, source: Path) -> str:
        folder, path = self.output.absolute().parent, source.absolute()
        try:
            return Path(os.path.relpath(path, folder)).as_posix()
        except ValueError:  # on another drive
            return path.as_posix()

    def _file(self, kind: str) -> Path:
        return self.output.absolute().parent / ".wetrun" / "imports" / f"{self.output.name}.{kind}"

    def _read(self, kind: str) -> str | None:
        try:
            return self._file(kind).read_bytes().decode("utf-8", "replace")
        except FileNotFoundError:
            return None

    def _write(self, kind: str, text: str) -> None:
        path = self._file(kind)
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, text)


def write_whole(path: Path, text: str) -> None:
    """Write a file whole or not at all; line ends stay as they are.

    Raises:
        UnwritablePlanError: It cannot be written there.
    """
    part = path.with_name(path.name + ".part")
    try:
        part.write_text(text, encoding="utf-8", newline="")
    except OSError as error:
        raise UnwritablePlanError(path, error) from error
    os.replace(part, path)  # noqa: PTH105 - the same, and it overwrites on every system
