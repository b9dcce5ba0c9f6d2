"""A service's processes in the double: found, signalled, looked for again."""

import re
from collections.abc import Iterable, Sequence

from wetrun.faults.measuring import bash
from wetrun.faults.problems import ImpossibleFaultError, UnknownServiceError
from wetrun.lean import pattern as compiled
from wetrun.plan.double import Service
from wetrun.runtime.ports import Process, World

__all__ = ["Identity", "alive", "identities", "matching", "numbers", "of_service", "service_named", "signal", "whole"]

_SUPERVISOR = compiled(r"bash (-l?c __wetrun_source=|\S*/supervisor\.[0-9a-f]{10,} (worker|query) )")
"""The shells in which steps run: production has none of them, so a fault that struck them would prove nothing."""

Identity = tuple[int, int]
"""A process's number and when it started: a number alone may name another process later."""


def service_named(world: World, name: str, kind: str) -> Service:
    """Find a service of the plan.

    Raises:
        UnknownServiceError: The plan describes no such service.
        ImpossibleFaultError: It does not say how its processes are found.
    """
    service = world.services.get(name)
    if service is None:
        raise UnknownServiceError(name, world.services)
    if not service.process:
        hint = f"give `services/{name}/process` a regular expression that is found in its command line"
        raise ImpossibleFaultError(kind, f"nothing says which processes belong to `{name}`", hint)
    return service


async def matching(world: World, pattern: str) -> tuple[Process, ...]:
    """Every living process in whose command line the regular expression is found, but for our own shells."""
    wanted = re.compile(pattern)
    return tuple(
        each
        for each in await world.processes()
        if each.state not in "ZX" and wanted.search(each.command) and not _SUPERVISOR.match(each.command)
    )


async def of_service(world: World, service: Service) -> tuple[Process, ...]:
    """The service's own processes, without children that do not match."""
    return await matching(world, service.process)


async def whole(world: World, roots: Iterable[Process]) -> tuple[Process, ...]:
    """The processes and everything that descends from them, parents before children."""
    everything = await world.processes()
    found = {each.pid: each for each in roots}
    order = list(found.values())
    for each in order:
        for child in everything:
            if child.parent == each.pid and child.pid not in found and child.state not in "ZX":
                found[child.pid] = child
                order.append(child)
    return tuple(order)


async def signal(world: World, name: str, processes: Iterable[Identity]) -> None:
    """Send a signal (`KILL`, `STOP`…); what is gone already does not matter."""
    pids = [str(pid) for pid, _ in processes]
    if pids:
        await bash(world, 'name=$1; shift; kill -s "$name" -- "$@"; exit 0', name, *pids)


async def alive(world: World, processes: Iterable[Identity]) -> tuple[Process, ...]:
    """Those of the processes that still run, the very same ones."""
    wanted = set(processes)
    return tuple(
        each for each in await world.processes() if (each.pid, each.started) in wanted and each.state not in "ZX"
    )


def identities(processes: Sequence[Process]) -> list[Identity]:
    """What names these processes for good."""
    return [(each.pid, each.started) for each in processes]


def numbers(processes: Iterable[Process] | Iterable[Identity]) -> str:
    """The process numbers, for people."""
    pids = sorted(each.pid if isinstance(each, Process) else each[0] for each in processes)
    return ", ".join(str(pid) for pid in pids[:8]) + (f" and {len(pids) - 8} more" if len(pids) > 8 else "")
