"""read-only-files: nothing below a path can be changed."""

from dataclasses import field
from typing import ClassVar

from wetrun.faults.confining import sandbox_only
from wetrun.faults.measuring import bash, must, until
from wetrun.faults.problems import ImpossibleFaultError
from wetrun.lean import dataclass
from wetrun.runtime.ports import Effect, World

__all__ = ["ReadOnlyFiles"]

# A folder becomes a mount of its own before anything works in it: whoever stands in it is met too.
_PREPARE = r"""
path=$(realpath -e -- "$1") || exit 3
[ -d "$path" ] || exit 0
mount --bind "$path" "$path"
"""
# While somebody has a file open for writing the mount cannot change; then a read-only one is laid over it, which
# everybody meets who comes by path from outside.
_INJECT = r"""
path=$(realpath -e -- "$1") || exit
if [ -d "$path" ] && mount -o remount,bind,ro "$path" 2>/dev/null; then echo remounted; exit 0; fi
mount --bind "$path" "$path" && mount -o remount,bind,ro "$path" && echo covered
"""
# What was laid over is writable before it goes: whoever stands in it by now takes it along.
_CLEAR = r"""
path=$(realpath -e -- "$1") || exit
mount -o remount,bind,rw "$path" && { [ "$2" = remounted ] || umount --lazy "$path"; }
"""
# Root may write whatever the modes say, so that only the mount can refuse.
_TRY = r"""
export LC_ALL=C
if [ -d "$1" ]; then
  file=$(mktemp -- "$1/.wetrun-XXXXXXXX") || exit
  rm -f -- "$file"
else
  : >> "$1"
fi
"""
# Processes that stand in the folder see it through their own eyes: /proc/PID/cwd leads into the mount that they are in.
_INSIDE = r"""
path=$(realpath -e -- "$1") || exit
for folder in /proc/[0-9]*/cwd; do
  case $(readlink "$folder")/ in "$path"/*) [ -w "$folder/." ] && echo "${folder//[!0-9]/}";; esac
done 2>/dev/null
exit 0
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadOnlyFiles:
    """A file or a folder with everything below it cannot be changed, by root neither.

    Does: makes the mount of the path read-only. Where a process has files open for writing, these stay writable, and so
    does the folder for processes that stand in it; the effect's measurement says so. Clearing makes it writable again.
    Needs: a path that is there when the services start; a folder that the plan does not rename or delete.
    Measured: making a file in the folder (opening the file for writing) fails with EROFS; after clearing it succeeds.

    Attributes:
        path: The file or folder, absolute or relative to the first target's directory.
    """

    kind: ClassVar[str] = "read-only-files"
    synthetic: ClassVar[bool] = False
    path: str
    _how: list[str] = field(default_factory=list[str], init=False, repr=False, compare=False)

    async def prepare(self, world: World) -> None:
        """Give a folder a mount of its own."""
        await sandbox_only(world, self.kind)
        ran = await bash(world, _PREPARE, self.path)
        if ran.exit_code == 3:
            raise ImpossibleFaultError(self.kind, f"`{self.path}` is not there", "let `double.setup` make it")
        if ran.exit_code != 0:
            raise ImpossibleFaultError(
                self.kind, f"`{self.path}` gets no mount of its own: {ran.stderr.strip()}", "name another folder"
            )

    async def inject(self, world: World) -> None:
        """Make it read-only."""
        said = await must(world, self.kind, f"make `{self.path}` read-only", _INJECT, self.path)
        self._how[:] = said.split()

    async def took_effect(self, world: World) -> Effect:
        """Measure that writing fails, and for whom it does not."""
        effect = await until(world, lambda: self._look(world), present=True)
        inside = (await bash(world, _INSIDE, self.path)).stdout.split()
        if effect.present and inside:
            who = ", ".join(inside[:8])
            return Effect(
                present=True, measured=f"{effect.measured}; process {who}, which stands in it, may still write"
            )
        return effect

    async def clear(self, world: World) -> None:
        """Make it writable again."""
        for how in self._how:
            await must(world, self.kind, f"make `{self.path}` writable again", _CLEAR, self.path, how)

    async def gone(self, world: World) -> Effect:
        """Measure that writing succeeds."""
        return await until(world, lambda: self._look(world), present=False)

    async def _look(self, world: World) -> Effect:
        ran = await bash(world, _TRY, self.path)
        said = ran.stderr.strip().splitlines()
        if ran.exit_code == 0:
            return Effect(present=False, measured=f"`{self.path}` could be written to")
        why = said[-1] if said else f"exit code {ran.exit_code}"
        return Effect("Read-only file system" in why, f"writing to `{self.path}`: {why}")
