"""The summary: what is claimed beside what was measured and computed, row by row, both ways."""

from dataclasses import replace

import pytest

from sample_results import clean, faulty, foreseen, good_runs, plan, source, step
from wetrun.course.results import Finding
from wetrun.course.results import Verdict as Check
from wetrun.plan.claims import OddsClaim, OddsOf, TimeClaim, TimeOf, Way
from wetrun.plan.scenarios import Outcome
from wetrun.report.model import ScenarioReport
from wetrun.report.results.foreseen import ForeseenClaim
from wetrun.report.results.making import results
from wetrun.report.results.model import Number, Row, Stands
from wetrun.report.results.source import Source
from wetrun.units import Probability, Seconds

HOLDS, WRONG, THIN, NOT = Stands.HOLDS, Stands.DOES_NOT_FOLLOW, Stands.NOT_SUPPORTED, Stands.NOT_MEASURED
_CLEAN, _GONE, _SLOW = good_runs()


def _rows(made: Source) -> dict[tuple[str, str], Row]:
    return {(row.subject, row.what): row for group in results(made).groups for row in group.rows}


def test_a_good_rehearsal_row_by_row() -> None:
    """Each statement of the plan has its row, and each row its numbers: by hand from the runs."""
    made = source(odds=foreseen(), times={"rollback.takes": (3.1, 4.8)}, counts={"rollback.succeeds": {"yes": 2}})
    rows = _rows(made)
    assert rows["gone", "probability"].stands is NOT  # a rehearsal forces it on
    assert rows["gone", "probability"].number == Number(0.04)
    outcome = rows["gone", "outcome"]
    assert (outcome.claimed, outcome.measured, outcome.stands) == ("rolled-back", "rolled-back", HOLDS)
    assert outcome.number == Number(0.99)
    within = rows["gone", "recovered within"]
    assert (within.values, within.stands) == ((4.5,), HOLDS)  # 1.5 s to notice, 3 s to be back
    added = rows["slow", "added time"]
    assert (added.values, added.stands) == ((7.0,), HOLDS)  # 13 s against the clean run's 6 s
    takes = rows["rollback", "takes"]
    assert (takes.measured, takes.runs, takes.stands) == ("3.1 s to 4.8 s", 2, HOLDS)
    assert takes.computed == "3.9 s on average"
    assert (rows["rollback", "succeeds"].measured, rows["rollback", "succeeds"].stands) == ("2 of 2", THIN)
    assert rows["monitor memory", "never"].measured == "60 to 66 in 2 samples, grown by 10.0 %"
    assert rows["monitor memory", "never"].stands is HOLDS


@pytest.mark.parametrize(
    ("gone", "outcome", "noticed", "within"),
    [
        (faulty("gone", Outcome.ESCAPED, noticed=None, recovered=None), WRONG, WRONG, NOT),
        (faulty("gone", Outcome.RECOVERED, recovered=30.0), WRONG, HOLDS, WRONG),
        (faulty("gone", Outcome.INCONCLUSIVE), NOT, NOT, NOT),
        (faulty("gone", Outcome.ROLLED_BACK, effective=False), NOT, NOT, NOT),
        (None, NOT, NOT, NOT),
    ],
)
def test_a_scenario_that_went_otherwise(
    gone: ScenarioReport | None, outcome: Stands, noticed: Stands, within: Stands
) -> None:
    """What contradicts the plan says so; a fault that was not there proves nothing, even when all ended well."""
    rows = _rows(source((_CLEAN, _SLOW) if gone is None else (_CLEAN, gone, _SLOW)))
    found = [rows["gone", what].stands for what in ("outcome", "noticed by", "recovered within")]
    assert found == [outcome, noticed, within]


def test_an_outcome_that_cannot_come_does_not_follow_without_any_run() -> None:
    """The plan contradicts itself; that needs no rehearsal. A run that ends so all the same is believed."""
    never = replace(foreseen(), given={"gone": {"aborted": 1.0}})
    row = _rows(source((_CLEAN, _SLOW), odds=never))["gone", "outcome"]
    assert (row.stands, row.computed) == (WRONG, "0 given that it strikes")
    assert "cannot end so" in row.why
    assert _rows(source(odds=never))["gone", "outcome"].stands is HOLDS


def test_runs_that_were_sped_up_support_no_time() -> None:
    """At sixty times the speed a rollback within the limit means little; one beyond it means everything."""
    rows = _rows(source(times={"rollback.takes": (3.1,), "phase.Code.expected": (4.5,)}, speed=60.0))
    assert rows["rollback", "takes"].stands is THIN
    assert rows["Code", "takes"].stands is WRONG
    assert rows["gone", "recovered within"].stands is THIN


@pytest.mark.parametrize(
    ("verdict", "stands"),
    [(Check.PASSED, HOLDS), (Check.ACCEPTABLE, HOLDS), (Check.FAILED, WRONG), (Check.INCONCLUSIVE, NOT)],
)
def test_numbers_that_a_step_must_show(verdict: Check, stands: Stands) -> None:
    """The clean run's own finding, with its words; within the wide limits is said to be so."""
    place = plan().phases[1].steps[0].expect[1].place
    look = replace(
        step("Verify", "look", 3.0, verdict),
        findings=(Finding(verdict, "time is ≤ 300 ms (acceptable: ≤ 1 s)", "612 ms", place),),
    )
    row = _rows(source((replace(_CLEAN, steps=(look,)), _GONE, _SLOW)))["Verify/look", "must show"]
    assert row.stands is stands
    assert row.measured == ("612 ms (acceptable)" if verdict is Check.ACCEPTABLE else "612 ms")
    assert row.place == place


def test_a_number_that_was_not_judged_is_not_measured() -> None:
    """The step never ran: its number neither holds nor fails."""
    row = _rows(source((replace(_CLEAN, steps=()), _GONE, _SLOW)))["Verify/look", "must show"]
    assert (row.stands, row.measured) == (NOT, "")


@pytest.mark.parametrize(("samples", "stands"), [((60.0, 70.0), HOLDS), ((None, None), NOT), ((), NOT)])
def test_a_monitor_without_samples_is_no_quiet_monitor(samples: tuple[float | None, ...], stands: Stands) -> None:
    """Silence of a thing that never looked is not peace."""
    assert _rows(source((clean(samples=samples), _GONE, _SLOW)))["monitor memory", "never"].stands is stands


def test_a_monitor_that_saw_what_it_must_not_says_so() -> None:
    """Even when the run went on."""
    hit = replace(_CLEAN.monitors[0], hits=((2.0, "81"),), verdict=Check.FAILED)
    row = _rows(source((replace(_CLEAN, monitors=(hit,)), _GONE, _SLOW)))["monitor memory", "never"]
    assert row.stands is WRONG


def test_claims_stand_as_the_simulation_says_beside_what_was_measured() -> None:
    """One word for one claim, in `wetrun simulate` and here; and the rehearsal's own numbers beside it."""
    odds = OddsClaim(OddsOf.ROLLBACK, Way.AT_LEAST, Probability(0.9))
    time = TimeClaim(TimeOf.RECOVERY, Seconds(10), Probability(0.95))
    claims = (
        ForeseenClaim(odds, "rollback ≥ 90 %", WRONG, Number(0.86, (0.65, 0.97, 0.9)), "2 failures in 15 runs"),
        ForeseenClaim(time, "recovery p95 ≤ 10.0 s", THIN, Number(6.2), "P95 is unknown"),
    )
    made = source(odds=replace(foreseen(), claims=claims), counts={"rollback.succeeds": {"yes": 13, "no": 2}})
    rows = _rows(made)
    rollback = rows["", "rollback reliability"]
    assert (rollback.claimed, rollback.measured, rollback.runs) == ("≥ 90 %", "13 of 15", 15)
    assert rollback.computed == "86 % (90 % interval 65 % to 97 %)"
    assert rollback.stands is WRONG
    assert rows["", "time to recover"].values == (3.0,)
    assert rows["", "time to recover"].stands is THIN
    # What nobody claims is told, and is not called a claim.
    assert rows["", "success probability"].stands is Stands.NOT_CLAIMED
    assert rows["", "downtime"].computed == "4.0 s (95 of 100 runs)"


def test_a_time_of_which_the_plan_states_nothing_is_not_computed() -> None:
    """Without a stated time the model counts zero: that is no forecast of a deployment that takes no time."""
    claim = TimeClaim(TimeOf.DURATION, Seconds(120), Probability(0.95))
    claims = (ForeseenClaim(claim, "duration p95 ≤ 2 m 00 s", THIN, Number(0.0), "1 run"),)
    odds = replace(foreseen(), claims=claims, times={"detection": 0.0, "downtime": 0.0})
    rows = _rows(source(odds=odds))
    assert rows["", "duration"].computed == ""
    assert "states no such time" in rows["", "duration"].why
    assert rows["", "time to detect"].number is None
    assert rows["", "downtime"].computed == "0 ms (95 of 100 runs)"


def test_users_affected_are_computed_where_a_fleet_is_planned() -> None:
    """The number that managers ask for; only where the plan says how many users a host has."""
    assert ("", "users affected × time") not in _rows(source(odds=foreseen()))
    rows = _rows(source(odds=replace(foreseen(), user_minutes=12.345)))
    assert rows["", "users affected × time"].computed == "12.35 user-minutes on average"


def test_a_plan_that_states_nothing_has_no_rows() -> None:
    """Nothing claimed, nothing measured: no table, and no error."""
    bare = plan("name: bare\nphases: [{name: Code, steps: ['true']}]")
    groups = results(source((replace(clean(), steps=(), monitors=()),), of=bare)).groups
    assert [row.what for group in groups for row in group.rows] == ["duration"]
