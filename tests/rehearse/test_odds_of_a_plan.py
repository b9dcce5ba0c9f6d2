"""`wetrun simulate` on a plan: what it says before anything ran, and what rehearsals then change."""

import json
from pathlib import Path
from typing import Any

import pytest

from command_line import CommandLine
from tiny_plan import write_plan
from wetrun.verbs.forecasts import forecasts

PLAN = """
scenarios:
  gone:
    probability: 10%
    fault: {service-stop: {service: web}}
    from: Verify
    expect: {detected_by: answer, outcome: rolled-back}
  slow:
    probability: 20%
    fault: {network-delay: {port: 80, delay: 400ms}}
    from: Verify
    expect: {detected_by: answer, outcome: deployed-degraded}
services: {web: {process: http.server 8080, stop: "kill $(pgrep -f '[h]ttp.server 8080')"}}
phases:
- name: Code
  expected: 2s
  steps:
  - {name: write, run: echo 2 > version}
- name: Verify
  expected: 1s
  steps:
  - name: answer
    http: "http://app.test/"
    expect: {body: {contains: hello}, latency: {good: 300ms, acceptable: 5s}}
    limit: 10s
rollback:
  takes: 3s
  succeeds: 99%
  steps:
  - {name: back, run: echo 1 > version}
claims: {success: 97%, rollback: 95%}
"""


@pytest.fixture
def line(tmp_path: Path) -> CommandLine:
    """The plan above in a folder of its own."""
    write_plan(tmp_path, PLAN)
    return CommandLine(tmp_path)


def simulated(line: CommandLine, *arguments: str) -> Any:
    """The answer as JSON."""
    ran = line.run("simulate", "--json", *arguments)
    assert ran.returncode == 0, ran.stderr
    return json.loads(ran.stdout)


def test_before_any_run_the_answer_is_the_plans_own(line: CommandLine) -> None:
    """By hand: success is what the scenario that is rolled back leaves, and every claim stands without support."""
    found = simulated(line, "--exact")
    outcomes = found["outcomes"]
    assert outcomes["deployed"]["exact"] == "18/25"  # 0.9 × 0.8
    assert outcomes["rolled-back"]["exact"] == "99/1000"
    assert found["success"]["probability"] == pytest.approx(0.9, rel=1e-12)
    assert found["success"]["interval"]["low"] < 0.9 < found["success"]["interval"]["high"]
    standings = {claim["claim"]: claim["standing"] for claim in found["claims"]}
    assert standings == {"success": "does not follow", "rollback": "not supported"}
    assert found["evidence"]["runs"] == 0
    assert found["evidence"]["assumed_share"] == pytest.approx(1.0)
    assert found["sensitivities"][0]["input"] == "scenario.gone.probability"
    slopes = {one["input"]: one["slope"] for one in found["sensitivities"]}
    assert slopes["scenario.gone.probability"] == pytest.approx(-1.0, rel=1e-12)  # 1 - p, exactly
    pull = next(one for one in found["gradients"]["durations"] if one["name"] == "rollback.takes")
    assert pull["means"]["total"] == pytest.approx(0.1, rel=1e-12)  # it is walked as often as the service is gone
    for figures in (found["time"], found["tags"]["down"], found["outcomes"]["rolled-back"]["time"]):
        mean, slow = figures["intervals"]["mean"], figures["intervals"]["quantiles"]["0.95"]
        assert mean["low"] <= figures["mean"] <= mean["high"]
        assert slow["low"] <= figures["quantiles"]["0.95"] <= slow["high"]
    curve = found["curves"]["time"]["rolled-back"]
    assert curve == sorted(curve)
    assert curve[-1][1] == pytest.approx(1.0, abs=1e-4)
    independent, exclusive = found["readings"]
    assert (independent["success"], exclusive["success"]) == (pytest.approx(0.9), pytest.approx(0.9))
    assert exclusive["undisturbed"] == pytest.approx(0.7)
    assert not line.state.exists()  # it touches nothing


def test_rehearsals_count_and_score_what_was_forecast(line: CommandLine) -> None:
    """The whole circle: forecast, rehearse, and the next forecast knows more and says how the last one fared."""
    line.state.mkdir()
    before = simulated(line)
    assert before["evidence"]["scores"] is None
    ran = line.run("rehearse", "--json")
    assert ran.returncode == 0, ran.stderr
    after = simulated(line)
    assert after["evidence"]["runs"] == 3
    assert after["evidence"]["inputs"]["rollback.succeeds"]["grade"] == "thin"
    assert after["evidence"]["inputs"]["scenario.gone.probability"]["grade"] == "assumed"  # a rehearsal forces it on
    assert after["evidence"]["scores"]["runs"] == 3
    assert after["evidence"]["scores"]["brier"] < 0.01
    assert after["outcomes"]["rolled-back"]["probability"] > before["outcomes"]["rolled-back"]["probability"]
    assert after["evidence"]["scores"]["log"] < 0.02
    # Nobody was told what comes of other evidence as the forecast: later runs are not held against it.
    kept = forecasts(line.state)
    assert simulated(line, "--evidence", "none")["outcomes"] == before["outcomes"]
    simulated(line, "--evidence", "deployments")
    assert forecasts(line.state) == kept
    # Another plan: nothing of it may count for this one, and that is said.
    path = line.folder / "wetrun.yaml"
    path.write_text(path.read_text().replace("echo 1 > version", "echo 1 > version; true"))
    changed = simulated(line)
    assert changed["evidence"]["runs"] == 0
    assert changed["evidence"]["left_out"] == {"of a plan that did something else": 3}
    pooled = simulated(line, "--pool-changed")["evidence"]
    assert (pooled["runs"], pooled["mixed"], pooled["left_out"]) == (3, True, {})
    assert pooled["counted_though"] == {"of a plan that did something else": 3}
    told = line.run("simulate", "--pool-changed").stdout
    assert "3 runs among them of a plan that did something else: counted because it was asked for" in told
    assert "left out" not in told


def test_questions_are_answered_from_the_same_model(line: CommandLine) -> None:
    """A what-if that disagreed with the sweep or the goal would make all three worthless."""
    name = "scenario.gone.probability"
    asked = simulated(line, "--what-if", f"{name}=0.03")
    swept = simulated(line, "--sweep", f"{name}=0.01:0.05:0.02", "--goal", "deployed+deployed-degraded>=0.97")
    row = swept["sweep"][1]
    assert row["inputs"] == {name: 0.03}
    assert row["outcomes"]["deployed"] == pytest.approx(asked["outcomes"]["deployed"]["probability"], rel=1e-12)
    (move, *_) = swept["goals"][0]["moves"]
    assert (move["input"], move["to"]) == (name, pytest.approx(0.03, rel=1e-9))


@pytest.mark.parametrize(
    ("arguments", "message", "hint"),
    [
        (["--what-if", "scenario.gon.probability=0.1"], "no input `scenario.gon.probability`", "scenario.gone"),
        (["--what-if", "scenario.gone.probability=2"], "is no probability", ""),
        (["--sweep", "rollback.succeeds"], "is not a sweep", "FROM:TO:STEP"),
        (["--goal", "deployd>=0.9"], "no outcome `deployd`", "deployed"),
        (["--graph", "model.json", "wetrun.yaml"], "not both", ""),
        (["--error", "0.1"], "needs `--sample`", ""),
    ],
)
def test_what_cannot_be_asked_is_said(line: CommandLine, arguments: list[str], message: str, hint: str) -> None:
    """A typing error must not become an answer to another question."""
    ran = line.run("simulate", *arguments)
    assert ran.returncode == 2
    assert ran.stdout == ""
    assert message in ran.stderr + ran.stdout
    assert hint in ran.stderr


def test_words_for_people_hold_the_same_numbers(line: CommandLine) -> None:
    """The terminal is where most people read it."""
    ran = line.run("simulate")
    assert ran.returncode == 0, ran.stderr
    assert "deploys with 90 %" in ran.stdout
    assert "success ≥ 97 %: does not follow: 90 % is computed" in ran.stdout
    assert "gone costs 9 points of success" in ran.stdout or "gone costs 10 points of success" in ran.stdout
    assert "the plan does not say how its scenarios relate" in ran.stdout
    assert "not measured, what matters most: gone (assumed)" in ran.stdout


def test_random_walks_agree_with_the_exact_answer(line: CommandLine) -> None:
    """Within six standard errors, 2e-9 false alarms; and the same seed walks the same ways on any number of threads."""
    exact = simulated(line)["outcomes"]["deployed"]["probability"]
    one = simulated(line, "--sample", "200000", "--seed", "4", "--threads", "1")
    two = simulated(line, "--sample", "200000", "--seed", "4", "--threads", "2")
    assert one == two
    found = one["outcomes"]["deployed"]["probability"]
    assert abs(found - exact) < 6 * (exact * (1 - exact) / 200_000) ** 0.5


def test_pictures_and_page_are_written_where_asked(line: CommandLine) -> None:
    """And what cannot be written is said, not swallowed."""
    ran = line.run("simulate", "--plot", "odds.svg", "--page", "odds.html")
    assert ran.returncode == 0, ran.stderr
    assert (line.folder / "odds.svg").read_text().startswith("<?xml")
    assert "Deploys with 90 %" in (line.folder / "odds.html").read_text()
    ran = line.run("simulate", "--plot", "no/such/folder/odds.svg")
    assert ran.returncode == 2
    assert "cannot write `no/such/folder/odds.svg`" in ran.stderr
