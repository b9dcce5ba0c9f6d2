"""A large, realistic report: the clean run and eleven scenarios of a service called notes."""

import math
from collections.abc import Mapping
from dataclasses import replace

from wetrun.course.results import Finding, Output
from wetrun.course.results import Verdict as Check
from wetrun.course.verdict import Verdict, VerdictWord
from wetrun.errors import Place
from wetrun.plan.expectations import Quantity
from wetrun.plan.scenarios import Outcome
from wetrun.report.model import (
    ActionKind,
    ComparisonReport,
    Detection,
    DifferenceReport,
    Downtime,
    FaultReport,
    FidelityNote,
    Mark,
    MarkKind,
    MonitorReport,
    RehearsalReport,
    ScenarioReport,
    SectionKind,
    StepReport,
)

__all__ = ["GO", "HOSTILE", "sample_report"]

HOSTILE = (
    "</script></pre></details><script>window.pwned = 1</script><img src=https://notes.test/x onerror='window.pwned=1'>"
    "\x1b[31mred\x1b[0m \x1b]8;;https://notes.test/\x07link\x1b]8;;\x07 \x00\x07 \u202egnp.exe \ud800\n10%\r100%\n"
    "{{ 7 * 7 }} {% raw %} ${x} &amp; <!-- ]]>"
)

PLAN: tuple[tuple[str, str, ActionKind, str, float], ...] = (
    ("Prepare", "the disk has room", ActionKind.RUN, "df --output=avail -B1 /var/www | tail -1", 0.02),
    ("Prepare", "the backup is fresh", ActionKind.RUN, "find /var/backups/notes -newermt -1day | grep .", 0.03),
    ("Code", "pull", ActionKind.RUN, "git pull --ff-only origin main", 0.41),
    ("Code", "install", ActionKind.RUN, "python3 -m compileall -q notes\nprocsy check notes.ini", 0.62),
    (
        "Migrate",
        "save the database",
        ActionKind.RUN,
        "sqlite3 data/notes.db \".backup '/var/backups/notes/before.db'\"",
        0.09,
    ),
    ("Migrate", "migrate", ActionKind.RUN, "python3 -m notes.migrate --to 7", 0.35),
    ("Migrate", "the schema is new", ActionKind.SQL, "select max(version) from schema_version", 0.02),
    ("Restart", "reload", ActionKind.RUN, "procsy reload notes", 0.74),
    ("Restart", "answers", ActionKind.HTTP, "GET https://notes.test/health", 0.06),
    ("Verify", "search", ActionKind.HTTP, "GET https://notes.test/api/search?q=milk", 0.09),
    ("Verify", "count", ActionKind.SQL, "select count(*) from notes", 0.02),
    ("Verify", "settle", ActionKind.WAIT, "wait 60 s (1 s at speed 60)", 1.0),
)
ROLLBACK: tuple[tuple[str, ActionKind, str, float], ...] = (
    ("stop", ActionKind.RUN, "procsy stop notes", 0.31),
    ("code back", ActionKind.RUN, "git reset --hard ${before}", 0.08),
    ("database back", ActionKind.RUN, "cp /var/backups/notes/before.db data/notes.db", 0.04),
    ("start", ActionKind.RUN, "procsy start notes", 0.66),
    ("answers again", ActionKind.HTTP, "GET https://notes.test/health", 0.05),
)
CHECKS = (
    *(f"{section}/{name}" for section, name, *_ in PLAN if name != "settle"),
    "monitor latency",
    "monitor memory",
    "monitor log",
)
PROBES = ("commit", "files", "schema", "rows", "processes", "answers")


def _outputs(kind: ActionKind, name: str, *, good: bool) -> Mapping[str, Output]:
    if kind is ActionKind.WAIT:
        return {}
    if kind is ActionKind.HTTP:
        text = '{"status": "ok", "version": "1.4.2"}' if good else "<h1>502 Bad Gateway</h1>"
        return {"body": Output(text, len(text))}
    if kind is ActionKind.SQL:
        return {"rows": Output("[[7]]", 5)}
    if name == "pull":
        text = (
            "From file:///srv/git/notes\n   4be1f0c..9d27a51  main -> origin/main\n"
            "Updating 4be1f0c..9d27a51\nFast-forward\n"
            " notes/search.py | 31 \x1b[32m+++++++++++++\x1b[31m---\x1b[m\n"
            " notes/migrations/7.sql | 4 \x1b[32m++++\x1b[m\n"
        )
        return {"stdout": Output(text, len(text)), "stderr": Output("", 0)}
    if name == "install":
        text = "".join(f"Compiling {i:3d}/240\r" for i in range(0, 241, 8)) + "\nnotes.ini is valid\n"
        return {"stdout": Output(text, len(text)), "stderr": Output("", 0)}
    text = "done\n" if good else "Traceback (most recent call last):\n  …\nsqlite3.OperationalError: disk I/O error\n"
    return {
        "stdout": Output(text if good else "", len(text)),
        "stderr": Output("" if good else text, 0 if good else len(text)),
    }


def _step(
    section: str, kind: SectionKind, row: tuple[str, ActionKind, str, float], at: float, verdict: Check, got: str = ""
) -> StepReport:
    name, action, command, seconds = row
    good = verdict in {Check.PASSED, Check.ACCEPTABLE}
    wanted = {ActionKind.RUN: "exit 0", ActionKind.HTTP: "status is 200 to 299"}.get(action, "value is 7")
    saw = got or {ActionKind.RUN: "exit 0", ActionKind.HTTP: "200"}.get(action, "7")
    status = {ActionKind.RUN: 0 if good else 1, ActionKind.HTTP: 200 if good else 502}.get(action)
    findings = () if action is ActionKind.WAIT else (Finding(verdict, wanted, saw, Place("wetrun.yaml", 48, 9)),)
    return StepReport(
        section=section,
        kind=kind,
        name=name,
        action=action,
        command=command,
        began=at,
        ended=at + seconds,
        verdict=verdict,
        findings=findings,
        status=status,
        outputs=_outputs(action, name, good=good),
    )


def _happy(until: str | None, verdict: Check = Check.PASSED, got: str = "", slow: float = 1.0) -> list[StepReport]:
    """The happy path up to a step, which ends with `verdict`."""
    steps: list[StepReport] = []
    at = 0.4
    for section, name, action, command, usual in PLAN:
        seconds = usual * (slow if action is ActionKind.HTTP else 1)
        last = f"{section}/{name}" == until
        steps.append(
            _step(
                section,
                SectionKind.PHASE,
                (name, action, command, seconds),
                at,
                verdict if last else Check.PASSED,
                got if last else "",
            )
        )
        at += seconds + 0.03
        if last and verdict is Check.FAILED:
            break
    return steps


def _rolled_back(at: float, kind: SectionKind = SectionKind.ROLLBACK, name: str = "rollback") -> list[StepReport]:
    steps: list[StepReport] = []
    for row in ROLLBACK:
        steps.append(_step(name, kind, row, at, Check.PASSED))
        at += row[3] + 0.02
    return steps


def _monitors(
    seconds: float, *, leak: float = 0.0, slow: float = 1.0, missing: tuple[float, float] | None = None
) -> tuple[MonitorReport, ...]:
    times = [i * 0.09 for i in range(int(seconds / 0.09))]

    def there(at: float, value: float) -> float | None:
        return None if missing and missing[0] <= at < missing[1] else value

    latency = tuple(
        (at, there(at, (0.021 + 0.006 * math.sin(at * 7) ** 2) * (slow if at > 1.2 else 1))) for at in times
    )
    memory = tuple((at, 52e6 + 1.5e6 * math.sin(at) + leak * max(at - 1.0, 0)) for at in times)
    hit = next((at for at, value in memory if value > 80e6), None)
    return (
        MonitorReport(
            name="latency",
            quantity=Quantity.SECONDS,
            samples=latency,
            rules=("> 400ms for 30s",),
            limits=(0.4,),
            verdict=Check.FAILED if slow > 10 else Check.INCONCLUSIVE if missing else Check.PASSED,
            hits=((1.9, "630 ms, > 400 ms for 520 ms"),) if slow > 10 else (),
            reasons=("1 time 3 or more samples in a row were missing",) if missing else (),
        ),
        MonitorReport(
            name="memory",
            quantity=Quantity.BYTES,
            samples=memory,
            rules=("> 80MB for 5m", "slope > 5MB/min over 3m"),
            limits=(80e6,),
            verdict=Check.FAILED if hit else Check.PASSED,
            hits=((hit, "80.1 MB, > 80 MB"),) if hit else (),
        ),
    )


def _fault(
    words: str, strikes: str, measured: str, *, effective: bool | None = True, synthetic: bool = False
) -> FaultReport:
    return FaultReport(
        kind=words.split(":", maxsplit=1)[0],
        words=words,
        strikes=strikes,
        effective=effective,
        measured=measured,
        gone=True if effective else None,
        synthetic=synthetic,
    )


def _rollback_run(
    name: str,
    fault: FaultReport,
    at_step: str,
    got: str,
    *,
    probability: float = 0.02,
    down: float | None = None,
    differences: tuple[DifferenceReport, ...] = (),
    detector: str | None = None,
) -> ScenarioReport:
    """A run in which a step notices the fault and the plan rolls back."""
    steps = _happy(at_step, Check.FAILED, got)
    noticed = steps[-1].ended or 0.0
    struck = max(0.35, steps[-1].began - 0.02)
    back = _rolled_back(noticed + 0.05)
    end = (back[-1].ended or 0.0) + 0.2
    detector = detector or at_step
    ran = [f"{step.section}/{step.name}" for step in steps if step.began >= struck]
    restored = not [one for one in differences if one.allowed is None]
    return ScenarioReport(
        name=name,
        outcome=Outcome.ROLLED_BACK if restored else Outcome.NOT_RESTORED,
        reason=f"`{at_step}` failed: {got}; rolled back"
        + ("" if restored else ", but the state differs from the baseline"),
        seconds=end + 0.15,
        fault=fault,
        probability=probability,
        expected=(Outcome.ROLLED_BACK,),
        within=300,
        detected_by=at_step.split("/")[1],
        detections=(Detection(detector, noticed - struck),),
        silent=tuple(check for check in (*ran, "monitor memory", "monitor log") if check != detector),
        recovered_after=end - noticed,
        downtimes=(Downtime(struck + 0.02, noticed + (down or 0)),) if down else (),
        steps=(*steps, *back),
        monitors=_monitors(noticed),
        comparisons=(ComparisonReport(after="rollback", at=end, probes=PROBES, differences=differences),),
        marks=(
            Mark(MarkKind.FAULT_INJECTED, struck, fault.words),
            Mark(MarkKind.DETECTED, noticed, f"{detector}: {got}"),
            Mark(MarkKind.FAULT_CLEARED, noticed + 0.03, "gone: measured"),
            Mark(MarkKind.RESPONSE, noticed + 0.05, "rollback"),
            Mark(MarkKind.COMPARED, end, "state compared with the baseline"),
            Mark(MarkKind.END, end + 0.15, "rolled-back" if restored else "not-restored"),
        ),
    )


def _straight_run(
    name: str, outcome: Outcome, reason: str, *, fault: FaultReport | None = None, slow: float = 1.0
) -> ScenarioReport:
    """A run that goes through to its last step."""
    steps = tuple(_happy(None, slow=slow))
    end = (steps[-1].ended or 0.0) + 0.3
    marks = (Mark(MarkKind.FAULT_INJECTED, 1.1, fault.words),) if fault else ()
    return ScenarioReport(
        name=name,
        outcome=outcome,
        reason=reason,
        seconds=end,
        fault=fault,
        probability=0.08 if fault else None,
        expected=(Outcome.DEPLOYED,),
        silent=CHECKS[4:] if fault else (),
        downtimes=(Downtime(2.31, 2.74),),
        steps=steps,
        monitors=_monitors(end, slow=slow),
        marks=(*marks, Mark(MarkKind.END, end, outcome.value)),
    )


_LOG_GREW = DifferenceReport(
    probe="files",
    entry="logs/notes.log",
    before="1 204 bytes",
    after="3 981 bytes",
    allowed="logs grow while the service runs",
)


def _runs() -> tuple[ScenarioReport, ...]:
    forgotten = (
        DifferenceReport(probe="schema", entry="notes.pinned", before=None, after="INTEGER NOT NULL DEFAULT 0"),
        DifferenceReport(probe="schema", entry="schema_version", before="6", after="7"),
        DifferenceReport(probe="commit", before="4be1f0c6d6c7a1b3", after="9d27a51e0a417c55"),
        _LOG_GREW,
    )
    noisy = (_LOG_GREW,)
    slow = _straight_run(
        "slow-database",
        Outcome.DEPLOYED_DEGRADED,
        "latency was only acceptable while the database was slow",
        fault=_fault("network-delay: port 5432, delay 300ms", "Verify", "round trip 0.2 ms before, 601 ms after"),
        slow=6,
    )
    escaped = _straight_run(
        "wrong-answers",
        Outcome.ESCAPED,
        "a fault was present, and no check noticed anything",
        fault=_fault(
            "bad-release: patch search-returns-nothing.patch", "Code/install", "notes/search.py differs by 3 lines"
        ),
    )
    leak = _rollback_run(
        "memory-leak",
        _fault("memory-leak: service notes, rate 5MB/min", "Restart", "resident memory grew by 6.2 MB in 1 s"),
        "Verify/settle",
        "memory > 80 MB",
        differences=noisy,
        detector="monitor memory",
    )
    return (
        replace(_straight_run("clean", Outcome.DEPLOYED, "every step passed"), silent=()),
        replace(
            slow,
            expected=(Outcome.DEPLOYED_DEGRADED,),
            detections=(Detection("Verify/search", 1.84), Detection("monitor latency", 2.2)),
        ),
        _rollback_run(
            "database-down",
            _fault("service-stop: service database", "Migrate", "port 5432 refuses"),
            "Migrate/migrate",
            "exit 1, stderr ends with `connection refused`",
            down=1.9,
            differences=noisy,
        ),
        _rollback_run(
            "disk-full",
            _fault("disk-full: path /var/www/notes, leave 64kB", "Code", "writing 128 kB failed: ENOSPC"),
            "Code/pull",
            "exit 128, stderr ends with `fatal: write error: No space left on device`",
            differences=noisy,
        ),
        _rollback_run(
            "forgotten-migration",
            _fault("process-kill: service notes", "Restart/answers", "pid 214 is gone"),
            "Restart/answers",
            "connection refused",
            down=2.4,
            differences=forgotten,
        ),
        replace(leak, monitors=_monitors(4.2, leak=11e6)),
        escaped,
        _rollback_run(
            "no-route-to-cache",
            _fault("network-blackhole: port 6379", "Restart", "connecting took over 2 s"),
            "Restart/answers",
            "the time limit after 2.0 s",
            down=3.1,
            differences=noisy,
        ),
        _rollback_run(
            "build-breaks",
            _fault("command-fails: step Code/install, exit 1", "Code/install", "exit 1", synthetic=True),
            "Code/install",
            "exit 1",
            differences=noisy,
        ),
        replace(
            _rollback_run(
                "extra-commits",
                _fault("extra-commits: count 2", "Code", "origin/main is 4 ahead"),
                "Restart/answers",
                "500",
                down=0.8,
                differences=noisy,
            ),
            outcome=Outcome.RECOVERED,
            expected=(Outcome.ROLLED_BACK, Outcome.RECOVERED),
            notes=("the rollback alone did not restore `answers`; the rung `rebuild` did",),
        ),
        replace(
            _straight_run(
                "frozen-service",
                Outcome.INCONCLUSIVE,
                "the fault did not take effect: the process still answers",
                fault=_fault(
                    "service-freeze: service notes", "Verify", "the process is in state S, not T", effective=False
                ),
            ),
            detections=(),
            silent=(),
            monitors=_monitors(3.2, missing=(1.2, 2.1)),
        ),
        _rollback_run(
            "read-only",
            _fault("read-only-files: path data", "Migrate/save the database", "writing failed: EROFS"),
            "Migrate/migrate",
            "exit 1, stderr ends with `attempt to write a readonly database`",
            down=0.6,
            differences=noisy,
        ),
    )


GO = Verdict(
    VerdictWord.GO,
    ("the plan deploys, every fault was noticed, every rollback restored the system",),
    (),
    "0 failures in 11 scenario runs: this supports that at least 76% of such failures are noticed and survived, "
    "at 95 % confidence",
)


def sample_report() -> RehearsalReport:
    """The report; its verdict is NO-GO."""
    return RehearsalReport(
        rehearsal="20260131-174500-3fa9",
        plan="notes 1.4.2",
        source="examples/quickstart/wetrun.yaml",
        plan_hash="9c1185a5c5e9fc54612808977ee8f548b2258d31f2a2c6a3f2b0d1e5d4c3b2a1",
        began="2026-01-31T17:45:00+00:00",
        seconds=48.3,
        verdict=Verdict(
            VerdictWord.NO_GO,
            (
                "forgotten-migration: not-restored: `Restart/answers` failed; rolled back, but `schema` differs",
                "wrong-answers: escaped: a fault was present, and no check noticed anything",
            ),
            (
                "speed 60: waits and monitor windows were scaled",
                "build-breaks: its fault is synthetic (a scripted failure)",
                "extra-commits: the rollback alone did not restore `answers`; a recovery did",
            ),
            "2 failures in 10 scenario runs: this supports that at least 49% of such failures are noticed and "
            "survived, at 95 % confidence",
        ),
        runs=_runs(),
        speed=60.0,
        checks=CHECKS,
        fidelity=(
            FidelityNote("Python", "3.11.2", "3.11.2", same=True),
            FidelityNote("database", "SQLite 3.40.1", "SQLite 3.45.0", same=False),
            FidelityNote("kernel", "6.1", None),
        ),
        versions={"wetrun": "0.1.0", "python": "3.11.2", "linux": "6.1.0", "git": "2.39.5"},
        left_out=("clock-skew",),
    )
