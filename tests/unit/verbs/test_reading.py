"""Where a plan and its state are found, and what is said when they are not."""

from pathlib import Path

import pytest

from tiny_plan import write_plan
from wetrun.formats.find import NoPlanError
from wetrun.verbs.reading import (
    UnreadablePlanFileError,
    load_plan,
    locate_plan,
    locate_state,
    plan_text,
    recorded_plan,
)


def test_the_plan_is_found_from_below(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """People call wetrun from wherever in the project they happen to stand."""
    write_plan(tmp_path)
    inside = tmp_path / "src" / "deep"
    inside.mkdir(parents=True)
    monkeypatch.chdir(inside)
    assert locate_plan() == tmp_path / "wetrun.yaml"
    assert load_plan().name == "tiny"
    assert locate_state() == tmp_path / ".wetrun"


def test_a_state_folder_above_counts_before_a_plan(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The record stays readable when the plan was renamed, and the nearest record is the one that is meant."""
    (tmp_path / ".wetrun").mkdir()
    inside = tmp_path / "inside"
    inside.mkdir()
    monkeypatch.chdir(inside)
    assert locate_state() == tmp_path / ".wetrun"
    assert locate_state(Path("elsewhere")) == Path("elsewhere")


def test_no_plan_anywhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first thing that a new user meets must tell the way on."""
    monkeypatch.chdir(tmp_path)
    with pytest.raises(NoPlanError) as met:
        locate_plan()
    assert met.value.hint
    with pytest.raises(NoPlanError):
        locate_state()


@pytest.mark.parametrize(
    ("content", "why"),
    [(None, "No such file"), (b"name: caf\xe9", "byte 9 is not UTF-8"), ("folder", "it is no file")],
)
def test_a_plan_that_cannot_be_read(tmp_path: Path, content: bytes | str | None, why: str) -> None:
    """The message names the file and the reason; a traceback would name neither."""
    path = tmp_path / "wetrun.yaml"
    match content:
        case bytes():
            path.write_bytes(content)
        case str():
            path.mkdir()
        case None:
            pass
    with pytest.raises(UnreadablePlanFileError, match=why) as met:
        plan_text(path)
    assert str(path) in str(met.value)
    assert met.value.hint


def test_a_byte_order_mark_is_no_part_of_the_plan(tmp_path: Path) -> None:
    """Some editors write one, and the first key would then be an unknown one."""
    path = tmp_path / "wetrun.yaml"
    path.write_bytes(b"\xef\xbb\xbfname: x")
    assert plan_text(path) == "name: x"


def test_a_recorded_plan_is_read_as_todays_is_and_one_with_unknown_faults_still() -> None:
    """Runs only count together when equal parameters are equal; and an old record must stay readable."""
    text = """
name: x
phases: [{name: A, steps: ["true"]}]
scenarios: {slow: {from: A, fault: {network-delay: {port: 443, delay: 150ms}}}}
"""
    known = recorded_plan(text, "wetrun.yaml").scenarios[0].fault
    assert known.parameters["delay"] == pytest.approx(0.15)
    strange = recorded_plan(text.replace("network-delay", "gone-by-now"), "wetrun.yaml").scenarios[0].fault
    assert strange.parameters["delay"] == "150ms"
