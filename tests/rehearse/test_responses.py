"""What happens when something is noticed: retries, mitigations, questions, monitors, allowed differences."""

import itertools
from pathlib import Path

from tiny_plan import START, run_of, tiny
from wetrun.course.results import Verdict
from wetrun.course.verdict import VerdictWord
from wetrun.plan.scenarios import Outcome
from wetrun.report.data import to_json
from wetrun.report.plain import text
from wetrun.verbs.evidence import observations


def test_approvals_are_answered_and_marked(tmp_path: Path) -> None:
    """Nobody sits beside a rehearsal; that a person's yes was assumed has to show."""
    report = tiny(
        tmp_path,
        """
        phases:
        - name: Code
          steps:
          - {name: ask, approve: "Is the team informed?"}
          - {name: write, run: echo 2 > version}
        """,
    )
    clean = run_of(report, "clean")
    assert clean.outcome is Outcome.DEPLOYED
    assert clean.steps[0].verdict is Verdict.PASSED
    assert "yes" in clean.steps[0].outputs["stdout"].text
    assert any("nobody was asked `Is the team informed?`; a rehearsal answers yes" in note for note in clean.notes)


def test_hold_rolls_back_in_a_rehearsal(tmp_path: Path) -> None:
    """A plan that stops and asks has nobody to answer; the careful answer is the way back, and it is rehearsed."""
    report = tiny(
        tmp_path,
        """
        phases:
        - name: Code
          steps:
          - {name: write, run: echo 2 > version}
          - {name: doubtful, run: "false", on_failure: hold}
          - {name: never, run: touch never}
        """,
    )
    clean = run_of(report, "clean")
    assert [step.name for step in clean.steps] == ["write", "doubtful", "back"]
    assert clean.outcome is Outcome.ROLLED_BACK
    assert any("a rehearsal answers no" in note for note in clean.notes)


def test_a_mitigation_that_heals_is_deployed_degraded(tmp_path: Path) -> None:
    """The step is tried again after its mitigation, and that it was needed is a condition of the verdict."""
    report = tiny(
        tmp_path,
        """
        phases:
        - name: Code
          steps:
          - {name: write, run: echo 2 > version}
          - {name: cached, run: "[ -e cleaned ]", on_failure: {mitigate: clean}}
          - {name: after, run: "true"}
        procedures: {clean: {steps: [{name: sweep, run: touch cleaned}]}}
        """,
    )
    clean = run_of(report, "clean")
    assert [step.name for step in clean.steps] == ["write", "cached", "sweep", "cached", "after"]
    assert clean.outcome is Outcome.DEPLOYED_DEGRADED
    assert report.verdict.word is VerdictWord.GO_WITH_CONDITIONS
    assert any("mitigated by `clean`" in one for one in report.verdict.conditions)


def test_a_mitigation_that_does_not_help_rolls_back(tmp_path: Path) -> None:
    """A mitigation is tried once; it must not go round in circles."""
    report = tiny(
        tmp_path,
        """
        phases:
        - name: Code
          steps:
          - {name: write, run: echo 2 > version}
          - {name: broken, run: "false", on_failure: {mitigate: hope}}
        procedures: {hope: {steps: [{name: hope, run: "true"}]}}
        """,
    )
    clean = run_of(report, "clean")
    assert [step.name for step in clean.steps] == ["write", "broken", "hope", "broken", "back"]
    assert clean.outcome is Outcome.ROLLED_BACK


def test_retries_back_off_and_stop(tmp_path: Path) -> None:
    """A step that passes at its third attempt deploys; the pauses grow, and each attempt is shown."""
    report = tiny(
        tmp_path,
        """
        phases:
        - name: Code
          steps:
          - {name: write, run: echo 2 > version}
          - name: flaky
            run: echo x >> /tmp/tries; [ $(wc -l < /tmp/tries) -ge 3 ]
            retry: {times: 4, delay: 100ms, factor: 3}
        """,
    )
    clean = run_of(report, "clean")
    flaky = [step for step in clean.steps if step.name == "flaky"]
    assert [(step.attempt, step.verdict) for step in flaky] == [
        (1, Verdict.FAILED),
        (2, Verdict.FAILED),
        (3, Verdict.PASSED),
    ]
    assert all(step.ended is not None for step in flaky)
    pauses = [later.began - (earlier.ended or 0.0) for earlier, later in itertools.pairwise(flaky)]
    assert pauses[0] >= 0.1
    assert pauses[1] >= 0.3
    assert clean.outcome is Outcome.DEPLOYED


def test_until_ends_at_its_deadline(tmp_path: Path) -> None:
    """A service that does not come up is waited for as long as the plan says, and then the plan is left."""
    report = tiny(
        tmp_path,
        """
        phases:
        - name: Code
          steps:
          - {name: write, run: echo 2 > version}
          - {name: hopeful, http: "http://app.test:81/", until: {deadline: 500ms, every: 50ms}}
        """,
    )
    clean = run_of(report, "clean")
    hopeful = clean.steps[1]
    assert hopeful.verdict is Verdict.FAILED
    assert hopeful.note.startswith("tried ")
    assert clean.outcome is Outcome.ROLLED_BACK


def test_allowed_differences_do_not_count_and_are_shown(tmp_path: Path) -> None:
    """A log grows and nobody minds; that it was left out of the comparison must be readable, with the reason."""
    report = tiny(
        tmp_path,
        """
        state:
          version: cat version
          files: {tree: ., allow: {reason: logs are kept on purpose, paths: ["*.log"]}}
        phases:
        - name: Code
          steps:
          - {name: write, run: "echo 2 > version; echo line > deploy.log"}
          - {name: fails, run: "false"}
        """,
    )
    clean = run_of(report, "clean")
    assert clean.outcome is Outcome.ROLLED_BACK
    assert [(one.entry, one.allowed) for one in clean.comparisons[-1].differences] == [
        ("deploy.log", "logs are kept on purpose")
    ]
    assert clean.restored is True
    assert "logs are kept on purpose" in str(to_json(report))
    assert text(report)


def test_a_monitor_that_fires_stops_the_whole_step_before_the_rollback_begins(tmp_path: Path) -> None:
    """A rollback beside the step that it undoes is a race; its first command looks for what is still there."""
    report = tiny(
        tmp_path,
        """
        monitors:
          value: {sample: {run: cat value}, every: 50ms, rules: [{when: "> 3", then: rollback}]}
        phases:
        - name: Code
          steps:
          - name: long
            run: |
              echo 2 > version; echo 9 > value
              setsid bash -c 'trap "" TERM; while :; do sleep 4321; done' &
              (while :; do echo 2 > version; sleep 0.01; done) &
              sleep 4322
          - {name: never, run: touch never}
        rollback:
          steps:
          - {name: nobody-left, run: "! pgrep -f 'sleep 432[12]'"}
          - {name: back, run: "echo 1 > version; echo 1 > value"}
        """,
        setup="""\
            #!/bin/sh
            mkdir -p /srv/app/public
            echo 1 > /srv/app/version
            echo 1 > /srv/app/value
            echo hello > /srv/app/public/index.html
            """,
    )
    clean = run_of(report, "clean")
    assert [(step.name, step.verdict) for step in clean.steps] == [
        ("long", Verdict.FAILED),
        ("nobody-left", Verdict.PASSED),
        ("back", Verdict.PASSED),
    ]
    assert clean.outcome is Outcome.ROLLED_BACK
    assert "monitor `value`" in clean.reason


def test_a_fault_that_nobody_notices_escaped(tmp_path: Path) -> None:
    """The most important finding of all: everything is green, and the service is down."""
    report = tiny(
        tmp_path,
        """
        phases:
        - name: Code
          steps:
          - {name: write, run: echo 2 > version}
          - {name: version, run: cat version, expect: {stdout: "2"}, changes: false}
        scenarios:
          dead: {fault: {service-kill: {service: web}}, from: Code/write, expect: {outcome: rolled-back}}
        """,
        "dead",
    )
    dead = run_of(report, "dead")
    assert dead.outcome is Outcome.ESCAPED
    assert "step `version`" in dead.silent
    assert report.verdict.word is VerdictWord.NO_GO


def test_a_check_that_is_never_content_is_no_detector(tmp_path: Path) -> None:
    """An answer that is too slow for the plan on every day says nothing of a worker that died."""
    report = tiny(
        tmp_path,
        """
        services: {web: {process: http.server 8080}, worker: {process: sleep 98765}}
        phases:
        - name: Code
          steps: [{name: write, run: echo 2 > version}]
        - name: Verify
          steps:
          - {name: answer, http: "http://app.test/", expect: {latency: {good: 0.001ms, acceptable: 1m}}, limit: 2s}
        scenarios:
          dead: {fault: {service-kill: {service: worker}}, from: Verify}
        """,
        start=START.replace("cd /srv", "setsid sleep 98765 </dev/null >/dev/null 2>&1 &\n    cd /srv", 1),
    )
    assert run_of(report, "clean").steps[-1].verdict is Verdict.ACCEPTABLE
    dead = run_of(report, "dead")
    assert dead.outcome is Outcome.ESCAPED
    assert dead.reason.startswith("only step `answer` noticed anything")
    assert report.verdict.word is VerdictWord.NO_GO
    told = next(one for one in observations(tmp_path / ".wetrun") if one.scenario == "dead")
    assert told.outcome == "escaped"  # a simulation must not count as noticed what the report says has escaped
    assert ("scenario.dead.detected", "no") in told.choices


def test_a_state_that_cannot_be_seen_is_named_with_the_reason(tmp_path: Path) -> None:
    """Hearing only that there is no whole baseline, people look through a plan of twenty probes."""
    report = tiny(tmp_path, "state: {version: cat version, app: cat /srv/nothing/here}")
    clean = run_of(report, "clean")
    assert clean.outcome is Outcome.INCONCLUSIVE
    assert "`app`" in clean.reason
    assert "No such file" in clean.reason
    assert "`version`" not in clean.reason


def test_a_table_that_a_rollback_drops_is_seen_and_mended(tmp_path: Path) -> None:
    """What a rollback destroys is the difference that it is rehearsed for; it is not a look that failed."""
    report = tiny(
        tmp_path,
        """
        state:
          rows: {sql: select * from notes, database: /srv/app/notes.db}
          conf: {tree: conf}
        phases:
        - name: Code
          steps: [{name: write, run: "false", changes: true}]
        rollback:
          steps:
          - {name: drop, sql: drop table notes, database: /srv/app/notes.db}
          - {name: sweep, run: rm -r conf}
        recoveries:
        - name: copy
          steps: [{name: copy, run: cp -r kept/. .}]
        """,
        setup="""\
            #!/bin/sh
            mkdir -p /srv/app/conf /srv/app/kept /srv/app/public
            cd /srv/app
            echo 1 > version
            echo hello > public/index.html
            echo a > conf/a
            python3 - <<EOF
            import sqlite3
            made = sqlite3.connect("notes.db")
            made.executescript("create table notes (id integer); insert into notes values (7)")
            EOF
            cp -r conf notes.db kept
            """,
    )
    clean = run_of(report, "clean")
    assert clean.outcome is Outcome.RECOVERED
    first, last = clean.comparisons
    assert (first.restored, first.missing) == (False, ())
    assert {one.probe for one in first.differences} == {"rows", "conf"}
    assert last.restored
