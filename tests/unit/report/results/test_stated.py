"""What a document states in words and tables, beside what was measured."""

from dataclasses import replace

import pytest

from sample_results import faulty, foreseen, good_runs, plan, source
from stated_facts import fact
from wetrun.plan.facts import Fact, Facts, Measure
from wetrun.plan.scenarios import Outcome
from wetrun.report.results.model import Row, Stands
from wetrun.report.results.stated import stated_rows

HOLDS, WRONG, THIN, NOT = Stands.HOLDS, Stands.DOES_NOT_FOLLOW, Stands.NOT_SUPPORTED, Stands.NOT_MEASURED
PLAN = """
    name: shop
    phases: [{name: Code, steps: [{name: pull, run: git pull}]}]
    scenarios:
      database-connection-failure:
        {probability: 1%, fault: dirty-worktree, from: Code, expect: {outcome: rolled-back}}
      slow-database-response:
        {probability: 8%, fault: dirty-worktree, from: Code, expect: {outcome: deployed-degraded}}
    rollback: [{name: back, run: git reset --hard abc}]
    recoveries: [{name: complete-system-recovery, steps: [{name: anew, run: ./anew}]}]
"""


def _row(fact: Fact, *, speed: float = 1.0, gone: Outcome = Outcome.ROLLED_BACK) -> Row:
    runs = (
        good_runs()[0],
        faulty("database-connection-failure", gone),
        replace(faulty("slow-database-response", Outcome.DEPLOYED_DEGRADED, recovered=None), seconds=13.0),
    )
    odds = replace(foreseen(), chances={"database-connection-failure": 0.01})
    made = source(
        runs, of=plan(PLAN), odds=odds, speed=speed, times={"recovery.complete-system-recovery.takes": (9.0,)}
    )
    (row,) = stated_rows(replace(made, facts=Facts(numbers=(fact,))))
    return row


@pytest.mark.parametrize(
    ("fact", "measured", "stands"),
    [
        (fact(Measure.PROBABILITY, "Database Failure", "Probability", 0.01, 0.01), "", NOT),
        (fact(Measure.SUCCESS, "Database Failure", "Success Rate", 0.99, 0.99), "1 of 1", THIN),
        (fact(Measure.DETECTION, "Database Failure", "Detection", 0.0, 0.0), "1.5 s", THIN),
        (fact(Measure.DETECTION, "Database Failure", "Detection", 0.0, 2.0), "1.5 s", HOLDS),
        (fact(Measure.RECOVERY, "Database Failure", "Total Recovery", None, 4.0), "4.5 s", WRONG),
        (fact(Measure.RECOVERY, "Database Failure", "Rollback Time", 1.0, 4.0), "3.0 s", HOLDS),
        (fact(Measure.ADDED, "Slow Database", "Duration", 5.0, 10.0), "7.0 s", HOLDS),
        (fact(Measure.DURATION, "Slow Database", "Duration", 12.0, 12.0), "13.0 s", WRONG),
        (fact(Measure.DURATION, "Perfect Deployment", "Duration", 900.0, 900.0), "6.0 s", HOLDS),
        (fact(Measure.SUCCESS, "Perfect Deployment", "Success Rate", 1.0, 1.0), "1 of 1", THIN),
        (fact(Measure.PROBABILITY, "Perfect Deployment", "Probability", 0.95, 0.95), "", WRONG),
        (fact(Measure.PROBABILITY, "Perfect Deployment", "Probability", 0.88, 0.88), "", THIN),
        (fact(Measure.RECOVERY, "Complete System Recovery", "Recovery Time", 5.0, 10.0), "9.0 s", HOLDS),
        (fact(Measure.SUCCESS, "Complete System Recovery", "Success Rate", 0.999, 0.999), "", NOT),
        (fact(Measure.ADDED, "Something Else", "Time Cost", 1.0, 2.0), "", NOT),
    ],
)
def test_each_number_of_a_table_stands_beside_its_run(fact: Fact, measured: str, stands: Stands) -> None:
    """By hand from the runs: the clean one takes 6 s; `Database Failure` is noticed after 1.5 s, back 3 s later."""
    row = _row(fact)
    assert (row.measured, row.stands) == (measured, stands)
    assert (row.claimed, row.place) == ("as written", fact.place)


@pytest.mark.parametrize(
    ("outcome", "stands"), [(Outcome.DEPLOYED, THIN), (Outcome.DEPLOYED_DEGRADED, THIN), (Outcome.ROLLED_BACK, WRONG)]
)
def test_where_the_plan_expects_nothing_success_is_to_deploy(outcome: Outcome, stands: Stands) -> None:
    """A success rate of 99 % that nobody explains can only mean that the release gets out."""
    of = plan(PLAN.replace(", expect: {outcome: rolled-back}", ""))
    made = source((good_runs()[0], faulty("database-connection-failure", outcome)), of=of)
    stated = fact(Measure.SUCCESS, "Database Failure", "Success Rate", 0.99, 0.99)
    (row,) = stated_rows(replace(made, facts=Facts(numbers=(stated,))))
    assert row.stands is stands


def test_what_contradicts_a_table_says_so() -> None:
    """A run that did not lead back disproves a stated 99 %."""
    row = _row(fact(Measure.SUCCESS, "Database Failure", "Success Rate", 0.99, 0.99), gone=Outcome.NOT_RESTORED)
    assert (row.measured, row.stands) == ("0 of 1", WRONG)
    assert _row(fact(Measure.DETECTION, "Database Failure", "Detection", 0.0, 2.0), speed=9).stands is THIN
