"""command-slow: a command takes longer (synthetic: a scripted delay stands before it)."""

from typing import ClassVar

from wetrun.faults.shims import Shim
from wetrun.lean import dataclass
from wetrun.runtime.ports import Effect, World
from wetrun.units import Seconds

__all__ = ["CommandSlow"]


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandSlow:
    """A command takes longer than usual, and then does its work. Synthetic: a scripted delay stands before it.

    Does: a stand-in that is found first in PATH waits for `delay` when the arguments match, and then runs the real
    command. The delay is not scaled by `--speed`, as commands are not.
    Needs: a command that is called by its name, not by its path.
    Measured: the command's name leads to the misbehaving stand-in; its uses are counted.

    Attributes:
        command: The command's name.
        delay: How much longer it takes.
        matching: A regular expression that must be found in its arguments (joined by blanks); any when not given.
    """

    kind: ClassVar[str] = "command-slow"
    synthetic: ClassVar[bool] = True
    command: str
    delay: Seconds
    matching: str | None = None

    def __post_init__(self) -> None:
        self._shim.check()
        if self.delay <= 0:
            raise ValueError("needs a `delay` above 0")

    @property
    def _shim(self) -> Shim:
        return Shim(self.kind, self.command, self.matching)

    async def prepare(self, world: World) -> None:
        """Lay the stand-in; it passes everything on."""
        await self._shim.lay(world)

    async def inject(self, world: World) -> None:
        """Let it take longer."""
        # The default PATH: in a rehearsal that hurries `sleep` is shorter than it says, and this is no wait of a plan.
        await self._shim.misbehave(world, f"command -p sleep {self.delay:g}\n")

    async def took_effect(self, world: World) -> Effect:
        """Measure which command the name leads to."""
        return await self._shim.effect(world)

    async def used(self, world: World) -> Effect:
        """Measure whether anything has called the command since: a fault that nobody meets proves nothing."""
        return await self._shim.used(world)

    async def clear(self, world: World) -> None:
        """Let it pass everything on at once again."""
        await self._shim.behave(world)

    async def gone(self, world: World) -> Effect:
        """Measure which command the name leads to."""
        return await self._shim.effect(world)
