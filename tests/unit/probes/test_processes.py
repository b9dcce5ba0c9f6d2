"""Processes that are read from `/proc` while they come and go."""

import asyncio
from collections.abc import Sequence
from pathlib import Path

from wetrun.probes.processes import all_processes
from wetrun.runtime.ports import Process
from wetrun.targets.local import LocalTarget


def test_what_ends_while_it_is_listed_is_left_out(tmp_path: Path) -> None:
    """On a busy machine a service must not be counted twice, nor one process be taken for another."""
    shown = tmp_path / "proc"
    for pid, files in {"1": ("stat", "cmdline"), "2": (), "3": ("stat",)}.items():  # of the last two one has just ended
        (shown / pid).mkdir(parents=True)
        for name in files:
            numbers = f"{pid} (a name) S 7 " + "0 " * 48
            (shown / pid / name).write_text(numbers if name == "stat" else f"served\0{pid}\0")
    aside = tmp_path / "aside.sh"
    aside.write_text(f'cd() {{ [ "$*" != /proc ] || set -- "{shown}"; builtin cd "$@"; }}\n')

    async def look() -> Sequence[Process]:
        target = LocalTarget("local", str(tmp_path), tmp_path / "session")
        await target.open({"BASH_ENV": str(aside)}, {})
        try:
            return await all_processes(target, 20.0)
        finally:
            await target.close()

    assert [(each.pid, each.command) for each in asyncio.run(look())] == [(1, "served 1")]
