"""`wetrun simulate --graph`: what is printed, and what is refused."""

import json
from pathlib import Path

import pytest

from models import REFERENCE, REFERENCE_ODDS
from wetrun.cli import main


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


def test_asked_quantiles_of_a_plan_have_intervals(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """Below each row of times, and in JSON, for P99.99 as for P95."""
    plan = tmp_path / "wetrun.yaml"
    plan.write_text(
        "name: shop\nphases: [{name: Code, steps: [{name: pull, run: git pull, expected: 1-3m}]}]\n"
        "scenarios: {gone: {probability: 5%, fault: {command-fails: {command: git}}, from: Code, "
        "expect: {detected_by: pull}}}\n"
        "rollback: {takes: 3-9m, succeeds: 90%, steps: [{name: reset, run: git reset --hard}]}\n"
    )
    _code, out, _err = _run(capsys, str(plan), "--quantiles", "0.95,0.9999", "--json")
    found = json.loads(out)
    for one in (found["time"], found["outcomes"]["deployed"]["time"]):
        for level in ("0.95", "0.9999"):
            interval = one["intervals"]["quantiles"][level]
            assert interval["low"] < one["quantiles"][level] < interval["high"]
    _code, out, _err = _run(capsys, str(plan), "--quantiles", "0.95,0.9999")
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
