"""Report: fold a rehearsal's record into a report, and render it."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from wetrun import __version__
from wetrun.course.verdict import decide
from wetrun.errors import WetrunError
from wetrun.formats.yaml_plan import read_plan
from wetrun.journal.port import Journal, Record
from wetrun.journal.sqlite import SqliteJournal
from wetrun.plan.plan import Plan
from wetrun.plan.steps import Http
from wetrun.rehearse.account import account, result
from wetrun.rehearse.noise import without_noise
from wetrun.rehearse.settings import CLEAN
from wetrun.rehearse.state import StateFolder
from wetrun.report import page
from wetrun.report.model import RehearsalReport
from wetrun.units import counted
from wetrun.verbs.results import Told

__all__ = ["UnknownRehearsalError", "gather", "report", "write_page"]


class UnknownRehearsalError(WetrunError):
    """There is no record of such a rehearsal."""

    def __init__(self, name: str) -> None:
        if name == "latest":
            super().__init__("nothing has been rehearsed here yet", hint="`wetrun rehearse` begins")
        else:
            super().__init__(f"there is no rehearsal `{name}`", hint="`wetrun status` lists them")


def report(state: Path, rehearsal: str) -> RehearsalReport:
    """Tell a rehearsal from its record; `latest` is the newest one.

    Raises:
        UnknownRehearsalError: There is no such rehearsal.
    """
    folder = StateFolder(state)
    if not folder.journal.exists():
        raise UnknownRehearsalError(rehearsal)
    with SqliteJournal.read_only(folder.journal) as journal:
        return gather(journal, rehearsal)


def gather(journal: Journal, rehearsal: str) -> RehearsalReport:
    """Fold every run of a rehearsal into one report; errors as `report`."""
    names = list(journal.runs())
    if rehearsal == "latest":  # of which there is a record: one that was killed before its first has done nothing
        rehearsal = next((name.partition("/")[0] for name in reversed(names) if journal.read(name)), rehearsal)
    found = {name.partition("/")[2]: journal.read(name) for name in names if name.partition("/")[0] == rehearsal}
    found = {name: records for name, records in found.items() if records}
    if not found:
        raise UnknownRehearsalError(rehearsal)
    first = next(iter(found.values()))[0]
    body: Any = first.body
    plan = read_plan(body["plan"]["text"], file=body["plan"]["file"], fault_kinds=None)
    found |= {name: () for name in body["runs"] if name not in found}  # wetrun ended before they began
    return _assemble(plan, rehearsal, found, body)


def _assemble(plan: Plan, rehearsal: str, found: dict[str, tuple[Record, ...]], body: Any) -> RehearsalReport:
    scenarios = {CLEAN: None, **{scenario.name: scenario for scenario in plan.scenarios}}
    told = without_noise(
        {name: account(plan, scenario, found[name]) for name, scenario in scenarios.items() if name in found}
    )
    left_out = tuple(name for name in scenarios if name not in found)
    limits = [*_limits(body, left_out), *_unproven(plan)]
    verdict = decide([result(run, scenarios[name]) for name, run in told.items()], limits=limits)
    began = min(records[0].wall for records in found.values() if records)
    ended = max(records[-1].wall for records in found.values() if records)
    return RehearsalReport(
        rehearsal=rehearsal,
        plan=plan.name,
        source=plan.source,
        plan_hash=body["plan"]["sha256"],
        began=datetime.fromtimestamp(began, UTC).isoformat(timespec="seconds"),
        seconds=ended - began,
        verdict=verdict,
        runs=tuple(told.values()),
        isolation=body["isolation"],
        memory=body.get("memory"),
        speed=body["speed"],
        checks=_checks(plan),
        versions={"wetrun": body.get("wetrun", __version__)},
        left_out=left_out,
    )


def _limits(body: Any, left_out: tuple[str, ...]) -> list[str]:
    limits: list[str] = []
    if body["isolation"] != "namespaces":
        limits.append("the double was not isolated from this machine (`--isolation none`)")
    if body["speed"] != 1:
        limits.append(f"waits and monitors ran {body['speed']:g} times as fast as in production (`--speed`)")
    if body.get("by_hand"):  # earlier records do not say it
        limits.append(f"no run tried what the runbook leaves to a person: {counted(body['by_hand'], 'step')}")
    if left_out:
        limits.append(f"not everything was run: {', '.join(left_out)} left out")
    return limits


def _unproven(plan: Plan) -> list[str]:
    """What a plan leaves out, so that no run of it can show it."""
    gaps = {
        "the plan has no scenario: nothing is known about failures": not plan.scenarios,
        "the plan has no rollback: there is no way back": plan.rollback is None,
        "the plan has no state probe: nothing shows whether a rollback restores the system": not plan.state,
    }
    return [gap for gap, is_there in gaps.items() if is_there]


def _checks(plan: Plan) -> tuple[str, ...]:
    steps = [f"step `{step.name}`" for _, step in plan.steps() if step.expect or isinstance(step.action, Http)]
    return tuple(dict.fromkeys((*steps, *(f"monitor `{monitor.name}`" for monitor in plan.monitors))))


def write_page(told: Told, state: Path) -> Path:
    """Write the HTML page of a rehearsal to where it belongs, whole or not at all."""
    path = StateFolder(state).rehearsal(told.report.rehearsal) / "report.html"
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_suffix(".part")
    unfinished.write_text(page.html(told.report, told.odds, told.results), encoding="utf-8")
    unfinished.replace(path)
    return path
