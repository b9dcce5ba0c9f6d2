"""process-kill: every process whose command line matches is killed, whether the plan knows its service or not."""

import re
from dataclasses import field
from typing import ClassVar

from wetrun.faults.killing import kill, killed
from wetrun.faults.processes import Identity, identities, matching, numbers
from wetrun.lean import dataclass
from wetrun.runtime.ports import Effect, World

__all__ = ["ProcessKill"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcessKill:
    """Processes are killed at once, found by their command line.

    Does: sends SIGKILL to every process that matches. It is a single blow: clearing has nothing to take away, and
    starts nothing.
    Needs: nothing.
    Measured: the killed processes are gone; that others took their place is said, too.

    Attributes:
        match: A regular expression that is found in the command lines of the processes to kill.
    """

    kind: ClassVar[str] = "process-kill"
    synthetic: ClassVar[bool] = False
    match: str
    _victims: list[Identity] = field(default_factory=list[Identity], init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        try:
            re.compile(self.match)
        except re.error as problem:
            raise ValueError(f"has a `match` that is no regular expression: {problem}") from problem

    async def prepare(self, world: World) -> None:
        """Nothing is needed."""

    async def inject(self, world: World) -> None:
        """Kill what matches."""
        self._victims[:] = identities(await matching(world, self.match))
        await kill(world, self._victims)

    async def took_effect(self, world: World) -> Effect:
        """Measure that the killed processes are gone."""
        return await killed(world, self._victims, self.match)

    async def clear(self, world: World) -> None:
        """Nothing is left to take away."""

    async def gone(self, world: World) -> Effect:
        """Say what runs now: the blow itself is over as soon as it has fallen."""
        running = await matching(world, self.match)
        now = f"now process {numbers(running)} matches" if running else f"nothing runs that matches `{self.match}`"
        return Effect(present=False, measured=f"a single blow; {now}")
