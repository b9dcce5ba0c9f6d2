"""Looks at a double until something is true or the patience is over, and runs what faults need there."""

from collections.abc import Awaitable, Callable

from wetrun.faults.problems import FaultFailedError
from wetrun.runtime.ports import Effect, Ran, World

__all__ = ["PATIENCE", "bash", "must", "until"]

PATIENCE = 5.0
"""Seconds after which a fault without effect counts as one."""

_SOONEST, _LATEST = 0.01, 0.2


async def until(
    world: World, look: Callable[[], Awaitable[Effect]], *, present: bool, patience: float = PATIENCE
) -> Effect:
    """Look again and again, ever more slowly, until the disturbance is there (or is not).

    Args:
        world: Whose time passes.
        look: Measures once.
        present: What is waited for.
        patience: Real seconds.

    Returns:
        The last measurement, whichever it is.
    """
    end, pause = world.now() + patience, _SOONEST
    while True:
        effect = await look()
        if effect.present is present or world.now() >= end:
            return effect
        await world.sleep(pause)
        pause = min(pause * 1.5, _LATEST)


async def bash(world: World, script: str, *arguments: str, stdin: bytes = b"", limit: float = 30.0) -> Ran:
    """Run a script in the double; the arguments become its positional parameters."""
    return await world.run("bash", "-c", script, "fault", *arguments, stdin=stdin, limit=limit)


async def must(
    world: World, kind: str, doing: str, script: str, *arguments: str, stdin: bytes = b"", limit: float = 30.0
) -> str:
    """Run a script that has to succeed and return what it wrote.

    Raises:
        FaultFailedError: It did not.
    """
    ran = await bash(world, script, *arguments, stdin=stdin, limit=limit)
    if ran.exit_code != 0:
        raise FaultFailedError(kind, doing, ran.stderr or f"exit code {ran.exit_code}")
    return ran.stdout
