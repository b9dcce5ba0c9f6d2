"""Run a script of the double in a world, with its output in a log and told line by line."""

import asyncio
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TextIO

from wetrun.sandbox.errors import ScriptFailedError
from wetrun.sandbox.named_files import script_path
from wetrun.sandbox.running import Running, Starter

__all__ = ["run_script"]

_TAIL = 4000
_HALF_KEPT = 1 << 22
"""Bytes that are kept of the beginning and of the end of what a script says, where secrets have to be taken out."""
_LOOK = 0.05
_LIMIT = 1800.0


async def run_script(  # noqa: PLR0913 - each is one thing about a script, named at the call
    where: Starter,
    script: str,
    output: Path,
    *,
    staged: Path,
    visible: str = "/plan",
    log: Callable[[str], None],
    environment: Mapping[str, str] | None = None,
    limit: float = _LIMIT,
    masked: Callable[[str], str] | None = None,
) -> None:
    """Run a script as root beside the plan's files and wait for its end; what it leaves running goes on.

    Args:
        where: Where it runs.
        script: Its path beside the plan.
        output: A file of this machine that gets stdout and stderr, of background processes too.
        staged: The folder of this machine that holds the double's files.
        visible: The path under which that folder is visible where the script runs; it starts there.
        log: Told every line.
        environment: Further variables.
        limit: Seconds, after which it is ended.
        masked: Takes secrets out of what it says; then `output` is written when the script has ended, without its
            middle when that is long, and what it leaves running is not heard any more. Until then nothing that it
            says stands under any name.

    Raises:
        ScriptFailedError: It failed, cannot be started, or takes longer than `limit`.
    """
    name = script_path(script)
    path = f"{visible}/{name}"
    clean = masked or str
    with output.open("ab") as writing, output.open("r", encoding="utf-8", errors="replace") as reading:
        if masked is not None:
            output.unlink()
        argv = [path] if (staged / name).read_bytes()[:2] == b"#!" else ["/bin/sh", path]
        try:
            process = await where.spawn(
                argv, environment=environment, directory=visible, stdout=writing.fileno(), stderr=writing.fileno()
            )
        except OSError as error:
            raise ScriptFailedError(script, error.strerror or str(error), clean(_first_line(staged / name))) from error
        ended = await _heard(process, reading, limit, lambda line: log(clean(line)))
        said = clean(_bounded(reading.fileno())) if masked is not None or ended != 0 else ""
    if masked is not None:
        output.write_text(said, encoding="utf-8")
    if ended != 0:
        raise ScriptFailedError(script, f"no end within {limit:g} s" if ended is None else ended, _tail(said))


async def _heard(process: Running, reading: TextIO, limit: float, log: Callable[[str], None]) -> int | None:
    """Tell what a script says until it ends; its exit code, or None when the time was over first."""
    deadline = asyncio.get_running_loop().time() + limit
    ended, rest = asyncio.ensure_future(process.wait()), ""
    try:
        while not ended.done() and asyncio.get_running_loop().time() < deadline:
            await asyncio.wait([ended], timeout=_LOOK)
            rest = _tell(rest + reading.read(), log)
    except BaseException:
        ended.cancel()
        await process.end()
        raise
    if rest:
        log(rest)
    if ended.done():
        return ended.result()
    ended.cancel()
    await process.end()
    return None


def _first_line(path: Path) -> str:
    """What a script that cannot be started begins with: an interpreter that is not there, or a Windows line end."""
    return repr(path.read_bytes().split(b"\n", 1)[0][:200].decode(errors="replace"))[1:-1]


def _tell(text: str, log: Callable[[str], None]) -> str:
    """Log the whole lines of a text and return what begins the next one."""
    *lines, rest = text.split("\n")
    for line in lines:
        log(line)
    return rest


def _bounded(descriptor: int) -> str:
    """What a script said, without its middle when that is more than should be held in memory."""
    size = os.fstat(descriptor).st_size
    if size <= 2 * _HALF_KEPT:
        return os.pread(descriptor, size, 0).decode(errors="replace")
    ends = (os.pread(descriptor, _HALF_KEPT, start) for start in (0, size - _HALF_KEPT))
    return f"\n[… {size - 2 * _HALF_KEPT} bytes left out …]\n".join(end.decode(errors="replace") for end in ends)


def _tail(said: str) -> str:
    said = said.strip()
    return said if len(said) <= _TAIL else f"…{said[-_TAIL:]}"
