"""The runbook of a real team, line by line; it lies beside the repository where there is one, and is no part of it."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path

import pytest

from wetrun.faults.registry import catalogue
from wetrun.formats.runbook.document.decoding import decode
from wetrun.formats.runbook.reading import Runbook, read_runbook
from wetrun.lint.registry import lint
from wetrun.lint.subject import Subject
from wetrun.plan.durations import Fixed, Uniform
from wetrun.plan.expectations import Exact, Expectation, Limits, Lines, Range
from wetrun.plan.expectations import Subject as Seen
from wetrun.plan.facts import Fact, Measure
from wetrun.plan.findings import Finding
from wetrun.plan.monitors import Above, Slope
from wetrun.plan.plan import Plan
from wetrun.plan.responses import Mitigate, Simple
from wetrun.plan.scenarios import Outcome
from wetrun.plan.steps import Run, Step, Wait

DOCUMENT = Path(__file__).parents[3] / "shared/reference/enterprise-deployment-simulation.md"
pytestmark = pytest.mark.skipif(
    not DOCUMENT.exists(), reason="the reference document does not lie beside the repository"
)


@cache
def _runbook() -> Runbook:
    return read_runbook(decode(DOCUMENT.read_bytes()), "R.md", catalogue())


@cache
def _findings() -> tuple[Finding, ...]:
    found = _runbook()
    return lint(Subject(found.plan, found.text, found.facts, found.findings, is_runbook=True))


def _plan() -> Plan:
    return _runbook().plan


def _lines(rule: str) -> list[int]:
    return [finding.place.line for finding in _findings() if finding.rule == rule]


def _at(line: int) -> Step:
    """The step whose command stands in a line."""
    plan = _plan()
    rollback = plan.rollback.steps if plan.rollback else ()
    procedures = (*plan.procedures.values(), *plan.recoveries)
    steps = (*(step for _, step in plan.steps()), *rollback, *(step for each in procedures for step in each.steps))
    return next(step for step in steps if step.place is not None and step.place.line == line)


def _command(line: int) -> str:
    action = _at(line).action
    assert isinstance(action, Run)
    return action.command


def _expected(line: int, subject: Seen) -> Expectation:
    return next(wanted for wanted in _at(line).expect if wanted.subject is subject)


def _facts(line: int) -> list[Fact]:
    return [fact for fact in _runbook().facts.numbers if fact.place.line == line]


def test_the_five_phases_with_their_commands() -> None:
    """The happy path is what is deployed; a command too many or too few is another deployment."""
    assert [(phase.place.line if phase.place else 0, len(phase.steps)) for phase in _plan().phases] == [
        (29, 4),
        (56, 3),
        (83, 1),
        (108, 3),
        (128, 3),
    ]
    starts = {35: "cd /", 38: "git status", 44: "pm2 status", 52: 'git tag "backup-', 58: "git pull origin main"}
    starts |= {
        73: "npm install",
        78: "npx prisma generate",
        85: "npm run build",
        110: "pm2 restart ",
        118: "pm2 status",
    }
    starts |= {130: "curl -s ", 133: "curl -s ", 136: "curl -w "}
    for line, start in starts.items():
        assert _command(line).startswith(start), line
    assert _at(116).action == Wait(30.0)  # type: ignore[arg-type]


def test_the_login_is_the_target() -> None:
    """A login as a step would hang; left out without a trace, everything would run on the wrong machine."""
    (target,) = _plan().targets.values()
    assert target.place is not None
    assert (target.place.line, target.directory is not None) == (32, True)
    assert target.ssh is not None
    assert target.ssh in DOCUMENT.read_text()


@pytest.mark.parametrize(
    ("line", "subject", "patterns"),
    [
        (38, Seen.OUTPUT, ["On branch main", "nothing to commit, working tree clean"]),
        (44, Seen.OUTPUT, ["*online*"]),
        (58, Seen.OUTPUT, ["Updating *..*", "Fast-forward", "*|*", "*changed*"]),
        (73, Seen.OUTPUT, ["added 0 packages, and audited * packages in *"]),
        (78, Seen.OUTPUT, ["✔ Generated Prisma Client (v5.*)"]),
        (85, Seen.OUTPUT, ["* Next.js 14.1.0", "*✓ Compiled successfully", "*✓ Generating static pages (*)"]),
        (110, Seen.OUTPUT, ["[PM2] Process successfully restarted"]),
        (118, Seen.OUTPUT, ["*online*"]),
    ],
)
def test_expected_output_is_tolerant_of_what_varies(line: int, subject: Seen, patterns: list[str]) -> None:
    """Hashes, times and tables of the author's own run would fail every other run."""
    matcher = _expected(line, subject).matcher
    assert isinstance(matcher, Lines)
    for pattern in patterns:
        assert any(pattern.strip("*") in wanted for wanted in matcher.lines), (pattern, matcher.lines)
    assert not any("abc1234" in wanted or "45.2mb" in wanted for wanted in matcher.lines)


def test_counts_and_times_are_checked() -> None:
    """The numbers by which the author decides must decide."""
    assert _expected(130, Seen.STDOUT).matcher == Exact("9")
    assert _expected(133, Seen.STDOUT).matcher == Exact("56")
    limits = _expected(136, Seen.TIME).matcher
    assert isinstance(limits, Limits)
    assert (limits.good, limits.acceptable) == (Range(high=0.4), Range(high=1.0))


def test_scenario_1_is_the_happy_path() -> None:
    """Its probability, its duration and its success are claims that the simulation is held against."""
    stated = {fact.measure: fact.low for line in (27, 140, 141) for fact in _facts(line)}
    assert stated == {Measure.PROBABILITY: 0.85, Measure.DURATION: 900.0, Measure.SUCCESS: 0.85}
    assert len({fact.subject for line in (27, 140, 141) for fact in _facts(line)}) == 1


SCENARIOS: Mapping[int, tuple[float, str, Outcome]] = {
    147: (0.08, "network-delay", Outcome.DEPLOYED_DEGRADED),
    181: (0.03, "command-fails", Outcome.DEPLOYED_DEGRADED),
    216: (0.04, "bad-release", Outcome.DEPLOYED_DEGRADED),
    250: (0.01, "network-refuse", Outcome.ROLLED_BACK),
    295: (0.005, "memory-leak", Outcome.ROLLED_BACK),
    334: (0.015, "bad-release", Outcome.ROLLED_BACK),
}


def test_scenarios_2_to_7_are_there_and_no_other() -> None:
    """A scenario that is lost is a failure that nobody rehearses."""
    assert [scenario.place.line for scenario in _plan().scenarios if scenario.place] == list(SCENARIOS)


@pytest.mark.parametrize("line", SCENARIOS)
def test_a_scenario_has_its_probability_fault_and_outcome(line: int) -> None:
    """These three decide what is rehearsed and what it counts for."""
    scenario = next(each for each in _plan().scenarios if each.place and each.place.line == line)
    probability, kind, outcome = SCENARIOS[line]
    assert scenario.probability == pytest.approx(probability)
    assert scenario.fault.kind == kind
    assert scenario.expect.outcomes[0] is outcome


def _scenario(line: int) -> int:
    return next(number for number, each in enumerate(_plan().scenarios) if each.place and each.place.line == line)


def test_scenario_2_slow_database() -> None:
    """A query takes 2.1 s instead of 0.3 s; 5 to 10 minutes are added; the limit for going on is a second."""
    scenario = _plan().scenarios[_scenario(147)]
    assert scenario.fault.parameters == {"port": 5432, "delay": 0.9}
    assert scenario.expect.added == Uniform(300.0, 600.0)  # type: ignore[arg-type]
    assert scenario.strikes.startswith(f"{_plan().phases[4].name}/")


def test_scenario_3_packages() -> None:
    """The mitigation belongs to the step that fails, works in 95 of 100 cases, and takes 2 to 3 minutes."""
    scenario = _plan().scenarios[_scenario(181)]
    assert "ERESOLVE" in str(scenario.fault.parameters["stderr"])
    step = _at(73)
    assert scenario.expect.detected_by == step.name
    assert isinstance(step.on_failure, Mitigate)
    procedure = _plan().procedures[step.on_failure.procedure]
    assert [each.place.line for each in procedure.steps if each.place] == [196, 197, 198]
    assert (procedure.succeeds, procedure.takes) == (0.95, Uniform(120.0, 180.0))  # type: ignore[arg-type]


def test_scenario_4_decides_by_the_kind_of_warning() -> None:
    """Three kinds of warnings, three decisions; the expected one is to go on."""
    decisions = {each.place.line: each.response for each in _runbook().facts.decisions}
    assert [decisions[line] for line in (235, 236, 237)] == ["continue", "note", "rollback"]
    assert _plan().scenarios[_scenario(216)].expect.added == Uniform(120.0, 180.0)  # type: ignore[arg-type]


def test_scenario_5_is_rolled_back() -> None:
    """Its rollback is the plan's: five commands, 3 to 5 minutes, 99 of 100; checked by a count."""
    rollback = _plan().rollback
    assert rollback is not None
    assert [step.place.line for step in rollback.steps if step.place] == [270, 273, 278, 282, 286]
    assert (rollback.takes, rollback.succeeds) == (Uniform(180.0, 300.0), 0.99)  # type: ignore[arg-type]
    assert _expected(286, Seen.STDOUT).matcher == Exact("56")
    assert _plan().scenarios[_scenario(250)].expect.within == 300.0


def test_scenario_6_is_watched() -> None:
    """The three limits of the memory are rules that roll back; the numbers are the author's."""
    (monitor,) = _plan().monitors
    assert [rule.condition for rule in monitor.rules] == [
        Above(Range(low=80e6, low_open=True), 300.0),  # type: ignore[arg-type]
        Above(Range(low=100e6, low_open=True)),
        Slope(Range(low=5e6 / 60, low_open=True), 180.0),  # type: ignore[arg-type]
    ]
    assert {rule.response for rule in monitor.rules} == {Simple.ROLLBACK}
    (detection,) = _facts(328)
    assert (detection.measure, detection.low, detection.high) == (Measure.DETECTION, 600.0, 900.0)
    assert _plan().scenarios[_scenario(295)].expect.detected_after == Uniform(600.0, 900.0)  # type: ignore[arg-type]
    assert [fact.high for line in (329, 330) for fact in _facts(line)] == [120.0, 480.0]
    assert any("git reset" in _command(line) for line in (320,))
    assert _plan().scenarios[_scenario(295)].expect.detected_by == monitor.name
    assert _plan().watch == 900.0  # it is noticed so long after the deployment


def test_scenario_7_is_decided_by_the_log() -> None:
    """What the log says decides between rolling back and looking further."""
    decisions = {each.place.line: each.response for each in _runbook().facts.decisions}
    assert (decisions[361], decisions[362]) == ("rollback", "hold")
    assert [(fact.low, fact.high) for line in (374, 375, 376, 377) for fact in _facts(line)] == [
        (0.0, 0.0),
        (120.0, 180.0),
        (180.0, 180.0),
        (None, 480.0),
    ]


def test_both_recoveries() -> None:
    """The ladder in its order; the loop that probes ten times stays one command."""
    first, second = _plan().recoveries
    assert [step.place.line for step in first.steps if step.place] == [400, 411, 412]
    assert _command(400).count("\n") == 3
    assert [step.place.line for step in second.steps if step.place] == [428, 431, 435, 436, 437, 438, 439, 442, 443]
    assert second.takes == Uniform(600.0, 900.0)  # type: ignore[arg-type]
    assert second.succeeds == pytest.approx(0.999)


def test_the_three_tests() -> None:
    """A script of many lines is one command; the tests can be called by name."""
    tests = {name: procedure for name, procedure in _plan().procedures.items() if name.startswith("test-")}
    assert [len(procedure.steps) for procedure in tests.values()] == [6, 1, 2]
    assert _command(495).count("\n") == 10
    assert [_at(line).expect[0].subject for line in (486, 489)] == [Seen.EXIT, Seen.EXIT]


def test_the_tables_and_totals() -> None:
    """Every row and every total is a claim."""
    tables = _runbook().facts.tables
    assert [(len(table.header), len(table.rows)) for table in tables] == [(4, 4), (5, 3)]
    assert [fact.low for line in (458, 459, 460, 461) for fact in _facts(line)] == [
        *(0.85, 900.0, 1.0),
        *(0.08, 1200.0, 1.0),
        *(0.03, 1080.0, 0.95),
        *(0.04, 1020.0, 1.0),
    ]
    assert [fact.low for line in (469, 470, 471) for fact in _facts(line)] == [
        *(0.01, 0.0, 300.0, 0.99),
        *(0.005, 900.0, 480.0, 0.99),
        *(0.015, 0.0, 480.0, 0.99),
    ]
    assert [fact.low for line in (463, 473, 520, 521, 548, 557) for fact in _facts(line)] == [
        *(0.97, 0.99, 0.97, 0.99, 0.97, 0.97)
    ]
    assert _facts(522)[0].high == 600.0


def test_the_checklist() -> None:
    """An item is tied to what measures it where a command says so; of the others nobody may think they are shown."""
    assert [item.place.line for item in _runbook().facts.checklist] == [542, 543, 544, 545, 546]
    assert all(item.done for item in _runbook().facts.checklist)
    assert [str(*item.measured_by) for item in _plan().readiness] == [
        "nothing",
        "step:Build & Verification/npm-run-build",
        "nothing",
        "rollback",
        "nothing",
    ]


def test_prose_is_unverified_and_counted() -> None:
    """What no machine can check must not be counted as passed."""
    lines = [each.place.line for each in _runbook().facts.unverified]
    assert lines == [33, 36, 53, 74, 75, 125, 279, 283, 313, 325, 356, 432, 444, 489]


def test_the_totals_are_claims() -> None:
    """97 % and 99 % of the whole, the worst case, the happy path; each is held against what is computed there."""
    claims = {claim.of.value: (claim.bound, claim.place and claim.place.line) for claim in _plan().claims}
    totals = {"success": (0.97, 463), "rollback": (0.99, 473), "recovery": (600.0, 522)}
    assert claims == {**totals, "duration": (900.0, 140)}


def test_the_contradictions_of_the_numbers_are_found() -> None:
    """103 %; 95 % against 85 %; 5 % against 15 %; 97 % where the rows give 99.85 %; two delays; no worst case."""
    assert _lines("probability-sum") == [13, 14, 27, 458]
    assert _lines("total-does-not-follow") == [463]
    assert _lines("contradicting-numbers") == [141, 152, 152, 205, 522]
    assert _lines("unknown-step") == [157]
    messages = " ".join(finding.message for finding in _findings())
    for words in ("103 %", "99.85 %", "95 %, but its parts have 85 %", "5 %, but its parts have 15 %", "10-15 min"):
        assert words in messages


def test_the_risky_habits_are_found() -> None:
    """Each of them goes wrong in the double of this stack; they are found before anything runs."""
    assert _lines("relative-rollback") == [273, 320, 365, 436, 485, 487]
    assert _lines("endless-command") == [304, 312, 325, 355]
    assert _lines("secret-in-text") == [431]
    assert _lines("reaches-too-far") == [428]
    assert _lines("rollback-forgets") == [250, 250]
    assert {136, 312, 504} <= set(_lines("hidden-failure"))
    assert 197 in _lines("destructive-command")
    assert _lines("placeholder") == []


def test_the_secret_is_not_repeated() -> None:
    """A report of a secret that shows the secret spreads it."""
    finding = next(each for each in _findings() if each.rule == "secret-in-text")
    address = DOCUMENT.read_text().split("\n")[430].split("://")[1].split("@")[0]
    assert address.split(":")[1] not in f"{finding.message} {finding.instead}"


def test_the_encoding_is_repaired_where_that_is_certain() -> None:
    """Four lines have lost a byte: guessing it would put words into the author's mouth."""
    findings = [each for each in _findings() if each.rule == "mis-encoded-text"]
    assert [1 + len(each.related) for each in findings] == [50, 4]
    assert [findings[1].place.line, *(place.line for place in findings[1].related)] == [14, 145, 263, 270]


def test_durations_are_what_is_written() -> None:
    """A duration that nobody stated must not appear."""
    assert all(phase.expected is None for phase in _plan().phases)
    assert not any(isinstance(procedure.takes, Fixed) and not procedure.takes.value for procedure in _plan().recoveries)


def test_nothing_is_lost_unseen() -> None:
    """What is done when the mitigation fails stands in one line of prose; whoever finishes the draft has to see it."""
    left = {each.place.line: each.text for each in _runbook().facts.remaining}
    assert left[207] == "Fallback: Use production node_modules backup"
    assert left[165].startswith("Expected Output: 0.850")
    assert left[533] == "Monitor closely during first 30 minutes post-deployment"
    assert not left.keys() & {32, 35, 38, 73, 116, 147, 192, 206, 239, 306, 328, 357, 428, 458, 542}
    (note,) = [found for found in _findings() if "nothing of the plan comes" in found.message]
    assert len(note.related) == len(left) - 1
