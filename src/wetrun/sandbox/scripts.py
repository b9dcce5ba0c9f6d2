"""Run a script of the double in a world, with its output in a log and told line by line."""

import asyncio
from collections.abc import Callable, Mapping
from pathlib import Path

from wetrun.sandbox.errors import ScriptFailedError
from wetrun.sandbox.material import script_path
from wetrun.sandbox.running import Starter

__all__ = ["run_script"]

_TAIL = 4000
_LOOK = 0.05
_LIMIT = 1800.0


async def run_script(
    where: Starter,
    script: str,
    output: Path,
    *,
    staged: Path,
    visible: str = "/plan",
    log: Callable[[str], None],
    environment: Mapping[str, str] | None = None,
    limit: float = _LIMIT,
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

    Raises:
        ScriptFailedError: It failed, cannot be started, or takes longer than `limit`.
    """
    name = script_path(script)
    path = f"{visible}/{name}"
    with output.open("ab") as writing, output.open("r", encoding="utf-8", errors="replace") as reading:
        argv = [path] if (staged / name).read_bytes()[:2] == b"#!" else ["/bin/sh", path]
        try:
            process = await where.spawn(
                argv, environment=environment, directory=visible, stdout=writing.fileno(), stderr=writing.fileno()
            )
        except OSError as error:
            raise ScriptFailedError(script, error.strerror or str(error), _first_line(staged / name)) from error
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
    if not ended.done():
        ended.cancel()
        await process.end()
        raise ScriptFailedError(script, f"no end within {limit:g} s", _tail(output))
    if ended.result() != 0:
        raise ScriptFailedError(script, ended.result(), _tail(output))


def _first_line(path: Path) -> str:
    """What a script that cannot be started begins with: an interpreter that is not there, or a Windows line end."""
    return repr(path.read_bytes().split(b"\n", 1)[0][:200].decode(errors="replace"))[1:-1]


def _tell(text: str, log: Callable[[str], None]) -> str:
    """Log the whole lines of a text and return what begins the next one."""
    *lines, rest = text.split("\n")
    for line in lines:
        log(line)
    return rest


def _tail(path: Path) -> str:
    data = path.read_bytes()
    return data[-_TAIL:].decode(errors="replace").strip()
