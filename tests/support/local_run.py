"""A run as a deployment does it: the same loop, course and record, with real commands in a folder of this machine."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from textwrap import dedent
from typing import Any, cast

import yaml

from wetrun.course.masking import Masking
from wetrun.course.run import Ended, Run
from wetrun.faults.registry import catalogue
from wetrun.formats.yaml_plan import read_plan
from wetrun.journal.port import Record
from wetrun.journal.sqlite import SqliteJournal
from wetrun.plan.plan import Plan
from wetrun.plan.scenarios import Outcome, Scenario
from wetrun.probes.http import HostNetwork
from wetrun.rehearse.equipment import Surroundings, equip, fresh_run
from wetrun.runtime.clock import Clock, RealClock
from wetrun.runtime.ports import Fault, World
from wetrun.runtime.recorder import Recorder
from wetrun.runtime.runner import Runner
from wetrun.targets.local import LocalTarget

__all__ = ["LocalRun", "local_plan", "run_here"]


@dataclass(frozen=True, slots=True)
class LocalRun:
    """A run that has ended, and its record."""

    run: Run
    records: tuple[Record, ...]

    @property
    def outcome(self) -> Outcome:
        """How it ended."""
        assert isinstance(self.run.stage, Ended)
        return self.run.stage.outcome

    @property
    def reason(self) -> str:
        """Why."""
        assert isinstance(self.run.stage, Ended)
        return self.run.stage.reason

    @property
    def begun(self) -> list[str]:
        """The steps that were begun, as `section/step`."""
        bodies: list[Any] = [record.body for record in self.records if record.kind == "effect"]
        return [f"{body['section']}/{body['step']}" for body in bodies if body["effect"] == "RunStep"]


def local_plan(folder: Path, text: str) -> Plan:
    """Read a plan whose only target is a folder on this machine; its files are the state."""
    made = {
        "name": "local",
        "targets": {"here": {"directory": str(folder)}},
        "state": {"files": {"tree": ".", "ignore": ["signals"]}},
        **yaml.safe_load(dedent(text)),
    }
    return read_plan(yaml.safe_dump(made, sort_keys=False), file="wetrun.yaml", fault_kinds=catalogue())


async def run_here(
    folder: Path,
    text: str,
    *,
    secrets: Mapping[str, str] | None = None,
    meanwhile: Callable[[Runner], None] = lambda _runner: None,
    fault: tuple[Scenario, Fault] | None = None,
    clock: Clock | None = None,
) -> LocalRun:
    """Run a plan in `folder/target` (made if missing); the session and the record lie beside it.

    Args:
        folder: The test's own folder.
        text: The plan, but for its name, targets and state.
        secrets: Values for `secrets:`.
        meanwhile: Gets the runner before it starts, to hook up whatever is to disturb it.
        fault: A scenario and a fault that needs no double to work in.
        clock: Another one than the machine's.
    """
    place = folder / "target"
    place.mkdir(parents=True, exist_ok=True)
    plan = local_plan(place, text)
    target = LocalTarget("here", str(place), folder / "session")
    clock = clock or RealClock()
    await target.open(plan.environment, secrets or {})
    try:
        with SqliteJournal.open(folder / "journal.sqlite") as journal:
            environment = {**plan.environment, **(secrets or {})}
            around = Surroundings({"here": target}, HostNetwork(), clock, environment)
            if fault is not None:
                around = replace(around, fault=(*fault, cast("World", None)))
            recorder = Recorder(journal, "deployment", clock, masking=Masking((secrets or {}).values()))
            runner = equip(plan, fresh_run(plan, fault[0] if fault else None), recorder, around)
            meanwhile(runner)
            ended = await runner.drive()
            return LocalRun(ended, journal.read("deployment"))
    finally:
        await target.close()
