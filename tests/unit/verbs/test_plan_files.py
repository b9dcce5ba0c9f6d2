"""Files that a plan names have to be there: found out by `wetrun check`, and not after a minute of rehearsing."""

from pathlib import Path

from wetrun.plan.findings import Severity
from wetrun.verbs.check import check

PLAN = """\
name: shop
targets: {production: {directory: /srv/shop}}
double:
  setup: double/set-up.sh
  start: ./double/start.sh
  files: [double/seed.sql, double]
  mounts: [/no/such/folder]
phases:
- {name: Code, steps: [{name: pull, run: git pull --ff-only}]}
scenarios:
  broken: {fault: {bad-release: {repository: /srv/git, branch: main, patch: broken.patch}}, from: Code}
  own: {fault: {script: {begin: double, check: ../check.sh}}, from: Code}
"""


def _found(folder: Path) -> list[tuple[str, int, int, str, str | None]]:
    return [
        (one.severity.value, one.place.line, one.place.column, one.message, one.instead)
        for one in check(folder / "wetrun.yaml").findings
        if one.rule == "missing-file"
    ]


def test_every_file_that_is_not_there_is_told_with_its_place(tmp_path: Path) -> None:
    """The rehearsal stops at the first one; who mends a plan wants all of them."""
    (tmp_path / "wetrun.yaml").write_text(PLAN)
    (tmp_path / "double").mkdir()
    (tmp_path / "double" / "setup.sh").touch()
    (tmp_path / "double" / "start.sh").touch()
    beside = "paths of the double are relative to the plan's folder, and stay in it"
    assert _found(tmp_path) == [
        (
            "error",
            4,
            10,
            f"the script of the double `double/set-up.sh` does not exist in `{tmp_path}`",
            "did you mean `double/setup.sh`?",
        ),
        ("warning", 6, 11, f"the file of the double `double/seed.sql` does not exist in `{tmp_path}`", beside),
        (
            "warning",
            7,
            12,
            "the mounted folder `/no/such/folder` does not exist on this machine",
            "it has to be there where the rehearsal runs",
        ),
        ("error", 11, 77, f"the file of the fault `broken.patch` does not exist in `{tmp_path}`", beside),
        ("error", 12, 33, "the file of the fault `double` is a folder", "name the file in it"),
        ("error", 12, 48, "the file of the fault `../check.sh` is outside the plan's folder", beside),
    ]
    assert check(tmp_path / "wetrun.yaml").exit_code() == 1


def test_files_that_are_there_are_nothing_to_tell(tmp_path: Path) -> None:
    """A plan that was only just moved together with its files must stay as it is."""
    text = PLAN.replace("set-up", "setup").replace("[/no/such/folder]", "[/]").replace("begin: double,", "begin: b.sh,")
    (tmp_path / "wetrun.yaml").write_text(text.replace("../check.sh", "./check.sh"))
    (tmp_path / "double").mkdir()
    for name in ("double/setup.sh", "double/start.sh", "double/seed.sql", "broken.patch", "b.sh", "check.sh"):
        (tmp_path / name).touch()
    assert _found(tmp_path) == []


def test_a_missing_file_is_an_error_and_a_missing_mount_a_warning(tmp_path: Path) -> None:
    """A plan is checked on a laptop and rehearsed elsewhere: what is not beside it may well be there."""
    (tmp_path / "wetrun.yaml").write_text("name: x\ndouble: {mounts: [/no/such]}\nphases: [{name: a, steps: [ls]}]\n")
    (found,) = check(tmp_path / "wetrun.yaml").findings
    assert found.severity is Severity.WARNING
