"""Run a plan's steps on this machine, as a deployment would: real loop, local target, durable records.

    local_steps.py PLAN FOLDER    the session and the record go into FOLDER; the last line of stdout says how it went

There is no verb for this yet; what is measured is what such a verb will do.
"""

import asyncio
import gc
import json
import sys
from pathlib import Path

from wetrun.course.run import Ended
from wetrun.faults.registry import catalogue
from wetrun.formats.yaml_plan import read_plan
from wetrun.journal.sqlite import SqliteJournal
from wetrun.plan.plan import Plan
from wetrun.probes.http import HostNetwork
from wetrun.rehearse.equipment import Surroundings, equip, fresh_run
from wetrun.runtime.clock import RealClock
from wetrun.runtime.recorder import Recorder
from wetrun.targets.local import LocalTarget


async def _run(plan: Plan, folder: Path) -> Ended:
    clock = RealClock()
    (planned,) = plan.targets.values()
    target = LocalTarget(planned.name, planned.directory, folder / "session")
    with SqliteJournal.open(folder / "journal.sqlite") as journal:
        await target.open(plan.environment, {})
        try:
            around = Surroundings({planned.name: target}, HostNetwork(), clock, plan.environment)
            run = await equip(plan, fresh_run(plan, None), Recorder(journal, "steps", clock), around).drive()
        finally:
            await target.close()
    if not isinstance(run.stage, Ended):
        raise TypeError("the run came back without an outcome")
    return run.stage


def _peak() -> int:
    """The most memory that this process held, in kB; `getrusage` would tell that of whoever started it."""
    status = Path("/proc/self/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0])


def _main() -> None:
    gc.set_threshold(20_000)  # as the command line does
    path, folder = map(Path, sys.argv[1:])
    plan = read_plan(path.read_text(), file=str(path), fault_kinds=catalogue())
    ended = asyncio.run(_run(plan, folder))
    print(json.dumps({"outcome": ended.outcome.value, "reason": ended.reason, "peak_kb": _peak()}))
    sys.exit(0 if ended.outcome.value == "deployed" else 1)


_main()
