"""The fixtures and the watch that all other tests rely on."""

import subprocess
import sys
from pathlib import Path

import pytest

from ordinary_user import OrdinaryUser

SUPPORT = Path(__file__).parents[1] / "support"


def test_ordinary_user_is_not_root_and_has_wetrun(ordinary_user: OrdinaryUser) -> None:
    """Tests of the sandbox prove nothing about ordinary users when this user has privileges or another wetrun."""
    ran = ordinary_user.run(
        ordinary_user.python, "-c", "import os, wetrun; print(os.getuid(), os.getgroups(), wetrun.__version__)"
    )
    assert ran.stdout.split()[0] == str(ordinary_user.uid) != "0"
    assert "[0" not in ran.stdout
    assert ran.returncode == 0


def test_ordinary_user_owns_its_folder(ordinary_user: OrdinaryUser) -> None:
    """A folder that only root can write would make every test of an ordinary user fail for the wrong reason."""
    assert ordinary_user.run("touch", "here").returncode == 0
    assert (ordinary_user.folder / "here").stat().st_uid == ordinary_user.uid


@pytest.mark.parametrize(
    ("body", "passes"),
    [
        ("subprocess.run(['true'])", True),
        ("subprocess.Popen(['setsid', 'sleep', '600'], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)", False),
    ],
)
def test_a_process_left_behind_fails_the_session(tmp_path: Path, body: str, *, passes: bool) -> None:
    """The watch must see a process that left its session and its parent, or nobody will know of our leftovers."""
    (tmp_path / "pytest.ini").write_text("[pytest]\n")
    (tmp_path / "conftest.py").write_text('pytest_plugins = ["ordinary_user", "left_behind"]\n')
    (tmp_path / "test_it.py").write_text(f"import subprocess\ndef test_it():\n    kept.append({body})\nkept = []\n")
    code = (
        f"import left_behind, pytest, sys; left_behind.PATIENCE = 0.5; sys.exit(pytest.main(['-q', {str(tmp_path)!r}]))"
    )
    ran = subprocess.run(
        [sys.executable, "-c", code],
        env={"PYTHONPATH": str(SUPPORT), "PATH": "/usr/bin:/bin", "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    found = [line for line in ran.stdout.splitlines() if line.startswith("process ")]
    for line in found:
        subprocess.run(["kill", "-9", line.split()[1].rstrip(":")], check=True)
    assert "1 passed" in ran.stdout
    assert (ran.returncode == 0) is passes, ran.stdout
    assert bool(found) is not passes
