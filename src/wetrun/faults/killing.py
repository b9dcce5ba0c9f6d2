"""Kills processes at once and remembers which, so that it can be measured that they are gone."""

from wetrun.faults.measuring import until
from wetrun.faults.processes import Identity, alive, matching, numbers, signal
from wetrun.runtime.ports import Effect, World

__all__ = ["kill", "killed"]


async def killed(world: World, victims: list[Identity], pattern: str) -> Effect:
    """Measure that every one of the killed processes is gone; those that came after them are mentioned."""
    if not victims:
        return Effect(present=False, measured=f"no command line matched `{pattern}`: there was nothing to kill")

    async def look() -> Effect:
        left = await alive(world, victims)
        if left:
            return Effect(present=False, measured=f"process {numbers(left)} survived")
        return Effect(present=True, measured=f"process {numbers(victims)} is gone")

    effect = await until(world, look, present=True)
    successors = await matching(world, pattern)
    if effect.present and successors:
        return Effect(present=True, measured=f"{effect.measured}; started again as {numbers(successors)}")
    return effect


async def kill(world: World, victims: list[Identity]) -> None:
    """Send SIGKILL."""
    await signal(world, "KILL", victims)
