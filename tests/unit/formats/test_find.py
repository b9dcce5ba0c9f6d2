"""Which file is the plan."""

from pathlib import Path

import pytest

from wetrun.formats.find import NoPlanError, find_plan


def test_the_nearest_plan_upwards_is_found(tmp_path: Path) -> None:
    """People run commands from wherever they are in a project."""
    inner = tmp_path / "a/b/c"
    inner.mkdir(parents=True)
    (tmp_path / "wetrun.yaml").write_text("")
    assert find_plan(inner) == tmp_path / "wetrun.yaml"
    (tmp_path / "a/wetrun.yml").write_text("")
    assert find_plan(inner) == tmp_path / "a/wetrun.yml"
    (tmp_path / "a/wetrun.yaml").write_text("")
    assert find_plan(inner) == tmp_path / "a/wetrun.yaml"


def test_a_file_is_itself(tmp_path: Path) -> None:
    """Somebody who names a file means that file, whatever it is called."""
    plan = tmp_path / "other.yaml"
    plan.write_text("")
    assert find_plan(plan) == plan


def test_a_folder_of_that_name_is_no_plan(tmp_path: Path) -> None:
    """Otherwise the error would be about a file that cannot be read."""
    (tmp_path / "wetrun.yaml").mkdir()
    with pytest.raises(NoPlanError) as caught:
        find_plan(tmp_path)
    assert caught.value.hint
    assert "wetrun init" in caught.value.hint
