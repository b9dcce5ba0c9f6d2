"""Which numbers of a runbook are claims about the whole: a wrong one is held against every run that comes."""

import pytest

from stated_facts import fact
from wetrun.errors import Place
from wetrun.faults.registry import catalogue
from wetrun.formats.runbook.contents.claiming import Parts, claims_of
from wetrun.formats.runbook.reading import Runbook, read_runbook
from wetrun.formats.writing.tree import Branch, Leaf
from wetrun.formats.writing.yaml_plan import to_yaml
from wetrun.formats.yaml_plan import read_plan
from wetrun.plan.claims import OddsClaim, OddsOf, TimeClaim, TimeOf, Way
from wetrun.plan.facts import Fact, Measure
from wetrun.units import Probability, Seconds

PARTS = Parts(["database-connection-failure", "Complete System Recovery"], ["Code"])
AT = Place("runbook.md", 1, 1)


def _time(of: TimeOf, seconds: float) -> TimeClaim:
    return TimeClaim(of, Seconds(seconds), Probability(0.95), AT)


SUCCESS, RECOVERY, DURATION, DETECTION = Measure.SUCCESS, Measure.RECOVERY, Measure.DURATION, Measure.DETECTION


@pytest.mark.parametrize(
    ("fact", "claim"),
    [
        (
            fact(SUCCESS, "Deployment Scenarios", "Total Success Rate", 0.97, 0.97),
            OddsClaim(OddsOf.SUCCESS, Way.AT_LEAST, Probability(0.97), AT),
        ),
        (
            fact(SUCCESS, "Rollback Scenarios", "Total Rollback Success Rate", 0.99, 0.99),
            OddsClaim(OddsOf.ROLLBACK, Way.AT_LEAST, Probability(0.99), AT),
        ),
        (fact(RECOVERY, "Confidence", "Recovery Time", None, 600.0), _time(TimeOf.RECOVERY, 600)),
        (
            fact(SUCCESS, "System Recovery", "Total Rollback Success Rate", 0.99, 0.99),
            OddsClaim(OddsOf.ROLLBACK, Way.AT_LEAST, Probability(0.99), AT),
        ),
        (fact(DURATION, "Release 4.2", "Expected downtime", 120.0, 180.0), _time(TimeOf.DOWNTIME, 180)),
        (fact(DURATION, "Release 4.2", "Total deployment time", 720.0, 720.0), _time(TimeOf.DURATION, 720)),
        (fact(DURATION, "Total", "Duration", 720.0, 720.0), _time(TimeOf.DURATION, 720)),
        (fact(DETECTION, "Monitoring", "Detection time", None, 60.0), _time(TimeOf.DETECTION, 60)),
        (fact(DURATION, "Release 4.2", "Expected downtime", 0.0, 0.0), _time(TimeOf.DOWNTIME, 0)),
        (
            fact(SUCCESS, "Summary", "Success rate", 0.95, 0.95),
            OddsClaim(OddsOf.SUCCESS, Way.AT_LEAST, Probability(0.95), AT),
        ),
        (fact(DURATION, "Summary", "Estimated duration", 2700.0, 2700.0), _time(TimeOf.DURATION, 2700)),
        (
            fact(DURATION, "Perfect Deployment", "Happy Path Duration", 900.0, 900.0),
            TimeClaim(TimeOf.DURATION, Seconds(900), Probability(0.5), AT),
        ),
        (fact(DURATION, "Perfect Deployment", "Downtime", 60.0, 60.0), None),
        (fact(DURATION, "Rollback", "Estimated duration", 300.0, 300.0), None),
        (fact(DURATION, "Code", "Estimated duration", 300.0, 300.0), None),
        (fact(SUCCESS, "Load test", "Success rate", 0.95, 0.95), None),
        (fact(RECOVERY, "Release 4.2", "Recovery time", 0.0, 0.0), None),
        (fact(DURATION, "Release 4.2", "Build time", 300.0, 300.0), None),
        (fact(DURATION, "Backups", "Duration", 300.0, 300.0), None),
        (fact(RECOVERY, "Goals", "Recovery point objective", 300.0, 300.0), None),
        (fact(RECOVERY, "Code", "Rollback time", 300.0, 300.0), None),
        (fact(RECOVERY, "Confidence", "Recovery Time", None, 1e17), None),
        (fact(SUCCESS, "Confidence", "Success Probability", 9.7, 9.7), None),
        (fact(SUCCESS, "Database Failure", "Success Rate", 0.99, 0.99), None),
        (fact(SUCCESS, "Perfect Deployment", "Success Probability", 0.85, 0.85), None),
        (fact(RECOVERY, "Complete System Recovery", "Recovery Time", 600.0, 900.0), None),
    ],
)
def test_totals_are_claims_about_the_whole_and_parts_are_not(fact: Fact, claim: object) -> None:
    """97 % of the whole is for the forecast to judge; 99 % of one scenario is not a claim about the deployment."""
    assert claims_of([fact], PARTS) == (() if claim is None else (claim,))


def test_a_total_that_is_stated_four_times_is_one_claim() -> None:
    """Documents repeat what they want to be true."""
    (claim,) = claims_of([fact(SUCCESS, "End", "Confidence", 0.97, 0.97, line) for line in (4, 9, 12)], PARTS)
    assert claim.place == Place("runbook.md", 4, 1)


TEXT = """\
# Release 4.2
Success Probability: 97 %
Rollback success rate: 99 %
Recovery time: < 10 minutes
## Phase 1: Code
```bash
git pull
```
## Scenario 1: Disk full (1% probability)
Recovery time: 4 minutes
Success rate: 90 %
## Summary
Total success rate: 96%
"""


def _read(text: str) -> Runbook:
    return read_runbook(text, "R.md", catalogue())


def _claims(text: str) -> dict[str, Leaf]:
    branch = _read(text).draft.entries.get("claims", Branch({}, AT))
    assert isinstance(branch, Branch)
    return {name: leaf for name, leaf in branch.entries.items() if isinstance(leaf, Leaf)}


def test_the_draft_claims_what_the_runbook_states() -> None:
    """A total that stays behind in the document is never held against anything; each must say where it stood."""
    assert {name: (leaf.value, leaf.place.line) for name, leaf in _claims(TEXT).items()} == {
        "success": ("97%", 2),
        "rollback": ("99%", 3),
        "recovery": ("< 10m", 4),
    }


def test_a_second_total_of_a_kind_is_told() -> None:
    """A plan has one claim of a kind; a person has to know that the runbook has two."""
    assert _claims(TEXT)["success"].guess == "the first of several; line 13 says 96%"
    assert _claims(TEXT)["rollback"].guess is None


def test_the_claims_that_are_written_read_as_the_same() -> None:
    """The plan that is finished by hand begins with what was claimed, and not with something near it."""
    found = _read(TEXT)
    again = read_plan(to_yaml(found.draft, (), ()), file="wetrun.yaml", fault_kinds=catalogue())
    assert [(one.of, one.bound) for one in again.claims] == [(one.of, one.bound) for one in found.plan.claims]
    assert len(again.claims) == 3


def test_a_runbook_that_states_no_total_claims_nothing() -> None:
    """An empty `claims:` would be a line to wonder about."""
    assert "claims" not in _read("# R\n```bash\nls\n```\n").draft.entries


@pytest.mark.parametrize("said", ["none", "None", "**none**", "zero", "no downtime", "0", "none expected"])
def test_no_downtime_is_a_claim(said: str) -> None:
    """It is the boldest promise of a runbook, and has no digit in it."""
    text = TEXT.replace("Recovery time: < 10 minutes", f"**Downtime:** {said}")
    assert _claims(text)["downtime"].value == "0s"
    (claim,) = [one for one in _read(text).plan.claims if isinstance(one, TimeClaim) and one.of is TimeOf.DOWNTIME]
    assert float(claim.bound) == 0.0


@pytest.mark.parametrize("said", ["not known", "see below", "noticeable", "depends"])
def test_other_words_about_downtime_claim_nothing(said: str) -> None:
    """A word that only begins like `no` is no number."""
    assert "downtime" not in _claims(TEXT.replace("Recovery time: < 10 minutes", f"Downtime: {said}"))
