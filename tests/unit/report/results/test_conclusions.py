"""Conclusions: sentences that say no more than the runs, with the runs that they speak of."""

from dataclasses import replace

import pytest

from sample_results import clean, compared, faulty, foreseen, good_runs, sample_source, source
from wetrun.errors import Place
from wetrun.plan.facts import Facts, Unverified
from wetrun.plan.scenarios import Outcome
from wetrun.report.model import Downtime, ScenarioReport
from wetrun.report.results.foreseen import Known
from wetrun.report.results.making import results
from wetrun.report.results.model import Conclusion, ConclusionKind, Number, Shown
from wetrun.report.results.source import Source

PROVEN, FAILED, ESCAPED = ConclusionKind.PROVEN, ConclusionKind.FAILED, ConclusionKind.ESCAPED
_CLEAN, _GONE, _SLOW = good_runs()


def _concluded(made: Source) -> tuple[Conclusion, ...]:
    return results(made).conclusions


def _texts(made: Source, kind: ConclusionKind | None = None) -> str:
    return "\n".join(one.text for one in _concluded(made) if kind is None or one.kind is kind)


def test_a_good_rehearsal_proves_three_things() -> None:
    """It deploys, faults are noticed, the way back leads back: each with its number."""
    texts = _texts(source(odds=foreseen()), PROVEN)
    assert "deploys when nothing goes wrong: after 6.0 s" in texts
    assert "2 faults noticed, every one; the slowest was `gone`, after 1.5 s by step `look`" in texts
    assert "Every way back led back, in 1 run; 1 state probe compared" in texts


@pytest.mark.parametrize(
    ("run", "kind", "text"),
    [
        (clean(Outcome.DEPLOYED_DEGRADED), ConclusionKind.FOUND, "but degraded"),
        (clean(Outcome.INCONCLUSIVE), ConclusionKind.ASSUMED, "could not be measured"),
        (clean(Outcome.ROLLED_BACK), FAILED, "does not deploy even when nothing goes wrong"),
        (None, ConclusionKind.ASSUMED, "the clean run was left out"),
    ],
)
def test_whether_it_deploys(run: ScenarioReport | None, kind: ConclusionKind, text: str) -> None:
    """A run that did not deploy, or was not there, proves nothing."""
    first = _concluded(source((_GONE, _SLOW) if run is None else (run, _GONE, _SLOW)))[0]
    assert first.kind is kind
    assert text in first.text


def test_what_escaped_and_what_was_not_restored_is_named() -> None:
    """Names of scenarios and of probes are what a person mends by; they lead to the runs."""
    broken = faulty("gone", Outcome.NOT_RESTORED, comparisons=(compared(differing=("schema",)),), recovered=None)
    made = source((_CLEAN, broken, faulty("slow", Outcome.ESCAPED, noticed=None, recovered=None)))
    found = _concluded(made)
    escaped = next(one for one in found if one.kind is ESCAPED)
    failed = next(one for one in found if one.kind is FAILED)
    assert (escaped.text, escaped.about) == ("1 of 2 faults escaped every check: `slow`", ("slow",))
    assert failed.about == ("gone",)
    assert "`schema` stayed changed" in failed.text
    assert "led back" not in _texts(made, PROVEN)
    assert "every" not in _texts(made, PROVEN)


def test_a_run_that_was_cut_short_neither_escaped_nor_ended_safely() -> None:
    """Its fault was there, and nobody knows who would have noticed it: neither blame nor praise follows."""
    cut = faulty("slow", Outcome.INCONCLUSIVE, noticed=None, recovered=None)
    made = source((_CLEAN, _GONE, cut))
    told = _texts(made)
    assert "escaped every check" not in told
    assert "Ended safely" not in told
    assert "1 fault noticed; the slowest was `gone`" in told
    (item,) = (one for one in results(made).checklist if one.text == "Every fault was noticed")
    assert (item.shown, item.evidence) == (Shown.NOT_SHOWN, "could not be measured: `slow`")


def test_the_slowest_are_the_slowest() -> None:
    """Whoever plans the night wants the worst that was seen, not the mean."""
    slow = replace(_GONE, recovered_after=7.0, downtimes=(Downtime(1.0, 4.0), Downtime(5.0, None)))
    texts = _texts(source((_CLEAN, slow, replace(_SLOW, recovered_after=2.0))))
    assert "slowest way back took 7.0 s" in texts
    assert "longest downtime was 7.0 s (`gone`)" in texts  # 3 s, and from 5 s to the end at 9 s


def test_what_is_only_assumed_is_said() -> None:
    """Checks that never noticed, odds that no rehearsal shows, ways back that nobody tried, prose."""
    never = {"recovery.rebuild.succeeds": Known(Number(0.999), 0, stated=True, prior=10.0)}
    facts = Facts(unverified=(Unverified("it looks well", "look", Place("r.md", 3, 1)),))
    texts = _texts(replace(source(odds=replace(foreseen(), choices=never)), facts=facts), ConclusionKind.ASSUMED)
    assert "Nothing is known of 1 check: no fault was there for `monitor memory`" in texts
    quiet = replace(_GONE, silent=("monitor `memory`",))
    assert "1 check ran while faults were there and never noticed one: `monitor memory`" in _texts(source((quiet,)))
    assert "the probability of 2 scenarios" in texts
    assert "`recovery.rebuild` helps; no run carried it out" in texts
    assert "1 expectation of the document in prose" in texts


def test_a_ladder_that_was_needed_is_said() -> None:
    """A recovery that worked hides a rollback that did not."""
    ladder = faulty("gone", Outcome.RECOVERED, comparisons=(compared(differing=("commit",)), compared("recovery/x")))
    assert "not enough after `gone`: a recovery restored the rest" in _texts(source((_CLEAN, ladder, _SLOW)))


def test_the_odds_are_the_forecasts_and_absent_without_one() -> None:
    """A probability that was not computed must not appear."""
    texts = _texts(source(odds=foreseen()))
    assert "deploys with a probability of 93 % (90 % interval 90 % to 95 %)" in texts
    assert "largest risk by the odds: gone costs 4 points" in texts
    assert "probability" not in _texts(source())
    assert "deploys with a probability" not in _texts(source(odds=replace(foreseen(), success=None, harm=None)))


def test_the_tally_is_that_of_the_table() -> None:
    """Two counts of the same thing that differ make both worthless."""
    found = results(sample_source())
    rows = [row for group in found.groups for row in group.rows if row.claimed]
    tally = next(one.text for one in found.conclusions if one.text.startswith("Of "))
    assert tally.startswith(f"Of {len(rows)} statements")
    assert "4 do not follow" in tally
    last = found.conclusions[-1]
    assert "`gone outcome`, `gone noticed by`, `rollback takes`" in last.text
    assert last.about == ("gone",)
