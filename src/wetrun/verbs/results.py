"""What a rehearsal comes to: its report, held against its plan, its document and the forecast."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from wetrun.errors import PlanError, WetrunError
from wetrun.formats.runbook.contents.claiming import Parts, claims_of
from wetrun.journal.sqlite import SqliteJournal
from wetrun.lean import dataclass
from wetrun.plan.facts import Facts
from wetrun.plan.findings import Finding
from wetrun.plan.plan import Plan
from wetrun.rehearse.observations import observe
from wetrun.rehearse.state import StateFolder
from wetrun.report.model import RehearsalReport
from wetrun.report.results.making import results
from wetrun.report.results.model import Results
from wetrun.report.results.source import Source
from wetrun.simulate.evidence.observation import Identity, Observation, Origin, counts, times
from wetrun.simulate.plans.occurrences import decided_in
from wetrun.verbs.reading import recorded_plan

if TYPE_CHECKING:
    from wetrun.formats.runbook.reading import Runbook
    from wetrun.report.odds_section import OddsSection
    from wetrun.report.results.foreseen import Foreseen
    from wetrun.simulate.plan_forecast import PlanForecast

__all__ = ["Told", "tell"]


@dataclass(frozen=True, slots=True)
class Told:
    """A rehearsal with everything that is told of it.

    Attributes:
        odds: None when the plan states nothing to compute from.
        results: None when there is no record of the plan.
    """

    report: RehearsalReport
    odds: "OddsSection | None" = None
    results: Results | None = None


def tell(found: RehearsalReport, state: Path) -> Told:
    """Hold a rehearsal against its plan as it was recorded, against its document, and against the forecast.

    Args:
        found: The report.
        state: The state folder with its record.

    Raises:
        JournalError: The record cannot be read.
    """
    recorded = _recorded(found, state)
    if recorded is None:
        return Told(found)
    body, until = recorded
    plan, runbook = recorded_plan(body["text"], body["file"]), _runbook(body)
    facts = None if runbook is None else runbook.facts
    forecast = _forecast(plan, facts, state, until)
    observed = [_observation(found, index) for index in range(len(found.runs))]
    source = Source(
        plan=plan if runbook is None else runbook.plan,  # whose places are those of the document
        report=found,
        counts=counts(observed, decided_in(plan)),
        times=times(observed).base,
        foreseen=None if forecast is None else _foreseen(forecast),
        facts=facts,
        findings=_findings(plan, body["text"], runbook),
    )
    return Told(found, None if forecast is None else _odds(forecast), results(source))


def _recorded(found: RehearsalReport, state: Path) -> tuple[Mapping[str, str], float] | None:
    """The plan as the record holds it, with the runbook that it was read from, if it was; and when the record ends."""
    plan: dict[str, str] = {}
    until = 0.0
    with SqliteJournal.read_only(StateFolder(state).journal) as journal:
        for name in journal.runs():
            if name.partition("/")[0] == found.rehearsal and (records := journal.read(name)):
                body: Any = records[0].body
                plan.update(body["plan"])
                until = max(until, records[-1].wall)
    return (plan, until) if plan else None


def _runbook(body: Mapping[str, str]) -> "Runbook | None":
    if "runbook" not in body:
        return None
    from wetrun.formats.runbook.reading import read_runbook  # a parser of Markdown, for those who have a runbook

    try:
        return read_runbook(body["runbook"], body["file"])
    except PlanError:  # written for a wetrun that reads it otherwise
        return None


def _observation(found: RehearsalReport, index: int) -> Observation:
    # At the speed of production, whatever it was: the results know themselves what scaled times may say.
    run = found.runs[index]
    return observe(run, run=run.name, origin=Origin.REHEARSAL, identity=Identity("", ""), began=float(index), speed=1.0)


def _forecast(plan: Plan, facts: Facts | None, state: Path, until: float) -> "PlanForecast | None":
    """What follows from the plan and the document's totals; None where there is no probability and no claim.

    Later runs have no part in it: a report says tomorrow what it says today.
    """
    if facts is not None:
        # The plan has the first of each kind; the document may state another one further down.
        plan = replace(plan, claims=claims_of(facts.numbers, Parts.of_plan(plan)))
    if not plan.claims and all(scenario.probability is None for scenario in plan.scenarios):
        return None
    from wetrun.verbs.simulate_plan import known_of, simulate_plan  # NumPy, for those who state something

    try:
        return simulate_plan(plan, known_of(plan, state, until=until))
    except WetrunError:  # the odds are an addition: `wetrun simulate` says what is wrong with them
        return None


def _foreseen(forecast: "PlanForecast") -> "Foreseen":
    from wetrun.report.results.foreseeing import foresee

    return foresee(forecast)


def _odds(forecast: "PlanForecast") -> "OddsSection":
    from wetrun.report.forecast_page import odds_section

    return odds_section(forecast)


def _findings(plan: Plan, text: str, runbook: "Runbook | None") -> tuple[Finding, ...]:
    from wetrun.lint.registry import lint  # a parser of shells, which no other form of a report needs
    from wetrun.lint.subject import Subject

    if runbook is None:
        return lint(Subject(plan, text))
    return lint(Subject(runbook.plan, runbook.text, runbook.facts, runbook.findings, is_runbook=True))
