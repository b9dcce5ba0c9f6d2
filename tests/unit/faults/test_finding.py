"""Entry points, found without `importlib.metadata`."""

import subprocess
import sys
import zipfile
from importlib.metadata import entry_points
from pathlib import Path

import pytest

from wetrun.faults.finding import installed

ASK = "from wetrun.faults.finding import installed; print(*(point.value for point in installed('lockouts')))"


def _package(folder: Path, name: str, entries: str) -> None:
    metadata = folder / name
    metadata.mkdir(parents=True)
    (metadata / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name.partition('-')[0]}\nVersion: 1\n")
    (metadata / "entry_points.txt").write_text(entries)


def _found(*paths: Path) -> str:
    path = ":".join(map(str, paths))
    ran = subprocess.run(
        [sys.executable, "-c", ASK], env={"PYTHONPATH": path}, capture_output=True, text=True, check=True
    )
    return ran.stdout.strip()


@pytest.mark.parametrize("group", ["wetrun.faults", "console_scripts", "pytest11", "nobody.has.this"])
def test_it_finds_what_the_standard_library_finds(group: str) -> None:
    """It replaces the standard library's reader for its speed alone, so they must agree on every real package here."""
    known = {(point.name, point.value) for point in entry_points(group=group)}
    assert {(point.name, point.value) for point in installed(group)} == known


def test_a_package_that_is_installed_twice_counts_once(tmp_path: Path) -> None:
    """An old copy further down the path must not bring back an entry that the newer one has dropped."""
    _package(tmp_path / "new", "Lock.Out-2.dist-info", "[lockouts]\nnew = lockout:New\n")
    _package(tmp_path / "old", "lock_out-1.dist-info", "[lockouts]\nold = lockout:Old\n")
    assert _found(tmp_path / "new", tmp_path / "old") == "lockout:New"


def test_comments_and_other_groups_are_left_alone(tmp_path: Path) -> None:
    """The file's format allows both, and whoever wrote it by hand has used them."""
    entries = "[other]\nx = other:X\n\n[lockouts]\n# a comment\nnight=lockout:Night\n; another\n[more]\ny = more:Y\n"
    _package(tmp_path, "lockout-1.dist-info", entries)
    assert _found(tmp_path) == "lockout:Night"


def test_packages_in_archives_are_found_too(tmp_path: Path) -> None:
    """Programs are shipped as one zip file; a fault in there is as good as any."""
    archive = tmp_path / "all.zip"
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("lockout-1.dist-info/METADATA", "Metadata-Version: 2.1\nName: lockout\nVersion: 1\n")
        file.writestr("lockout-1.dist-info/entry_points.txt", "[lockouts]\nnight = lockout:Night\n")
    assert _found(archive) == "lockout:Night"
