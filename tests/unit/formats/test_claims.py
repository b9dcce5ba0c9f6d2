"""How claims are read."""

from pathlib import Path

import pytest

from wetrun.errors import PlanError
from wetrun.formats.yaml_plan import read_plan
from wetrun.plan.claims import Claim, OddsClaim, OddsOf, TimeClaim, TimeOf, Way
from wetrun.plan.plan import Plan
from wetrun.plan.scenarios import Outcome

VALID = Path(__file__).parents[2] / "plans" / "valid"


def _plan(more: str) -> Plan:
    text = f"name: notes\nphases:\n- name: Code\n  steps: [git pull]\n{more}\n"
    return read_plan(text, file="wetrun.yaml", fault_kinds={})


def _claim(text: str) -> Claim:
    (claim,) = _plan(f"claims: {{{text}}}").claims
    return claim


@pytest.mark.parametrize("written", ["97%", "0.97", '"≥ 97%"', '">= 0.97"', '"> 97 %"', '"≥ 97/100"'])
def test_success_may_be_claimed_in_many_ways(written: str) -> None:
    """A runbook says `97 %`, a contract says `≥ 0.97`; both mean the same limit."""
    claim = _claim(f"success: {written}")
    assert isinstance(claim, OddsClaim)
    assert (claim.of, claim.way) == (OddsOf.SUCCESS, Way.AT_LEAST)
    assert claim.bound == pytest.approx(0.97)
    assert claim.place is not None
    assert claim.place.line == 5


def test_what_should_be_rare_needs_a_direction() -> None:
    """`stuck: 1%` read as at least 1 % would hold for the worst of plans."""
    with pytest.raises(PlanError, match="at least or at most"):
        _claim("stuck: 1%")
    claim = _claim('stuck: "≤ 1%"')
    assert isinstance(claim, OddsClaim)
    assert (claim.of, claim.way) == (Outcome.STUCK, Way.AT_MOST)


@pytest.mark.parametrize(
    ("written", "quantile"),
    [
        ("10m", 0.95),
        ("< 10m", 0.95),
        ('"<= 10m"', 0.95),
        ("p99 < 10m", 0.99),
        ("p99.9 ≤ 600s", 0.999),
        ("mean < 10m", None),
    ],
)
def test_a_time_is_claimed_for_a_quantile(written: str, quantile: float | None) -> None:
    """`recovery < 10 min` without a quantile means 95 of 100: a claim about every time could never be held."""
    claim = _claim(f"recovery: {written}")
    assert isinstance(claim, TimeClaim)
    assert (claim.of, claim.bound) == (TimeOf.RECOVERY, 600.0)
    assert claim.quantile == (None if quantile is None else pytest.approx(quantile))


def test_every_claim_has_a_key() -> None:
    """A total that the reference document states and the plan cannot would be lost in translation."""
    plan = read_plan((VALID / "every-key.yaml").read_text(), file="x.yaml", fault_kinds=None)
    wanted = {*OddsOf, *TimeOf, *Outcome} - {Outcome.INCONCLUSIVE}
    assert {claim.of for claim in plan.claims} == wanted


def test_the_weight_of_the_plans_numbers_is_read() -> None:
    """Ten runs unless the plan says otherwise; it is what a single observed run has to move."""
    assert _plan("").prior_runs == 10
    assert _plan("evidence: {prior_runs: 30}").prior_runs == 30
    assert _plan("evidence: {}").prior_runs == 10
