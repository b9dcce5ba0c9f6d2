"""memory-leak: an application needs more and more memory, in its own process."""

import json
import re
from dataclasses import field
from typing import ClassVar

from wetrun.faults.confining import sandbox_only
from wetrun.faults.measuring import bash, must, until
from wetrun.faults.processes import Identity, numbers, of_service, service_named
from wetrun.lean import dataclass
from wetrun.plan.double import Service
from wetrun.runtime.ports import Effect, World
from wetrun.units import Bytes, format_bytes

__all__ = ["MemoryLeak"]

_FOLDER = "/run/wetrun/memory-leak"
_TRIGGER = f"{_FOLDER}/leaking"
_LEAKING = f"{_FOLDER}/by"
"""A folder with one file for each process in which the hook is at work, by its number: how many bytes it holds."""
_PLAIN = 50_000_000
_UNHOOKED = (
    "does not leak: it is neither Python nor Node, or was not started with the `PYTHONPATH` and `NODE_OPTIONS` "
    "that `double.start` and the plan's steps have"
)
_LEAST = 1 << 20
"""Bytes that a process must have grown by: less may be its own doing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MemoryLeak:
    """A Python or Node application leaks memory.

    Does: what `double.start` and the plan's steps start has a hook (`PYTHONPATH`, `NODE_OPTIONS`) that sleeps until the
    fault strikes. Then each process of the service fills `rate` bytes a second times `--speed`, at most half of the
    machine's free memory. No file of the application is touched. Clearing gives the memory back.
    Needs: the service's `process`; an application that Python (3.7 or newer, without `-I`, `-E` or `-S`) or Node runs,
    started with the two variables as they are: a plan or a script that sets them itself has to keep what they hold.
    Measured: a process of the service says how much the hook holds in it, and its resident memory grows by so much: at
    least half of what is asked for, and 1 MiB. When the leak is cleared, its memory shrinks by at least half of what
    the hook held: what a process has come to need by itself it may keep.

    Attributes:
        service: The service's name in the plan.
        rate: How many bytes a second.
    """

    kind: ClassVar[str] = "memory-leak"
    synthetic: ClassVar[bool] = False
    service: str
    rate: Bytes
    _first: dict[Identity, int] = field(default_factory=dict[Identity, int], init=False, repr=False, compare=False)
    # What each process had when the leak was cleared, and how much of it the hook held.
    _cleared: dict[Identity, tuple[int, int]] = field(
        default_factory=dict[Identity, tuple[int, int]], init=False, repr=False, compare=False
    )
    _struck: list[float] = field(default_factory=list[float], init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if self.rate <= 0:
            raise ValueError("needs a `rate` above 0")

    async def prepare(self, world: World) -> None:
        """Lay the hooks and have everything that the double starts load them."""
        service = service_named(world, self.service, self.kind)
        await sandbox_only(world, self.kind)
        from importlib.resources import files  # here, since reading a plan loads every kind of fault

        hooks = files("wetrun.faults.hooks")
        await world.write(f"{_FOLDER}/sitecustomize.py", (hooks / "leak_python.py").read_bytes())
        await world.write(f"{_FOLDER}/leak.cjs", (hooks / "leak_node.cjs").read_bytes())
        await must(world, self.kind, "make room for the hooks", 'mkdir -p -m 1777 -- "$1"', _LEAKING)
        await world.write(f"{_FOLDER}/pattern", service.process.encode())
        await world.write(f"{_FOLDER}/pattern.json", json.dumps(_in_javascript(service.process)).encode())
        for name, value, joint in (
            ("PYTHONPATH", _FOLDER, ":"),
            ("NODE_OPTIONS", f"--require={_FOLDER}/leak.cjs", " "),
        ):
            there = (await world.run("printenv", name)).stdout.rstrip("\n")
            await world.start_environment(name, joint.join(part for part in (value, there) if part))

    async def inject(self, world: World) -> None:
        """Let the leak begin."""
        await self._note(world, service_named(world, self.service, self.kind))
        free = re.search(rb"MemAvailable:\s*(\d+)", await world.read("/proc/meminfo"))
        most = int(free[1]) * 1024 // 2 if free else 1 << 30
        self._struck[:] = [world.now()]
        await world.write(_TRIGGER, f"{self.rate * world.speed:.0f} {most}".encode())

    async def took_effect(self, world: World) -> Effect:
        """Measure that a process of the service grows."""
        service = service_named(world, self.service, self.kind)
        rate = self.rate * world.speed

        async def look() -> Effect:
            growth = await self._note(world, service)
            wanted = float("inf")
            if self._struck:
                # Half of what was asked for; but at a speed a machine may not keep up, and so much is a leak anyhow.
                wanted = min(max(_LEAST, 0.5 * rate * (world.now() - self._struck[0])), _PLAIN)
            if not growth:
                return Effect(present=False, measured=f"no process of `{self.service}` runs")
            # A process that has just begun grows by itself, too: no more of it is the leak than what the hook holds.
            held = await _held(world)
            leaked = [min(grown, held[pid]) for (pid, _started), grown in growth.items() if pid in held]
            if not leaked:
                return Effect(present=False, measured=f"`{self.service}` (process {numbers(list(growth))}) {_UNHOOKED}")
            said = f"`{self.service}` grew by {format_bytes(max(leaked))}, {format_bytes(rate)} a second were asked for"
            return Effect(max(leaked) >= wanted, said)

        return await until(world, look, present=True, patience=min(60.0, max(10.0, 4 * _LEAST / rate)))

    async def clear(self, world: World) -> None:
        """Let the leak end; the hooks free what they hold."""
        held = await _held(world)
        for each in await of_service(world, service_named(world, self.service, self.kind)):
            if held.get(each.pid, 0) >= _LEAST:
                self._cleared[each.pid, each.started] = each.memory, held[each.pid]
        await world.run("rm", "-f", _TRIGGER)

    async def gone(self, world: World) -> Effect:
        """Measure that the processes that leaked are smaller by what the hook held, or are no more."""
        service = service_named(world, self.service, self.kind)

        async def look() -> Effect:
            large: list[int] = []
            for each in await of_service(world, service):
                before, held = self._cleared.get((each.pid, each.started), (each.memory, 0))
                left = each.memory - (before - held)
                if left > held // 2:
                    large.append(left)
            if large:
                return Effect(present=True, measured=f"`{self.service}` still holds {format_bytes(max(large))} more")
            return Effect(present=False, measured=f"`{self.service}` gave the memory back")

        return await until(world, look, present=False, patience=10.0)

    async def _note(self, world: World, service: Service) -> dict[Identity, int]:
        """Return by how much each process has grown since it was first seen."""
        growth: dict[Identity, int] = {}
        for each in await of_service(world, service):
            identity = (each.pid, each.started)
            growth[identity] = each.memory - self._first.setdefault(identity, each.memory)
        return growth


async def _held(world: World) -> dict[int, int]:
    """How many bytes the hook holds, by process, where it is at work."""
    said = (await bash(world, 'cd "$1" && grep -H "" -- *', _LEAKING)).stdout
    return {int(pid): int(total) for pid, _, total in (line.partition(":") for line in said.splitlines())}


def _in_javascript(pattern: str) -> dict[str, str]:
    """The regular expression as Node reads it: the same but for a few spellings."""
    flags = re.match(r"\(\?([aimsux]+)\)", pattern)
    source = pattern[flags.end() :] if flags else pattern
    source = source.replace("(?P<", "(?<").replace(r"\A", "^").replace(r"\Z", "$")
    return {"source": source, "flags": "".join(letter for letter in (flags[1] if flags else "") if letter in "ims")}
