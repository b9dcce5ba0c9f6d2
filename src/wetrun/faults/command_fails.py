"""command-fails: a command fails (synthetic: a scripted failure stands in for it)."""

from shlex import quote
from typing import ClassVar

from wetrun.faults.shims import Shim
from wetrun.lean import dataclass
from wetrun.runtime.ports import Effect, World

__all__ = ["CommandFails"]


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandFails:
    """A command fails at once, without doing anything. Synthetic: a scripted failure stands in for it.

    Does: a stand-in that is found first in PATH writes `stderr` and exits with `exit` when the arguments match; else
    the real command runs.
    Needs: a command that is called by its name, not by its path.
    Measured: the command's name leads to the misbehaving stand-in; its uses are counted.

    Attributes:
        command: The command's name.
        matching: A regular expression that must be found in its arguments (joined by blanks); any when not given.
        exit: The exit code.
        stderr: What it writes to stderr.
    """

    kind: ClassVar[str] = "command-fails"
    synthetic: ClassVar[bool] = True
    command: str
    matching: str | None = None
    exit: int = 1
    stderr: str = ""

    def __post_init__(self) -> None:
        self._shim.check()
        if not 0 < self.exit < 256:
            raise ValueError(f"has an `exit` of {self.exit}; a failure's code lies from 1 to 255")

    @property
    def _shim(self) -> Shim:
        return Shim(self.kind, self.command, self.matching)

    async def prepare(self, world: World) -> None:
        """Lay the stand-in; it passes everything on."""
        await self._shim.lay(world)

    async def inject(self, world: World) -> None:
        """Let it fail."""
        said = f"printf '%s\\n' {quote(self.stderr)} >&2\n" if self.stderr else ""
        await self._shim.misbehave(world, f"{said}exit {self.exit}\n")

    async def took_effect(self, world: World) -> Effect:
        """Measure which command the name leads to."""
        return await self._shim.effect(world)

    async def used(self, world: World) -> Effect:
        """Measure whether anything has called the command since: a fault that nobody meets proves nothing."""
        return await self._shim.used(world)

    async def clear(self, world: World) -> None:
        """Let it pass everything on again."""
        await self._shim.behave(world)

    async def gone(self, world: World) -> Effect:
        """Measure which command the name leads to."""
        return await self._shim.effect(world)
