"""A folder's tree by type, mode, owner, size and content, in two looks of `find` and one of `sha256sum`."""

import re
from collections.abc import Iterator, Sequence
from itertools import takewhile

from wetrun.course.compare import glob_expression
from wetrun.course.state_values import UNREADABLE
from wetrun.plan.state import FileTree
from wetrun.probes.carried import carry
from wetrun.runtime.ports import Target

__all__ = ["tree"]

# $1 root, $2 what is not looked into (a regular expression of find's). Records end in NUL, so that any name passes; the
# second listing says what cannot be read: a wrong hash would be worse than none. Names are bytes (LC_ALL=C). A `find`
# that does not know all of this lists nothing, which would equal the next nothing: it has to list the root first.
_LOOK = r"""
export LC_ALL=C
cd -- "$1" || exit 1
skip=(-false); [ -n "$2" ] && skip=(-regextype posix-extended -regex "$2")
root=$(find . -maxdepth 0 \( "${skip[@]}" \) -prune -o -printf '%y %U:%G' 2>&1)
case $root in 'd '*[0-9]:[0-9]*) ;; *) echo "\`find\` lists nothing here: $root" >&2; exit 1 ;; esac
look() { find . -mindepth 1 \( "${skip[@]}" \) -prune -o "$@" 2>/dev/null; }
look -printf '%y %m %U:%G %s %P\0%l\0'
printf '/\0'
look -type d \( ! -readable -o ! -executable \) -printf '%P\0'
printf '/\0'
look -type f -print0 | xargs -0 -r sha256sum -bz -- 2>/dev/null
exit 0
"""


async def tree(target: Target, wanted: FileTree, limit: float) -> dict[str, str]:
    r"""Hash every file below a folder; symbolic links are not followed.

    Args:
        target: Where the folder is.
        wanted: The folder (absolute or relative to the target's directory) and the globs to leave out.
        limit: In seconds.

    Returns:
        Path relative to the folder → `f mode owner size sha256`, `d mode owner`, `l target`, or type, mode and owner
        for anything else; the owner is `user:group` in numbers. A file or folder that could not be read ends in `?`. In
        paths a backslash and a line break are written `\\` and `\n`, bytes that are not UTF-8 `\xNN`, so that
        different names stay different.

    Raises:
        LookError: The folder is not there, the target's `find` is not GNU's, or the target did not answer.
    """
    answer = await carry(target, _LOOK, wanted.root, _pruned(wanted.ignore), limit=limit)
    records = iter(answer.split(b"\0"))
    listed = list(_listed(records))
    # A name is never `/`: it ends a part.
    closed = set(takewhile(lambda record: record != b"/", records))
    content = {record[68:]: record[:64] for record in records if record}
    return {
        _shown(path): _entry(kind, rights, size, link, content.get(path), closed=path in closed)
        for kind, rights, size, path, link in listed
    }


def _pruned(ignore: Sequence[str]) -> str:
    """The globs as one regular expression of `find`, whose paths begin with `./`."""
    if not ignore:
        return ""
    alternatives = [_posix(glob_expression(pattern.removeprefix("./")).pattern) for pattern in ignore]
    return f"\\./({'|'.join(alternatives)})"


def _posix(pattern: str) -> str:
    # POSIX has no groups without a number, and knows no backslash before ordinary characters.
    return re.sub(r"\\([^\w\\.*+?()\[\]{}|^$])", r"\1", pattern.replace("(?:", "("))


def _listed(records: Iterator[bytes]) -> Iterator[tuple[bytes, bytes, bytes, bytes, bytes]]:
    while (head := next(records, b"/")) != b"/":
        kind, mode, owner, size, path = head.split(b" ", 4)
        yield kind, mode + b" " + owner, size, path, next(records, b"")


def _entry(kind: bytes, rights: bytes, size: bytes, link: bytes, content: bytes | None, *, closed: bool) -> str:
    match kind:
        case b"f":
            known = content.decode() if content is not None else UNREADABLE
            return f"f {rights.decode()} {size.decode()} {known}"
        case b"l":
            return f"l {_shown(link)}"
        case _:
            return f"{kind.decode()} {rights.decode()}{' ' + UNREADABLE if closed else ''}"


def _shown(path: bytes) -> str:
    escaped = path.replace(b"\\", b"\\\\").replace(b"\n", b"\\n")
    return escaped.decode("utf-8", "backslashreplace")
