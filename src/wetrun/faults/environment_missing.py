"""environment-missing: a key is not in the environment file on the server."""

import re
from collections.abc import Iterator
from dataclasses import field
from typing import ClassVar

from wetrun.faults.confining import inside_double
from wetrun.faults.measuring import must
from wetrun.faults.problems import ImpossibleFaultError
from wetrun.lean import dataclass
from wetrun.runtime.ports import Effect, World

__all__ = ["EnvironmentMissing"]

# $1 file. Written in place, so that owner and mode stay, and links still lead there.
_REPLACE = 'cat > "$1"'


@dataclass(frozen=True, slots=True, kw_only=True)
class EnvironmentMissing:
    """A variable that the release needs is missing on the server.

    Does: takes every definition of the name out of an environment file (`NAME=value`, also with `export`, and values
    in quotes that go over several lines). Clearing puts them back where they were, unless the name is defined again by
    then.
    Needs: the file, in the form that `.env` files, `EnvironmentFile=` of systemd and shells share.
    Measured: the file as it is read by others has no definition of the name.

    Attributes:
        file: The file, absolute or relative to the first target's directory.
        name: The variable.
    """

    kind: ClassVar[str] = "environment-missing"
    synthetic: ClassVar[bool] = False
    file: str
    name: str
    _taken: list[tuple[int, bytes]] = field(
        default_factory=list[tuple[int, bytes]], init=False, repr=False, compare=False
    )

    def __post_init__(self) -> None:
        if not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_.-]*", self.name):
            raise ValueError(f"has a `name` of `{self.name}`, which is no variable's")

    async def prepare(self, world: World) -> None:
        """Make sure that the file is the double's; it may come with the plan's own steps."""
        await inside_double(world, self.kind, self.file)

    async def inject(self, world: World) -> None:
        """Take the definitions out."""
        text = await self._read(world)
        found = list(self._definitions(text))
        if not found:
            hint = f"name a variable that `{self.file}` defines"
            raise ImpossibleFaultError(self.kind, f"`{self.file}` does not define `{self.name}`", hint)
        rest, start = b"", 0
        for match in found:
            rest += text[start : match.start()]
            self._taken.append((len(rest), match[0]))
            start = match.end()
        await self._write(world, rest + text[start:])

    async def took_effect(self, world: World) -> Effect:
        """Read the file."""
        return await self._look(world)

    async def clear(self, world: World) -> None:
        """Put the definitions back, unless there are new ones."""
        if not self._taken:
            return
        text = await self._read(world)
        if next(self._definitions(text), None) is not None:
            return
        for place, lines in reversed(self._taken):
            # Somebody may have changed the file meanwhile: then the next beginning of a line is the place.
            at = 0 if place == 0 else text.find(b"\n", min(place, len(text)) - 1) + 1 or len(text)
            joint = b"\n" if at == len(text) and text and not text.endswith(b"\n") else b""
            text = text[:at] + joint + lines + text[at:]
        await self._write(world, text)

    async def gone(self, world: World) -> Effect:
        """Read the file."""
        if not self._taken:
            return Effect(present=False, measured="nothing was taken out")
        return await self._look(world)

    async def _look(self, world: World) -> Effect:
        count = sum(1 for _ in self._definitions(await self._read(world)))
        return Effect(
            count == 0, f"`{self.file}` defines `{self.name}` {count or 'no'} time{'s' if count != 1 else ''}"
        )

    def _definitions(self, text: bytes) -> Iterator[re.Match[bytes]]:
        name = re.escape(self.name).encode()
        value = rb"(?:\"(?:[^\"\\]|\\.)*\"|'[^']*'|[^\n\"'])*"
        return re.finditer(
            rb"^[ \t]*(?:export[ \t]+)?" + name + rb"[ \t]*=" + value + rb"[^\n]*(?:\n|\Z)",
            text,
            re.MULTILINE | re.DOTALL,
        )

    async def _read(self, world: World) -> bytes:
        try:
            return await world.read(self.file)
        except OSError as problem:
            hint = "name the file as the first target's directory has it"
            raise ImpossibleFaultError(self.kind, f"`{self.file}`: {problem.strerror}", hint) from problem

    async def _write(self, world: World, text: bytes) -> None:
        await must(world, self.kind, f"write `{self.file}`", _REPLACE, self.file, stdin=text)
