"""What the plan says of each scenario, beside what its run showed."""

from collections.abc import Iterator

from wetrun.plan.scenarios import DEPLOYING, Outcome, Scenario
from wetrun.report.model import ScenarioReport
from wetrun.report.phrases import noticed_by
from wetrun.report.results.judging import duration_in_words, most_of, times_stand
from wetrun.report.results.model import Number, Row, Stands
from wetrun.report.results.source import Source
from wetrun.report.results.wording import FORCED, SCALED, odds, seconds

__all__ = ["recovery_of", "scenario_rows"]

_LEFT_OUT = "its run was left out"
_NO_EFFECT = "its fault was not measured to be there"


def scenario_rows(source: Source) -> Iterator[Row]:
    """Several rows for each scenario of the plan, in the plan's order."""
    for scenario in source.plan.scenarios:
        run = source.run(scenario.name)
        for row in (
            _probability(source, scenario),
            _outcome(source, scenario, run),
            _detected_by(scenario, run),
            _detected_after(source, scenario, run),
            _within(source, scenario, run),
            _added(source, scenario, run),
        ):
            if row is not None:
                yield row


def recovery_of(run: ScenarioReport) -> float | None:
    """Seconds from the fault's effect until the state was proven to be the baseline's; None when it never was."""
    return None if run.recovered_after is None else (run.detected_after or 0.0) + run.recovered_after


def _was_there(run: ScenarioReport | None) -> str:
    """Why a run can tell nothing of its scenario; empty when it can."""
    if run is None:
        return _LEFT_OUT
    if run.outcome is Outcome.INCONCLUSIVE:
        return run.reason
    return "" if run.fault is not None and run.fault.effective else _NO_EFFECT


def _probability(source: Source, scenario: Scenario) -> Row | None:
    if scenario.probability is None:
        return None
    used = None if source.foreseen is None else source.foreseen.chances.get(scenario.name)
    return Row(
        subject=scenario.name,
        what="probability",
        claimed=odds(float(scenario.probability)),
        computed="" if used is None else odds(used),
        number=None if used is None else Number(used),
        why=FORCED,
        run=scenario.name,
        place=scenario.place,
    )


def _outcome(source: Source, scenario: Scenario, run: ScenarioReport | None) -> Row | None:
    if not scenario.expect.outcomes:
        return None
    words = [one.value for one in scenario.expect.outcomes]
    given = source.forced(scenario.name)
    number = Number(min(1.0, sum(given.get(word, 0.0) for word in words))) if given else None
    why = _was_there(run)
    measured = "" if run is None or run.outcome is Outcome.INCONCLUSIVE else run.outcome.value
    if why or run is None:
        # A fault that was not there proves nothing, whatever the plan did then; what cannot come needs no run.
        never = number is not None and number.value == 0
        stands = Stands.DOES_NOT_FOLLOW if never else Stands.NOT_MEASURED
        why = f"by the plan's own words it cannot end so; {why}" if never else why
    else:
        stands = Stands.HOLDS if run.outcome in scenario.expect.outcomes else Stands.DOES_NOT_FOLLOW
        why = "" if stands is Stands.HOLDS else run.reason
    return Row(
        subject=scenario.name,
        what="outcome",
        claimed=" or ".join(words),
        measured=measured,
        runs=int(bool(measured)),
        computed="" if number is None else f"{odds(number)} given that it strikes",
        number=number,
        stands=stands,
        why=why,
        run=scenario.name,
        place=scenario.place,
    )


def _detected_by(scenario: Scenario, run: ScenarioReport | None) -> Row | None:
    wanted = scenario.expect.detected_by
    if wanted is None:
        return None
    why = _was_there(run)
    if why or run is None:
        measured, stands = "", Stands.NOT_MEASURED
    else:
        noticed = any(found.check.endswith(f"`{wanted}`") for found in run.detections)
        measured, stands = noticed_by(run), Stands.HOLDS if noticed else Stands.DOES_NOT_FOLLOW
    return Row(
        subject=scenario.name,
        what="noticed by",
        claimed=wanted,
        measured=measured,
        runs=int(bool(measured)),
        stands=stands,
        why=why,
        run=scenario.name,
        place=scenario.place,
    )


def _detected_after(source: Source, scenario: Scenario, run: ScenarioReport | None) -> Row | None:
    stated = scenario.expect.detected_after
    if stated is None:
        return None
    value = None if run is None else run.detected_after
    return _timed(source, scenario, run, ("time to detect", duration_in_words(stated), most_of(stated), value))


def _within(source: Source, scenario: Scenario, run: ScenarioReport | None) -> Row | None:
    most = scenario.expect.within
    if most is None:
        return None
    value = None if run is None else recovery_of(run)
    return _timed(source, scenario, run, ("recovered within", f"≤ {seconds(most)}", most, value))


def _added(source: Source, scenario: Scenario, run: ScenarioReport | None) -> Row | None:
    stated, clean = scenario.expect.added, source.clean
    if stated is None:
        return None
    went_on = run is not None and run.outcome in DEPLOYING
    value = max(0.0, run.seconds - clean.seconds) if run is not None and clean is not None and went_on else None
    return _timed(source, scenario, run, ("added time", duration_in_words(stated), most_of(stated), value))


def _timed(
    source: Source, scenario: Scenario, run: ScenarioReport | None, told: tuple[str, str, float, float | None]
) -> Row:
    what, claimed, most, value = told
    why = _was_there(run)
    values = () if value is None or why else (value,)
    return Row(
        subject=scenario.name,
        what=what,
        claimed=claimed,
        measured=seconds(values[0]) if values else "",
        runs=len(values),
        values=values,
        stands=times_stand(values, most, is_scaled=source.is_scaled),
        why=why or (SCALED if values and source.is_scaled else ""),
        run=scenario.name,
        place=scenario.place,
    )
