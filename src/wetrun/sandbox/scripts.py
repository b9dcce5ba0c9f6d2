"""Run a script of the double in a world, with its output in a log and told line by line."""

import asyncio
from collections.abc import Callable, Mapping
from pathlib import Path

from wetrun.sandbox.cell import Cell
from wetrun.sandbox.errors import ScriptFailedError
from wetrun.sandbox.material import script_path

__all__ = ["run_script"]

_TAIL = 4000
_LOOK = 0.05


async def run_script(
    cell: Cell, script: str, output: Path, *, log: Callable[[str], None], environment: Mapping[str, str] | None = None
) -> None:
    """Run a script as root in `/plan` and wait for its end; what it leaves running goes on.

    Args:
        cell: Where it runs.
        script: Its path beside the plan.
        output: A file of this machine that gets stdout and stderr, of background processes too.
        log: Told every line.
        environment: Further variables.

    Raises:
        ScriptFailedError: It failed.
    """
    path = f"/plan/{script_path(script)}"
    with output.open("ab") as writing, output.open("r", encoding="utf-8", errors="replace") as reading:
        first = (await cell.read(path))[:2]
        argv = [path] if first == b"#!" else ["/bin/sh", path]
        process = await cell.spawn(
            argv, environment=environment, directory="/plan", stdout=writing.fileno(), stderr=writing.fileno()
        )
        ended = asyncio.ensure_future(process.wait())
        try:
            while not ended.done():
                await asyncio.wait([ended], timeout=_LOOK)
                for line in reading:
                    log(line.rstrip("\n"))
        except BaseException:
            ended.cancel()
            await process.end()
            raise
    if ended.result() != 0:
        raise ScriptFailedError(script, ended.result(), _tail(output))


def _tail(path: Path) -> str:
    data = path.read_bytes()
    return data[-_TAIL:].decode(errors="replace").strip()
