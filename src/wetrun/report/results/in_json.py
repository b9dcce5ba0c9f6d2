"""The results as JSON; `KEYS` and `ROW_KEYS` say what they hold. Within one format keys are only ever added."""

from collections.abc import Mapping

from wetrun.plan.expectations import JsonValue
from wetrun.report.results.model import Number, Results, Row
from wetrun.report.results.risk import RULES

__all__ = ["KEYS", "ROW_KEYS", "results_json"]

KEYS: Mapping[str, str] = {
    "statements": "groups of claims with `title` and `rows`",
    "conclusions": "sentences: `kind` (proven, failed, escaped, assumed, found), `text`, `about` (names of runs)",
    "risk": "`level` (LOW, MODERATE, HIGH, NOT KNOWN), `rule` (when it is called so), `because`",
    "recommendation": "`word` (deploy; deploy, with these conditions; do not deploy yet; do not deploy), "
    "`because`, `todo`",
    "readiness": "items: `text`, `shown` (true, false, or null: not shown), `evidence`, `claimed` (by the author)",
    "unverified": "expectations of a runbook in prose: `text`, `place`",
}
"""The keys of the results."""

ROW_KEYS: Mapping[str, str] = {
    "subject": "the scenario, procedure, phase or step that it is about; empty for the deployment as a whole",
    "what": "which of its numbers or words",
    "claimed": "what the plan says, in words",
    "measured": "what this rehearsal measured, in words",
    "runs": "in how many runs",
    "values": "the measured numbers: seconds, or successes and runs; empty when they are no numbers",
    "computed": "what the forecast computes, in words",
    "number": "the same as a number: `value`, and `interval` (`low`, `high`, `level`) or null; null when there is none",
    "stands": "holds, does not follow, not supported, not measured, or nothing claimed",
    "why": "what a reader should know to believe it",
    "run": "the run that it speaks of, or null",
    "place": "where the claim is written, or null",
}
"""The keys of one statement."""


def results_json(found: Results) -> dict[str, JsonValue]:
    """Turn results into JSON values with stable keys."""
    return {
        "statements": [{"title": group.title, "rows": [_row(row) for row in group.rows]} for group in found.groups],
        "conclusions": [
            {"kind": one.kind.value, "text": one.text, "about": list(one.about)} for one in found.conclusions
        ],
        "risk": {
            "level": found.risk.level.value,
            "rule": RULES[found.risk.level],
            "because": list(found.risk.because),
        },
        "recommendation": {
            "word": found.advice.word.value,
            "because": list(found.advice.because),
            "todo": list(found.advice.todo),
        },
        "readiness": [
            {"text": one.text, "shown": one.shown.as_flag, "evidence": one.evidence, "claimed": one.claimed}
            for one in found.checklist
        ],
        "unverified": [{"text": text, "place": str(place)} for text, place in found.unverified],
    }


def _row(row: Row) -> JsonValue:
    return {
        "subject": row.subject,
        "what": row.what,
        "claimed": row.claimed,
        "measured": row.measured,
        "runs": row.runs,
        "values": list(row.values),
        "computed": row.computed,
        "number": None if row.number is None else _number(row.number),
        "stands": row.stands.value,
        "why": row.why,
        "run": row.run,
        "place": None if row.place is None else str(row.place),
    }


def _number(number: Number) -> JsonValue:
    if number.interval is None:
        return {"value": number.value, "interval": None}
    low, high, level = number.interval
    return {"value": number.value, "interval": {"low": low, "high": high, "level": level}}
