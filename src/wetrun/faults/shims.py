"""Stand-ins for commands: found first in the PATH of a double, they pass all on until told to misbehave."""

import re

from wetrun.faults.confining import sandbox_only
from wetrun.faults.measuring import bash
from wetrun.faults.problems import BadFaultParameterError, ImpossibleFaultError
from wetrun.lean import dataclass
from wetrun.runtime.ports import Effect, World

__all__ = ["Shim"]

_FOLDER = "/run/wetrun/shims"
_STATE = "/run/wetrun/shim"
# Bash alone, but for `grep` when arguments are looked at. The real command gets its full path as its name: a Python,
# for one, finds its own installation by that. A use is one short line, appended in one write, so that uses at the same
# time all count.
_SCRIPT = r"""#!/bin/bash
name=${0##*/} state=STATE/${0##*/}
if [ -e "$state/active" ] && { [ ! -e "$state/matching" ] || grep -qPf "$state/matching" <<<"$*"; }; then
  echo x >> "$state/uses"
  . "$state/active"
fi
IFS=: read -r -a folders <<<"$PATH"
for folder in "${folders[@]}"; do
  real=${folder:-.}/$name
  if [ ! "$real" -ef "$0" ] && [ -f "$real" ] && [ -x "$real" ]; then exec "$real" "$@"; fi
done
echo "$name: command not found" >&2
exit 127
""".replace("STATE", _STATE)


@dataclass(frozen=True, slots=True)
class Shim:
    """The stand-in of one command.

    Attributes:
        kind: The fault that it belongs to.
        command: The command's name.
        matching: A regular expression that must be found in its arguments, joined by blanks; None for any.
    """

    kind: str
    command: str
    matching: str | None

    def check(self) -> None:
        """Refuse names and expressions that cannot be.

        Raises:
            ValueError: One is wrong.
        """
        if not self.command or "/" in self.command or self.command in {".", ".."}:
            raise ValueError(f"has a `command` of `{self.command}`; write its bare name, as it is found in PATH")
        if self.matching is not None:
            try:
                re.compile(self.matching)
            except re.error as problem:
                raise ValueError(f"has a `matching` that is no regular expression: {problem}") from problem
            if "\n" in self.matching:
                raise ValueError("has a `matching` with a line break")

    async def lay(self, world: World) -> None:
        """Put the stand-in into PATH before any shell remembers where the real command is.

        Raises:
            BadFaultParameterError: `grep -P` does not understand the expression.
            ImpossibleFaultError: There is no such command, or the stand-in would not be found first.
        """
        await sandbox_only(world, self.kind)
        there = await bash(world, 'type -P -- "$1"', self.command)
        if there.exit_code != 0:
            hint = "name a command that is in the double's PATH"
            raise ImpossibleFaultError(self.kind, f"there is no command `{self.command}`", hint)
        if self.matching is not None:
            ran = await bash(world, 'grep -qP -- "$1" <<<x', self.matching)
            if ran.exit_code > 1:
                raise BadFaultParameterError(self.kind, f"has a `matching` that grep refuses: {ran.stderr.strip()}")
            await world.write(f"{self._state}/matching", f"{self.matching}\n".encode())
        await world.write(f"{self._state}/uses", b"", mode=0o666)
        await world.write(f"{_FOLDER}/{self.command}", _SCRIPT.encode(), mode=0o755)

    async def misbehave(self, world: World, script: str) -> None:
        """From now on run a script first; where it does not exit, the real command follows."""
        await world.write(f"{self._state}/active", script.encode())

    async def behave(self, world: World) -> None:
        """Pass everything on again; commands that are under way go on as they began."""
        await world.run("rm", "-f", f"{self._state}/active")

    async def effect(self, world: World) -> Effect:
        """Measure whether the command is answered by a stand-in that misbehaves, and how often it was."""
        found = (await bash(world, 'type -P -- "$1"', self.command)).stdout.strip()
        active = (await world.run("test", "-e", f"{self._state}/active")).exit_code == 0
        uses = (await world.read(f"{self._state}/uses")).count(b"\n") if found.startswith(_FOLDER) else 0
        which = f"`{self.command}`" + (f" with `{self.matching}`" if self.matching is not None else "")
        answers = "misbehaves" if active and found.startswith(_FOLDER) else "behaves"
        return Effect(active and found.startswith(_FOLDER), f"{which} ({found}) {answers}; it has {uses} times so far")

    async def used(self, world: World) -> Effect:
        """Measure whether the command was called at all while it misbehaved."""
        effect = await self.effect(world)
        uses = (await world.read(f"{self._state}/uses")).count(b"\n")
        return Effect(uses > 0, effect.measured)

    @property
    def _state(self) -> str:
        return f"{_STATE}/{self.command}"
