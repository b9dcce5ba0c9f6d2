"""One run of a rehearsal: a fresh sandbox, the plan, perhaps a fault, an outcome."""

import asyncio
import contextlib
import hashlib
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from wetrun import __version__
from wetrun.course.run import Ended, Run
from wetrun.errors import WetrunError
from wetrun.faults import registry
from wetrun.plan.plan import Plan
from wetrun.plan.scenarios import Outcome, Scenario
from wetrun.rehearse.equipment import Surroundings, equip, fresh_run
from wetrun.rehearse.settings import CLEAN, Settings
from wetrun.rehearse.state import Owner
from wetrun.runtime.availability import Change, Prober
from wetrun.runtime.clock import RealClock
from wetrun.runtime.ports import Fault
from wetrun.runtime.recorder import Recorder
from wetrun.sandbox import Baseline, Sandbox, SandboxSpec, SandboxWorld

__all__ = ["Job", "perform"]


@dataclass(frozen=True, slots=True)
class Job:
    """One run to do.

    Attributes:
        rehearsal: The rehearsal that it belongs to.
        scenario: None for the clean run.
        text: The plan as it is written; the record holds it whole.
        environment: The plan's environment.
        secrets: The values of its secrets; they never go into a record.
        folder: Where the run's sandbox lives.
    """

    rehearsal: str
    plan: Plan
    scenario: Scenario | None
    text: str
    settings: Settings
    secrets: Mapping[str, str]
    folder: Path

    @property
    def name(self) -> str:
        """The scenario's name, or `clean`."""
        return CLEAN if self.scenario is None else self.scenario.name
