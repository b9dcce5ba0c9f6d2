"""`wetrun simulate --graph`: what is printed, and what is refused."""

import json
from pathlib import Path
from textwrap import dedent

import pytest

from fleet_plans import FLEET_PLAN
from models import REFERENCE, REFERENCE_ODDS
from wetrun.cli import main
from wetrun.report.pictures.scales import chance

CLAIMS = "claims: {success: 60%, duration: p95 1m}\n"

PLAN = (
    "name: shop\nphases: [{name: Code, steps: [{name: pull, run: git pull, expected: 1-3m}]}]\n"
    "scenarios: {gone: {probability: 5%, fault: {command-fails: {command: git}}, from: Code, "
    "expect: {detected_by: pull}}}\n"
    "rollback: {takes: 3-9m, succeeds: 90%, steps: [{name: reset, run: git reset --hard}]}\n"
)


@pytest.fixture
def plan(tmp_path: Path) -> str:
    """A plan without a record."""
    path = tmp_path / "wetrun.yaml"
    path.write_text(PLAN)
    return str(path)


def _run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as ended:
        main(["simulate", *arguments])
    captured = capsys.readouterr()
    return int(str(ended.value.code)), captured.out, captured.err


def test_json(capsys: pytest.CaptureFixture[str]) -> None:
    """Programs read this: keys as promised, and levels and times as they were written."""
    code, out, _err = _run(
        capsys, "--graph", str(REFERENCE), "--json", "--exact", "--within", "40.0", "--quantiles", ".5,0.950"
    )
    found = json.loads(out)
    assert code == 0
    assert list(found["outcomes"]) == list(REFERENCE_ODDS)
    rolled = found["outcomes"]["ROLLED_BACK"]
    assert rolled["exact"] == str(REFERENCE_ODDS["ROLLED_BACK"])
    assert rolled["probability"] == pytest.approx(float(REFERENCE_ODDS["ROLLED_BACK"]), rel=1e-12)
    assert list(rolled["within"]) == ["40.0"]
    assert 0 < rolled["within"]["40.0"] < rolled["probability"]
    assert list(rolled["time"]["quantiles"]) == [".5", "0.950"]
    assert found["time"]["mean"] == pytest.approx(36.817966614935, abs=1e-9)
    assert list(found["tags"]) == ["detecting", "down", "recovering"]
    assert found["tags"]["down"]["quantiles"][".5"] == 0


def test_text(capsys: pytest.CaptureFixture[str]) -> None:
    """People read this: every outcome, the unit, and the quantiles' names."""
    _code, out, _err = _run(capsys, "--graph", str(REFERENCE))
    assert all(name in out for name in REFERENCE_ODDS)
    assert "time (min)" in out
    assert "P99.9" in out


def test_far_quantiles_have_their_own_names(capsys: pytest.CaptureFixture[str]) -> None:
    """`P100` above what one run in a billion exceeds would be a promise; and that lies within the curve."""
    asked = ("--graph", str(REFERENCE), "--quantiles", "0.9999,0.999999999")
    _code, out, _err = _run(capsys, *asked)
    assert "P99.9999999" in out
    assert "P100" not in out
    _code, out, _err = _run(capsys, *asked, "--json")
    far = json.loads(out)["time"]["quantiles"]
    assert 50 < far["0.9999"] < far["0.999999999"] < 120
    _code, out, _err = _run(capsys, *asked, "--sample", "1000")
    assert "P99.9999999" in out


def test_asked_quantiles_of_a_plan_have_intervals(capsys: pytest.CaptureFixture[str], plan: str) -> None:
    """Below each row of times, and in JSON, for P99.99 as for P95."""
    _code, out, _err = _run(capsys, plan, "--quantiles", "0.95,0.9999", "--json")
    found = json.loads(out)
    for one in (found["time"], found["outcomes"]["deployed"]["time"]):
        for level in ("0.95", "0.9999"):
            interval = one["intervals"]["quantiles"][level]
            assert interval["low"] < one["quantiles"][level] < interval["high"]
    _code, out, _err = _run(capsys, plan, "--quantiles", "0.95,0.9999")
    rows = out[out.index("time (s)") :].split("\n")
    assert rows[1].startswith("all ")
    assert rows[2].startswith("  90 % interval ")
    assert rows[4].startswith("  90 % interval ")
    assert [cell.count("–") for cell in rows[2].split()[3:]] == [1, 1, 1, 1]


def test_samples(capsys: pytest.CaptureFixture[str]) -> None:
    """A seed gives the same on any number of threads; data on stdout, progress on stderr."""
    asked = ("--graph", str(REFERENCE), "--sample", "150000", "--seed", "3", "--json")
    _code, one, _err = _run(capsys, *asked)
    _code, two, _err = _run(capsys, *asked, "--threads", "2")
    assert one == two
    assert json.loads(one)["outcomes"]["SUCCESS"]["error"] > 0
    _code, text, _err = _run(capsys, *asked[:-1])
    assert "standard error" in text


def test_samples_answer_what_the_exact_answer_does(capsys: pytest.CaptureFixture[str]) -> None:
    """The whole time and every tag, whatever the outcome, and `--within`; each number with its error, or none."""
    asked = ("--graph", str(REFERENCE), "--within", "40m", "--json")
    walked = json.loads(_run(capsys, *asked, "--sample", "20000")[1])
    exact = json.loads(_run(capsys, *asked)[1])
    assert walked["tags"].keys() == exact["tags"].keys()
    for one, other in ((walked["time"], exact["time"]), (walked["tags"]["down"], exact["tags"]["down"])):
        assert abs(one["mean"] - other["mean"]) < 7 * one["errors"]["mean"]
        assert abs(one["sd"] - other["sd"]) < 7 * one["errors"]["sd"]
    pairs = [(one, exact["outcomes"][name]) for name, one in walked["outcomes"].items()]
    for one, other in ((walked["time"], exact["time"]), *pairs):
        assert abs(one["within"]["40m"] - other["within"]["40m"]) < 7 * one["errors"]["within"]["40m"]
    for level, value in walked["time"]["quantiles"].items():
        assert abs(value - exact["time"]["quantiles"][level]) < 7 * walked["time"]["errors"]["quantiles"][level]
    rare = walked["outcomes"]["OUTAGE"]["time"]
    assert rare["quantiles"]["0.999"] is None
    assert rare["errors"]["quantiles"]["0.999"] is None
    text = _run(capsys, *asked[:-1], "--sample", "300")[1]
    assert "by 40m" in text
    assert "too few" in text


def test_what_walks_leave_out_is_said(capsys: pytest.CaptureFixture[str], plan: str) -> None:
    """Walks say what follows from a plan; that runs support it is not theirs to say."""
    Path(plan).write_text(Path(plan).read_text() + "claims: {success: 99.99%}\n")
    code, out, err = _run(capsys, plan, "--sample", "100")
    assert code == 0
    assert "success ≥ 99.99 %: not decided at this error" in out or "success ≥ 99.99 %: does not follow" in out
    left = "whether runs support its claims, what matters most, how well all of it is known"
    assert f"without `--sample` there are also: {left}" in err


def test_walks_answer_claims_and_fleet(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """What walks can tell of a plan they tell, in text and in JSON, each figure with its sampling error."""
    plan = tmp_path / "wetrun.yaml"
    plan.write_text(dedent(FLEET_PLAN).replace("dirty-worktree", "{command-fails: {command: go}}") + CLAIMS)
    code, out, _ = _run(capsys, str(plan), "--sample", "2000")
    assert code == 0
    assert "success ≥ 60 %: holds: " in out
    assert "duration p95 ≤ 1 m 00 s: does not follow: " in out
    assert "rollouts sampled for their times and what users feel" in out
    code, out, _ = _run(capsys, str(plan), "--sample", "2000", "--json")
    told = json.loads(out)
    assert [one["standing"] for one in told["claims"]] == ["holds", "does not follow"]
    assert all(one["error"] > 0 and one["walks"] == 2000 for one in told["claims"])
    assert told["fleet"]["trials"] == 2000
    assert told["fleet"]["time"]["mean"]["error"] > 0
    assert told["fleet"]["completed"] + told["fleet"]["stopped"] == pytest.approx(1)


def test_questions_about_a_fleet_are_answered_in_every_form(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """Terminal, page and JSON tell the same figures of a sweep and of a goal."""
    plan, page = tmp_path / "wetrun.yaml", tmp_path / "odds.html"
    plan.write_text(dedent(FLEET_PLAN).replace("dirty-worktree", "{command-fails: {command: go}}"))
    asked = ["--sweep", "fleet.stop.failures=1,2", "--goal", "fleet.completed>=0.9", "--what-if", "fleet.hosts=50"]
    code, out, _ = _run(capsys, str(plan), *asked, "--page", str(page))
    assert code == 0
    assert "the fleet goes through with" in out
    _, written, _ = _run(capsys, str(plan), *asked, "--json")
    told = json.loads(written)
    goal = told["goals"][0]
    assert goal["goal"] == "fleet.completed ≥ 0.9"
    assert {move["kind"] for move in goal["moves"]} == {"probability"}
    assert all(line in out for line in goal["words"])
    assert all("Where the rollout ends" in text for text in (page.read_text(),))
    for row in told["sweep"]:
        figures = row["fleet"]["figures"]
        assert chance(figures["fleet.completed"]) in out
        assert chance(figures["fleet.completed"]) in page.read_text()
        assert row["fleet"]["intervals"].keys() == figures.keys()
        assert f"{figures['fleet.user_seconds'] / 60:.4g}" in out
    assert told["fleet"]["completed"] == told["sweep"][1]["fleet"]["figures"]["fleet.completed"]
    inputs = told["evidence"]["inputs"]
    assert inputs["fleet.common_cause"]["share"]["of"] == "fleet.user_seconds"
    assert inputs["fleet.users_per_host"]["kind"] == "number"


@pytest.mark.parametrize(
    "arguments",
    [
        ["--quantiles", "1.5"],
        ["--quantiles", "x"],
        ["--within", "nan"],
        ["--within", "-1"],
        ["--error", "0.1"],
        ["--sample", "0"],
        ["--sample", "10", "--exact"],
        ["--quantiles", "0"],
        ["--quantiles", "0.5,1"],
        ["--quantiles", "nan"],
        ["--sample", "10", "--error", "nan"],
        ["--within", "10 parsecs"],
        ["--plot", "odds.png"],
    ],
)
def test_refused(capsys: pytest.CaptureFixture[str], arguments: list[str]) -> None:
    """What makes no sense is told, with exit code 2 and nothing on stdout."""
    code, out, err = _run(capsys, "--graph", str(REFERENCE), *arguments)
    assert (code, out) == (2, "")
    assert "Error" in err


def test_mistakes_in_a_model(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """File, line and column, for a model as for a plan; and a file that is not there is said."""
    model = tmp_path / "model.json"
    model.write_text('{"start": "a",\n "states": {"a": {"next": {"b": 0.5}}, "b": {}}}')
    code, _out, err = _run(capsys, "--graph", str(model))
    assert code == 2
    assert "the probabilities sum to 0.5, not to 1" in err
    assert "model.json:2:27 at `states/a/next`" in err
    code, _out, err = _run(capsys, "--graph", str(tmp_path / "nowhere.json"))
    assert code == 2
    assert "cannot read the model" in err


def test_times_have_units(capsys: pytest.CaptureFixture[str], plan: str) -> None:
    """A minute is 60 seconds of a plan and one minute of a model in minutes; a number alone is in the model's unit."""
    for asked, texts in (((plan,), ("2m", "120")), (("--graph", str(REFERENCE)), ("40m", "40"))):
        _code, out, _err = _run(capsys, *asked, "--json", "--within", texts[0], "--within", texts[1])
        within = json.loads(out)["time"]["within"]
        assert list(within) == list(texts)
        assert 0.1 < within[texts[0]] == within[texts[1]] < 0.99


def test_a_time_needs_a_unit_of_time(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """Forty minutes are no number of clicks."""
    model = tmp_path / "model.json"
    model.write_text(REFERENCE.read_text().replace('"unit": "min"', '"unit": "clicks"'))
    code, out, err = _run(capsys, "--graph", str(model), "--within", "40m")
    assert (code, out) == (2, "")
    assert "the model's unit is `clicks`: write a number alone" in err
    assert _run(capsys, "--graph", str(model), "--within", "40")[0] == 0


def test_one_file_is_written_once(capsys: pytest.CaptureFixture[str], plan: str, tmp_path: Path) -> None:
    """The page must not be overwritten by the picture, however the file is named."""
    code, out, err = _run(
        capsys, plan, "--page", str(tmp_path / "odds"), "--plot", str(tmp_path / "there" / ".." / "odds")
    )
    assert (code, out) == (2, "")
    assert "name the same file" in err
    assert not (tmp_path / "odds").exists()


def test_options_that_do_nothing_are_said(capsys: pytest.CaptureFixture[str], plan: str, tmp_path: Path) -> None:
    """Whoever writes them believes that they do; the answer itself is the same."""
    plain = _run(capsys, plan)[1]
    for option, value, noted in (
        ("--threads", "2", "`--threads` does nothing here"),
        ("--state", str(tmp_path / "nowhere"), "nowhere`, so that no run is counted"),
    ):
        code, out, err = _run(capsys, plan, option, value)
        assert (code, out) == (0, plain)
        assert noted in err
    _code, _out, err = _run(capsys, "--graph", str(REFERENCE), "--seed", "1", "--evidence", "none")
    assert "`--seed` does nothing here" in err
    assert "`--evidence` does nothing here" in err
    for silent in ((plan, "--seed", "1"), ("--graph", str(REFERENCE), "--sample", "10", "--seed", "1")):
        assert "note:" not in _run(capsys, *silent)[2]


def test_every_goal_is_answered(capsys: pytest.CaptureFixture[str], plan: str) -> None:
    """The first of two must neither be dropped nor go unchecked."""
    goals = ("--goal", "success>=0.97", "--goal", "total.p95<=2m")
    found = json.loads(_run(capsys, plan, *goals, "--json")[1])["goals"]
    assert [one["goal"] for one in found] == ["success ≥ 0.97", "total.p95 ≤ 2 m 00 s"]
    assert [move["input"] for move in found[0]["moves"]] == ["scenario.gone.probability"]
    assert found[0]["moves"][0]["to"] == pytest.approx(0.03, rel=1e-9)
    text = _run(capsys, plan, *goals)[1]
    assert text.index("to reach success ≥ 0.97:") < text.index("to reach total.p95 ≤ 2 m 00 s:")
    code, out, err = _run(capsys, plan, "--goal", "succes>=0.97", *goals)
    assert (code, out) == (2, "")
    assert "did you mean `success`?" in err


def test_what_is_too_rare_for_a_float_is_not_impossible(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """Half to the power of 1500 is no 0; and fractions of 452 digits leave room for the other columns."""
    halves = {f"s{at}": {"next": {f"s{at + 1}": "1/2", "out": "1/2", "never": 0}} for at in range(1500)}
    model = tmp_path / "model.json"
    model.write_text(json.dumps({"start": "s0", "states": {**halves, "s1500": {}, "out": {}, "never": {}}}))
    asked = ("--graph", str(model), "--exact")
    outcomes = json.loads(_run(capsys, *asked, "--json")[1])["outcomes"]
    assert outcomes["s1500"]["exact"] == f"1/{2**1500}"
    assert outcomes["s1500"]["below"] == 1e-300
    assert "below" not in outcomes["never"]
    head, rare, _out, never, *_ = _run(capsys, *asked)[1].split("\n")
    assert rare.split()[1:3] == ["<", "1e-300"]
    assert never.split() == ["never", "0", "0"]
    assert len(head) < 100


def test_a_name_cannot_break_a_table(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """Names come with line ends and colours; a row stays a row."""
    model = tmp_path / "model.json"
    states = {"a\nb": {"next": {"x\ny\x1b[31m": 0.5, "z": 0.5}}, "x\ny\x1b[31m": {}, "z": {}}
    model.write_text(json.dumps({"start": "a\nb", "states": states}))
    for also in ((), ("--sample", "100"), ("--goal", "z>=0.6", "--sweep", "a\nb.z=0.1,0.2")):
        _code, out, _err = _run(capsys, "--graph", str(model), *also)
        assert "\x1b" not in out
        assert "x y" in out
        assert not any(line.startswith(("y", "b")) for line in out.split("\n"))
