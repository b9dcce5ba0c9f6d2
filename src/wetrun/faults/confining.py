"""Keeps faults inside of the double: without isolation there is a real machine around it."""

from wetrun.faults.measuring import bash
from wetrun.faults.problems import ImpossibleFaultError
from wetrun.runtime.ports import World

__all__ = ["inside_double", "sandbox_only"]

_SANDBOX = "/run/wetrun/shims"
_HINT = "rehearse it with `--isolation namespaces`"


async def sandbox_only(world: World, kind: str) -> None:
    """Refuse a fault that mounts, or lays files into system folders, where these are a real machine's.

    Raises:
        ImpossibleFaultError: The double is no sandbox.
    """
    if not await _is_sandbox(world):
        raise ImpossibleFaultError(kind, "it would change this machine, since the double is not isolated", _HINT)


async def inside_double(world: World, kind: str, path: str) -> None:
    """Refuse to touch a path that is not the double's.

    Raises:
        ImpossibleFaultError: The double is no sandbox, and the path lies outside of its folder.
    """
    if await _is_sandbox(world):
        return
    real = 'path=$(realpath -m -- "$1"); folder=$(realpath -m -- "$2"); [[ $path/ == "$folder"/* ]]'
    if (await bash(world, real, path, world.directory)).exit_code != 0:
        raise ImpossibleFaultError(kind, f"`{path}` is a real machine's, since the double is not isolated", _HINT)


async def _is_sandbox(world: World) -> bool:
    return (await world.run("test", "-d", _SANDBOX)).exit_code == 0
