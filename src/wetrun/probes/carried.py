"""Carries bytes through a target's text output unharmed: packed there, unpacked here, in pages when there are many."""

import asyncio
import base64
import binascii
import zlib
from shlex import quote

from wetrun.course.results import Ending, Observed
from wetrun.errors import WetrunError
from wetrun.runtime.ports import Target
from wetrun.units import Seconds

__all__ = ["LookError", "carry"]

_PAGE = 72_000
"""Bytes that travel at once: in base64 they stay below what a target keeps of an output."""

_SIDE_BY_SIDE = 4

# Lines of three: a target masks what looks like a secret (four characters or more), which would damage the answer.
# What does not fit into one page waits in a file for the others. Should we die before it is removed, the next look
# removes it an hour later. gzip when there is one: without it `cat` finds the pipe untouched.
_KEEP = r"""
set -o pipefail
umask 077
folder=${TMPDIR:-/tmp}
find "$folder" -maxdepth 1 -name 'wetrun-look.*' -user "$(id -u)" -mmin +60 -delete 2>/dev/null
kept=$(mktemp "$folder/wetrun-look.XXXXXXXX") || exit 1
trap 'rm -f -- "$kept"' EXIT
bash -c "$@" | { gzip -1c 2>/dev/null || cat; } > "$kept" || exit
size=$(stat -c %s -- "$kept")
if [ "$size" -le PAGE ]; then echo "$size"; base64 -w3 -- "$kept"; else trap - EXIT; echo "$size $kept"; fi
""".replace("PAGE", str(_PAGE))


class LookError(WetrunError):
    """A look at a target ended without an answer.

    Attributes:
        reason: Why, in words.
        ending: How the look ended.
    """

    exit_code = 4

    def __init__(self, reason: str, ending: Ending = Ending.ERROR) -> None:
        super().__init__(reason, hint="the value counts as not measured")
        self.reason = reason
        self.ending = ending


async def carry(target: Target, script: str, *arguments: str, limit: float, stdin: bytes = b"") -> bytes:
    """Run a script that only looks and return what it wrote, byte by byte.

    Args:
        target: Where to look.
        script: For bash; its stdout may be anything. It must end with exit code 0.
        arguments: Become `$1`, `$2`… of the script.
        limit: For the script, and for carrying each page, in seconds.
        stdin: What the script reads.

    Raises:
        LookError: It could not run, failed or took too long.
    """
    command = " ".join(quote(word) for word in ("bash", "-c", _KEEP, "keep", script, "look", *arguments))
    first = await _ask(target, command, limit, stdin)
    head, _, page = first.partition("\n")
    size, _, kept = head.partition(" ")
    packed = await _pages(target, kept, int(size), limit) if kept else _decoded(page)
    if not size.isdigit() or len(packed) != int(size):
        raise LookError("the answer was damaged on its way")
    try:
        return zlib.decompress(packed, wbits=31) if packed.startswith(b"\x1f\x8b") else packed
    except zlib.error as problem:
        raise LookError(f"the answer was damaged on its way: {problem}") from problem


async def _pages(target: Target, kept: str, size: int, limit: float) -> bytes:
    free = asyncio.Semaphore(_SIDE_BY_SIDE)

    async def page(number: int) -> bytes:
        async with free:
            read = f"dd if={quote(kept)} bs={_PAGE} skip={number} count=1 status=none"
            return _decoded(await _ask(target, f"{read} | base64 -w3", limit))

    try:
        return b"".join(await asyncio.gather(*(page(number) for number in range(-(-size // _PAGE)))))
    finally:
        await asyncio.shield(target.query(f"rm -f -- {quote(kept)}", limit=Seconds(limit)))


async def _ask(target: Target, command: str, limit: float, stdin: bytes = b"") -> str:
    observed = await target.query(command, limit=Seconds(limit), stdin=stdin)
    problem = _problem(observed, limit)
    if problem is not None:
        raise LookError(problem, observed.ending if observed.ending is not Ending.DONE else Ending.ERROR)
    return observed.stdout.text


def _problem(observed: Observed, limit: float) -> str | None:
    if observed.ending is Ending.TIME_LIMIT:
        return f"no answer within {limit:g} s"
    if observed.ending is not Ending.DONE:
        return observed.error or f"it ended as {observed.ending.value}"
    if observed.exit_code != 0:
        lines = observed.stderr.text.strip().splitlines()
        return lines[-1] if lines else f"exit code {observed.exit_code}"
    if observed.stdout.cut:
        return f"the answer is too long to be carried ({observed.stdout.size} bytes)"
    return None


def _decoded(text: str) -> bytes:
    try:
        return base64.b64decode(text)
    except binascii.Error as problem:
        raise LookError(f"the answer was damaged on its way: {problem}") from problem
