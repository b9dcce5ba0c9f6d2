"""What a runbook states in its own words and tables, as claims and as rows beside what was measured."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from wetrun.formats.runbook.contents.claiming import HAPPY, Parts, claims_of
from wetrun.plan.facts import Fact, Measure
from wetrun.plan.likeness import alike
from wetrun.plan.scenarios import DEPLOYING, LED_BACK, Outcome
from wetrun.report.model import ScenarioReport
from wetrun.report.results.judging import odds_stand, times_stand
from wetrun.report.results.model import Number, Row, Stands
from wetrun.report.results.scenario_rows import recovery_of
from wetrun.report.results.source import Source
from wetrun.report.results.wording import FORCED, odds, range_of, share

__all__ = ["stated_rows"]

_NO_LIMIT = "the word names no limit"
_NOT_THERE = "the plan has nothing of this name"
_HALF_A_POINT = 0.005  # people write whole percentages


def stated_rows(source: Source) -> Iterator[Row]:
    """One row for each number that the document states of a scenario, a recovery or the undisturbed run."""
    parts = Parts.of_plan(source.plan)
    for fact in () if source.facts is None else source.facts.numbers:
        if fact.measure in {Measure.LIMIT, Measure.FACTOR} or claims_of((fact,), parts, usual=False):
            continue
        yield _row(source, fact)


def _row(source: Source, fact: Fact) -> Row:
    scenario = next((one for one in source.plan.scenarios if alike(fact.subject, one.name.replace("-", " "))), None)
    if scenario is not None:
        return _of_scenario(source, fact, scenario.name, _aim(source, scenario.name))
    recovery = next((one for one in source.plan.recoveries if alike(fact.subject, one.name.replace("-", " "))), None)
    if recovery is not None:
        return _of_recovery(source, fact, f"recovery.{recovery.name}")
    clean = source.clean
    if HAPPY.search(fact.subject) and fact.measure is Measure.PROBABILITY:
        return _undisturbed(source, fact)
    if HAPPY.search(fact.subject) and clean is not None:
        good = int(clean.outcome in DEPLOYING)
        if fact.measure is Measure.SUCCESS:
            return _odds(fact, good, 1, run=clean.name)
        return _time(source, fact, (clean.seconds,) if good else (), run=clean.name)
    return _bare(fact, _NOT_THERE)


def _undisturbed(source: Source, fact: Fact) -> Row:
    """How often nothing goes wrong: the odds of ending `deployed`, no mitigation and no note on the way."""
    computed = None if source.foreseen is None else source.foreseen.outcomes.get(Outcome.DEPLOYED.value)
    row = _bare(fact, "only deployments show how often nothing goes wrong", computed=computed)
    if computed is None or fact.low is None:
        return row
    contradicted = fact.low > computed + _HALF_A_POINT
    return replace(row, stands=Stands.DOES_NOT_FOLLOW if contradicted else Stands.NOT_SUPPORTED)


def _aim(source: Source, scenario: str) -> frozenset[Outcome]:
    """The outcomes that count as success in a scenario: to deploy where the plan expects that, else to be back."""
    expected = next(one.expect.outcomes for one in source.plan.scenarios if one.name == scenario)
    return DEPLOYING if not expected or DEPLOYING & set(expected) else LED_BACK


def _of_scenario(source: Source, fact: Fact, name: str, aim: frozenset[Outcome]) -> Row:
    run = source.run(name)
    if fact.measure is Measure.PROBABILITY:
        used = None if source.foreseen is None else source.foreseen.chances.get(name)
        return _bare(fact, FORCED, run=name, computed=used)
    if run is None or run.fault is None or not run.fault.effective or run.outcome is Outcome.INCONCLUSIVE:
        return _bare(fact, "no run of it could tell", run=name)
    if fact.measure is Measure.SUCCESS:
        given = source.forced(name)
        number = sum(given.get(outcome.value, 0.0) for outcome in aim) if given else None
        return _odds(fact, int(run.outcome in aim), 1, run=name, computed=number)
    value = _seconds(source, fact, run)
    return _time(source, fact, () if value is None else (value,), run=name)


def _seconds(source: Source, fact: Fact, run: ScenarioReport) -> float | None:
    match fact.measure:
        case Measure.DETECTION:
            return run.detected_after
        case Measure.RECOVERY:
            return recovery_of(run) if re.search(r"total|recover", fact.label, re.IGNORECASE) else run.recovered_after
        case Measure.ADDED:
            return None if source.clean is None else max(0.0, run.seconds - source.clean.seconds)
        case _:
            return run.seconds


def _of_recovery(source: Source, fact: Fact, key: str) -> Row:
    if fact.measure is Measure.SUCCESS:
        known = None if source.foreseen is None else source.foreseen.choices.get(f"{key}.succeeds")
        return _odds(fact, *source.succeeded(f"{key}.succeeds"), computed=None if known is None else known.number.value)
    return _time(source, fact, source.times.get(f"{key}.takes", ()))


def _odds(fact: Fact, good: int, runs: int, *, run: str | None = None, computed: float | None = None) -> Row:
    return Row(
        subject=fact.subject,
        what=fact.label,
        claimed=fact.text,
        measured=share(good, runs),
        runs=runs,
        values=(float(good), float(runs)) if runs else (),
        computed="" if computed is None else odds(computed),
        number=None if computed is None else Number(computed),
        stands=odds_stand(good, runs, fact.low or 0.0),
        run=run,
        place=fact.place,
    )


def _time(source: Source, fact: Fact, values: Sequence[float], *, run: str | None = None) -> Row:
    stands, why = times_stand(values, fact.high or 0.0, is_scaled=source.is_scaled), ""
    if values and not fact.high:
        stands, why = Stands.NOT_SUPPORTED, _NO_LIMIT
    return Row(
        subject=fact.subject,
        what=fact.label,
        claimed=fact.text,
        measured=range_of(values),
        runs=len(values),
        values=tuple(values),
        stands=stands,
        why=why,
        run=run,
        place=fact.place,
    )


def _bare(fact: Fact, why: str, *, run: str | None = None, computed: float | None = None) -> Row:
    return Row(
        subject=fact.subject,
        what=fact.label,
        claimed=fact.text,
        computed="" if computed is None else odds(computed),
        number=None if computed is None else Number(computed),
        why=why,
        run=run,
        place=fact.place,
    )
