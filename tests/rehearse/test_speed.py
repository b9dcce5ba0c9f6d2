"""Time that passes faster: what takes minutes in production must not take minutes in every rehearsal."""

from pathlib import Path

from tiny_plan import run_of, tiny
from wetrun.course.verdict import VerdictWord
from wetrun.plan.scenarios import Outcome

WAITING = """
    phases:
    - name: Wait
      steps:
      - {name: sleep, run: "sleep 1h 30m; sleep 45 && sleep 0.5d", limit: 30s}
      - {name: wait, wait: 2h}
    watch: 1h
"""


def test_waits_of_hours_pass_in_seconds_and_the_verdict_says_so(tmp_path: Path) -> None:
    """`sleep` in a command, wait steps and the watch all scale; that they did is a condition, never hidden."""
    report = tiny(tmp_path, WAITING, speed=36000)
    clean = run_of(report, "clean")
    assert clean.outcome is Outcome.DEPLOYED, clean.reason
    assert clean.seconds < 600
    assert report.verdict.word is VerdictWord.GO_WITH_CONDITIONS
    assert any("36000 times as fast" in condition for condition in report.verdict.conditions)
