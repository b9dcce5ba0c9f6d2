"""The forms of a report: they agree with each other, and keep what they promise."""

import json
import re
from base64 import b64encode
from dataclasses import replace
from hashlib import sha256

from hostile_report import hostile_report
from sample_report import GO, sample_report
from wetrun.course.verdict import Verdict, VerdictWord
from wetrun.report.data import FORMAT, KEYS, RUN_KEYS, to_json
from wetrun.report.model import ComparisonReport, DifferenceReport
from wetrun.report.page import html
from wetrun.report.phrases import OUTCOME_TONES, restored
from wetrun.report.plain import text


def test_the_text_starts_with_the_verdict_and_says_why() -> None:
    """Whoever reads three lines must have read the three that matter."""
    lines = text(sample_report()).splitlines()
    assert lines[2].startswith("NO-GO: ")
    assert lines[3].startswith("  - forgotten-migration: not-restored")
    assert "blind spots: wrong-answers" in lines
    assert "  schema schema_version: `6` before, `7` after" in lines


def test_the_table_is_aligned() -> None:
    """Every outcome starts in the same column, whatever the names."""
    lines = text(sample_report()).splitlines()
    head = next(line for line in lines if line.startswith("run "))
    column = head.index("outcome")
    for run in sample_report().runs:
        row = next(line for line in lines if re.match(rf"{re.escape(run.name)}(  | \(synthetic)", line))
        assert row[column:].startswith(run.outcome.value)


def test_hostile_text_cannot_steer_a_terminal() -> None:
    """An escape sequence in an output must not rewrite the verdict above it."""
    words = text(hostile_report())
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\ud800-\udfff]", words)
    assert words.encode()


def test_every_documented_key_is_there_and_every_key_is_documented() -> None:
    """Programs are written against these keys; one that goes away unnoticed breaks them at night."""
    data = to_json(sample_report())
    runs = data["runs"]
    assert isinstance(runs, list)
    assert list(data) == list(KEYS)
    assert all(isinstance(run, dict) and list(run) == list(RUN_KEYS) for run in runs)
    assert data["format"] == FORMAT


def test_json_is_json() -> None:
    """NaN and infinity are Python's idea of JSON, and nobody else's."""
    report = sample_report()
    monitor = replace(report.runs[0].monitors[0], samples=((0.0, float("nan")), (1.0, float("inf"))))
    odd = replace(report, runs=(replace(report.runs[0], monitors=(monitor,)),))
    assert json.loads(json.dumps(to_json(odd), allow_nan=False))


def test_the_policy_allows_exactly_the_pages_own_style_and_script() -> None:
    """A hash that does not fit would leave the page bare; a missing one would let anything in."""
    page = html(sample_report())
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', page)
    assert policy is not None
    for tag in ("style", "script"):
        (body,) = re.findall(rf"<{tag}>(.*?)</{tag}>", page, re.DOTALL)
        assert f"{tag}-src &#39;sha256-{b64encode(sha256(body.encode()).digest()).decode()}&#39;" in policy[1]
    assert "default-src &#39;none&#39;" in policy[1]
    assert "unsafe" not in policy[1]


def test_every_verdict_and_every_outcome_has_its_words() -> None:
    """A report must not fail for the rarest outcome, which is the one that matters."""
    report = sample_report()
    for word in VerdictWord:
        changed = replace(report, verdict=Verdict(word, GO.reasons, (), GO.evidence), runs=report.runs[:1])
        assert f'<h2 id="verdict"><span class="unseen">Verdict: </span>{word.value}</h2>' in html(changed)
        assert word.value in text(changed)
    for outcome in OUTCOME_TONES:
        assert outcome.value in html(replace(report, runs=(replace(report.runs[0], outcome=outcome),)))


def test_a_rehearsal_without_runs_has_a_report() -> None:
    """Interrupted at once is a result, too."""
    empty = replace(sample_report(), runs=(), checks=(), fidelity=(), versions={}, left_out=())
    assert html(empty)
    assert text(empty)
    assert to_json(empty)


def test_what_could_not_be_measured_is_not_restored() -> None:
    """Safety rule: missing data is inconclusive, never passed."""
    run = sample_report().runs[2]
    allowed = DifferenceReport(probe="files", allowed="logs grow")
    cases = {
        (): "—",
        (ComparisonReport(after="rollback", at=1, probes=("a",), missing=("a",)),): "not measured",
        (ComparisonReport(after="rollback", at=1, probes=("a",), differences=(allowed,)),): "yes",
        (
            ComparisonReport(
                after="rollback",
                at=1,
                probes=("a",),
                differences=(allowed, DifferenceReport(probe="rows")),
                missing=("a",),
            ),
        ): "no",
    }
    for comparisons, word in cases.items():
        assert restored(replace(run, comparisons=comparisons)) == word


def test_the_text_names_what_could_not_be_observed_beside_what_differs() -> None:
    """Who mends the differences that are told, and nothing else, is surprised by the next rehearsal."""
    report = sample_report()
    unseen = ("files: (no answer within 60 s)",)
    runs = tuple(
        replace(run, comparisons=tuple(replace(one, missing=unseen) for one in run.comparisons)) for run in report.runs
    )
    lines = text(replace(report, runs=runs)).splitlines()
    assert "  schema schema_version: `6` before, `7` after" in lines
    assert "  could not be observed: files: (no answer within 60 s)" in lines
