"""The lines that were added to a log since the last look, through rotation and truncation."""

from wetrun.lean import dataclass
from wetrun.probes.carried import LookError, carry
from wetrun.runtime.ports import Target

__all__ = ["LogPosition", "added_lines"]

_MARK = 64
_MOST_AT_ONCE = 1 << 20

# $1 path, $2 inode, $3 offset, $4 bytes before the offset that are read again, $5 most bytes.
# A rotated file is looked for under the two names that rotation gives it, so that its last lines are not lost.
_LOOK = r"""
[ -e "$1" ] || { echo missing; exit 0; }
read -r inode size < <(stat -L -c '%i %s' -- "$1") || exit 1
if [ "$3" = end ]; then
  echo "$inode $size $(( size < $4 ? size : $4 ))"; tail -c "$4" -- "$1"; exit 0
fi
if [ "$inode" != "$2" ]; then
  for old in "$1.1" "$1.0" "$1.old"; do
    if [ -e "$old" ] && [ "$(stat -L -c %i -- "$old")" = "$2" ]; then
      echo "rotated $(stat -L -c %s -- "$old")"; tail -c +$(( $3 + 1 )) -- "$old" | head -c "$5"; exit 0
    fi
  done
  echo "$inode $size 0"; head -c "$5" -- "$1"; exit 0
fi
if [ "$size" -lt "$3" ]; then echo "$inode $size 0"; head -c "$5" -- "$1"; exit 0; fi
echo "$inode $size $4"; tail -c +$(( $3 - $4 + 1 )) -- "$1" | head -c $(( $4 + $5 ))
"""


@dataclass(frozen=True, slots=True)
class LogPosition:
    """How far a log has been read.

    Attributes:
        inode: Of the file that was read; 0 when there was none yet.
        offset: Bytes of it that were read.
        mark: The last bytes before the offset; when they are others the file was rewritten in place.
    """

    inode: int
    offset: int
    mark: bytes = b""


async def added_lines(
    target: Target, path: str, position: LogPosition | None, limit: float
) -> tuple[LogPosition, tuple[str, ...]]:
    """Read the whole lines that were added since `position`; a last line without its end waits for the next look.

    Args:
        target: Where the log is.
        path: The file, absolute or relative to the target's directory.
        position: What the last look returned; None for the first, which only finds the present end.
        limit: In seconds.

    Returns:
        The new position, and the lines (decoded as UTF-8 with replacement). At most 1 MiB is read at once, the rest
        next time.

    Raises:
        LookError: The file is not there, or cannot be read.
    """
    if position is None:
        return await _end_of(target, path, limit), ()
    mark = len(position.mark)
    arguments = (path, str(position.inode), str(position.offset), str(mark), str(_MOST_AT_ONCE))
    head, data = await _look(target, arguments, limit)
    if head[0] == b"rotated":
        return _rotated(position, data)
    inode, again = int(head[0]), int(head[2])
    if again and data[:again] != position.mark:
        # Rewritten in place (copytruncate) and already longer than before: start over.
        return await added_lines(target, path, LogPosition(inode, 0), limit)
    start = position.offset if inode == position.inode and again else 0
    return _advanced(inode, start, position.mark if start else b"", data[again:])


async def _end_of(target: Target, path: str, limit: float) -> LogPosition:
    head, data = await _look(target, (path, "0", "end", str(_MARK), "0"), limit)
    # What stands after the last line break is the beginning of a line that is still being written.
    unfinished = len(data) - (data.rfind(b"\n") + 1)
    if unfinished == len(data):
        unfinished = 0
    end = int(head[1]) - unfinished
    return LogPosition(int(head[0]), end, data[: len(data) - unfinished])


async def _look(target: Target, arguments: tuple[str, ...], limit: float) -> tuple[list[bytes], bytes]:
    answer = await carry(target, _LOOK, *arguments, limit=limit)
    head, _, data = answer.partition(b"\n")
    if head == b"missing":
        raise LookError(f"`{arguments[0]}` is not there")
    return head.split(), data


def _rotated(position: LogPosition, data: bytes) -> tuple[LogPosition, tuple[str, ...]]:
    end = data.rfind(b"\n") + 1
    if end and len(data) >= _MOST_AT_ONCE:
        return _advanced(position.inode, position.offset, position.mark, data)
    # The old file is read to its end, unfinished line included: nobody will finish it. Inode 0 matches no file.
    return LogPosition(0, 0), _lines(data)


def _advanced(inode: int, start: int, mark: bytes, data: bytes) -> tuple[LogPosition, tuple[str, ...]]:
    end = data.rfind(b"\n") + 1
    if not end and len(data) >= _MOST_AT_ONCE:
        end = len(data)
    whole = data[:end]
    return LogPosition(inode, start + end, (mark + whole)[-_MARK:]), _lines(whole)


def _lines(data: bytes) -> tuple[str, ...]:
    return tuple(line.removesuffix("\r") for line in data.decode("utf-8", "replace").split("\n")[:-1] or ()) + (
        (data.rpartition(b"\n")[2].decode("utf-8", "replace"),) if data and not data.endswith(b"\n") else ()
    )
