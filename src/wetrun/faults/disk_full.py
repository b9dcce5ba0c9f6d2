"""disk-full: the file system of a folder has no room left."""

from typing import ClassVar

from wetrun.faults.confining import sandbox_only
from wetrun.faults.measuring import bash, must, until
from wetrun.faults.problems import ImpossibleFaultError
from wetrun.lean import dataclass
from wetrun.runtime.ports import Effect, World
from wetrun.units import Bytes

__all__ = ["DiskFull"]

# $1 path. The folder gets a file system of its own before anything works in it, so that whoever stands in the folder
# or has files open there later meets the full disk too. It is as large as the one below, and holds what was there.
_PREPARE = r"""
cd -- "$1" || exit 3
folder=$PWD
size=$(df -B1 --output=size . | tail -n 1)
mode=$(stat -c %a .) && owner=$(stat -c %u:%g .) || exit
mount -t tmpfs -o "size=$size,mode=$mode,nr_inodes=0" wetrun-disk "$folder" 2>/dev/null ||
  mount -t tmpfs -o "size=$size,mode=$mode" wetrun-disk "$folder" || exit
chown "$owner" "$folder" && cp -a ./. "$folder/" && touch -r . "$folder"
"""
# $1 path, $2 bytes to leave free. Somebody may be writing: then what was free a moment ago is not any more. Options
# that the mount has are not repeated: an owner among them may have another number inside, and would be refused.
_FILL = r"""
full=1
for try in 1 2 3 4 5 6 7 8 9 10; do
  used=$(df -B1 --output=used -- "$1" | tail -n 1)
  mount --options-mode ignore -o "remount,size=$((used + $2 > 0 ? used + $2 : 4096))" "$1" && full=0 && break
done
[ "$full" = 0 ] || exit 1
# The kernel counts the pages of such a disk roughly: what it still gives is taken to the last byte.
[ "$2" != 0 ] || cat /dev/zero > "$1/.wetrun-full" 2>/dev/null || :
"""
_CLEAR = r"""
size=$(df -B1 --output=size -- "$1/.." | tail -n 1)
rm -f -- "$1/.wetrun-full"
mount --options-mode ignore -o "remount,size=$size" "$1"
"""
# $1 path, $2 bytes that must not fit.
_TRY = r"""
export LC_ALL=C
file=$(mktemp -- "$1/.wetrun-XXXXXXXX") || exit
trap 'rm -f -- "$file"' EXIT
head -c "$2" /dev/zero > "$file"
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class DiskFull:
    """A disk is full: writing to a folder fails with `No space left on device`.

    Does: before the services start, the folder becomes a file system of its own (in memory, with the content that it
    has); injecting shrinks it to what it holds. Clearing makes it large again; everything in it stays.
    Needs: a folder that is there when the services start, whose content fits into memory, and that the plan does not
    rename or delete (what is in it may be). Meets every process, also those that stand in the folder or have files
    open.
    Measured: writing a file of a little more than `free` fails with ENOSPC; after clearing it succeeds.

    Attributes:
        path: The folder, absolute or relative to the first target's directory.
        free: How much room is left.
    """

    kind: ClassVar[str] = "disk-full"
    synthetic: ClassVar[bool] = False
    path: str
    free: Bytes = Bytes(0)

    async def prepare(self, world: World) -> None:
        """Give the folder a file system of its own."""
        await sandbox_only(world, self.kind)
        ran = await bash(world, _PREPARE, self.path, limit=300.0)
        if ran.exit_code == 3:
            hint = "let `double.setup` make it"
            raise ImpossibleFaultError(self.kind, f"the folder `{self.path}` is not there", hint)
        if ran.exit_code != 0:
            hint = "name a smaller folder, such as the one that really fills up"
            raise ImpossibleFaultError(self.kind, f"`{self.path}` gets no disk of its own: {ran.stderr.strip()}", hint)

    async def inject(self, world: World) -> None:
        """Shrink the file system to what it holds and `free`."""
        await must(world, self.kind, f"fill `{self.path}`", _FILL, self.path, str(self.free))

    async def took_effect(self, world: World) -> Effect:
        """Measure that writing fails."""
        return await until(world, lambda: self._look(world), present=True)

    async def clear(self, world: World) -> None:
        """Make room."""
        await must(world, self.kind, f"make room in `{self.path}`", _CLEAR, self.path)

    async def gone(self, world: World) -> Effect:
        """Measure that writing succeeds."""
        return await until(world, lambda: self._look(world), present=False)

    async def _look(self, world: World) -> Effect:
        more = self.free + 65536 if self.free else 1024
        ran = await bash(world, _TRY, self.path, str(more))
        said = ran.stderr.strip().splitlines()
        if ran.exit_code == 0:
            return Effect(present=False, measured=f"{more} bytes could be written to `{self.path}`")
        why = said[-1] if said else f"exit code {ran.exit_code}"
        return Effect("No space left" in why, f"writing {more} bytes to `{self.path}`: {why}")
