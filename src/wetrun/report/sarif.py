"""Findings as SARIF 2.1.0, which code hosts and editors show beside the lines.

Source: OASIS SARIF 2.1.0, sections 3.13 (log), 3.19 (driver), 3.27 (result), 3.49 (rule).
"""

from collections.abc import Iterable
from typing import Any

from wetrun import __version__
from wetrun.errors import Place
from wetrun.lean import dataclass
from wetrun.plan.findings import Finding, Severity

__all__ = ["RuleText", "to_sarif"]

_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"


@dataclass(frozen=True, slots=True)
class RuleText:
    """What is told of a rule."""

    name: str
    title: str
    why: str
    severity: Severity


def to_sarif(findings: Iterable[Finding], rules: Iterable[RuleText]) -> dict[str, Any]:
    """One run with every finding.

    Args:
        findings: In any order.
        rules: The rules that they may come from; one that is not among them is named only.
    """
    known = list(rules)
    index = {rule.name: number for number, rule in enumerate(known)}
    driver = {
        "name": "wetrun",
        "version": __version__,
        "rules": [
            {
                "id": rule.name,
                "shortDescription": {"text": rule.title},
                "fullDescription": {"text": rule.why},
                "defaultConfiguration": {"level": rule.severity.value},
            }
            for rule in known
        ],
    }
    results = [_result(finding, index) for finding in findings]
    # Columns count characters, as editors do.
    run = {"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": results}
    return {"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}


def _result(finding: Finding, index: dict[str, int]) -> dict[str, Any]:
    text = finding.message + (f". Instead: {finding.instead}" if finding.instead else "")
    result: dict[str, Any] = {
        "ruleId": finding.rule,
        "level": finding.severity.value,
        "message": {"text": text},
        "locations": [_location(finding.place)],
    }
    if finding.rule in index:
        result["ruleIndex"] = index[finding.rule]
    if finding.related:
        result["relatedLocations"] = [_location(place) for place in finding.related]
    return result


def _location(place: Place) -> dict[str, Any]:
    artifact = {"uri": place.file.replace("\\", "/").replace(" ", "%20")} if place.file else {"uri": "wetrun.yaml"}
    region = {"startLine": max(1, place.line), "startColumn": max(1, place.column)}
    return {"physicalLocation": {"artifactLocation": artifact, "region": region}}
