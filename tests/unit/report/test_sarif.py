"""Findings as SARIF 2.1.0."""

from wetrun.errors import Place
from wetrun.plan.findings import Finding, Severity
from wetrun.report.sarif import RuleText, to_sarif

RULES = [RuleText("a", "A", "Because.", Severity.WARNING), RuleText("b", "B", "Because.", Severity.NOTE)]


def test_a_finding_with_all_its_places() -> None:
    """Code hosts show a finding only when rule, level and region fit the standard."""
    finding = Finding("b", Severity.ERROR, "what", Place("my docs/R.md", 3, 7), "this", (Place("R.md", 9, 1),))
    (run,) = to_sarif([finding], RULES)["runs"]
    (result,) = run["results"]
    assert result["ruleId"] == run["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == "b"
    assert result["level"] == "error"
    assert result["message"]["text"] == "what. Instead: this"
    location = result["locations"][0]["physicalLocation"]
    assert location["artifactLocation"]["uri"] == "my%20docs/R.md"
    assert location["region"] == {"startLine": 3, "startColumn": 7}
    assert len(result["relatedLocations"]) == 1


def test_a_rule_that_is_not_known_is_named_only() -> None:
    """An index that leads nowhere makes the whole file invalid."""
    (run,) = to_sarif([Finding("mistake", Severity.ERROR, "what", Place("", 0, 0))], RULES)["runs"]
    (result,) = run["results"]
    assert "ruleIndex" not in result
    assert result["locations"][0]["physicalLocation"]["region"] == {"startLine": 1, "startColumn": 1}


def test_nothing_found_is_a_run_without_results() -> None:
    """Code hosts close old findings when a run has an empty list, not when the list is missing."""
    log = to_sarif([], RULES)
    assert log["version"] == "2.1.0"
    assert log["runs"][0]["results"] == []
