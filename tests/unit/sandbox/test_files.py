"""The files of a double: found, hashed, staged, removed."""

import contextlib
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from wetrun.plan.double import Double
from wetrun.sandbox.errors import PlanFileError
from wetrun.sandbox.machine import host_binds
from wetrun.sandbox.material import digest, stage
from wetrun.sandbox.named_files import plan_file
from wetrun.sandbox.removal import remove
from wetrun.sandbox.skeleton import lay
from wetrun.sandbox.spec import SandboxSpec


@pytest.fixture
def spec(tmp_path: Path) -> SandboxSpec:
    """A double with a script and a folder."""
    plan = tmp_path / "plan"
    (plan / "double/data").mkdir(parents=True)
    (plan / "double/setup.sh").write_text("#!/bin/sh\n")
    (plan / "double/data/rows").write_text("1\n")
    (plan / "double/data/link").symlink_to("rows")
    (plan / "secret").write_text("not for the double\n")
    return SandboxSpec(folder=plan, double=Double(setup="./double/setup.sh", files=("double/data",)))


CHANGES: dict[str, Callable[[Path], object]] = {
    "content": lambda plan: (plan / "double/data/rows").write_text("2\n"),
    "name": lambda plan: (plan / "double/data/rows").rename(plan / "double/data/lines"),
    "mode": lambda plan: (plan / "double/data/rows").chmod(0o755),
    "new": lambda plan: (plan / "double/data/more").write_text(""),
    "script": lambda plan: (plan / "double/setup.sh").write_text("#!/bin/sh\ntrue\n"),
}


@pytest.mark.parametrize("change", CHANGES)
def test_every_change_of_a_file_changes_the_hash(spec: SandboxSpec, change: str) -> None:
    """A stale baseline would rehearse yesterday's production."""
    before = digest(spec)
    assert digest(spec) == before
    (spec.folder / "secret").write_text("unrelated")
    assert digest(spec) == before
    CHANGES[change](spec.folder)
    assert digest(spec) != before


def test_only_what_is_named_is_staged(spec: SandboxSpec, tmp_path: Path) -> None:
    """What is not part of the hash must not be visible inside, or the cache would lie."""
    staged = tmp_path / "staged"
    stage(spec, staged)
    found = sorted(str(path.relative_to(staged)) for path in staged.rglob("*") if not path.is_dir())
    assert found == ["double/data/link", "double/data/rows", "double/setup.sh"]
    assert (staged / "double/setup.sh").stat().st_mode & 0o111
    assert (staged / "double/data/link").is_symlink()


@pytest.mark.parametrize("path", ["../secret", "/etc/passwd", "missing", "double/../../secret"])
def test_paths_stay_beside_the_plan(spec: SandboxSpec, path: str) -> None:
    """A plan from elsewhere must not pull this machine's files into its world."""
    with pytest.raises(PlanFileError) as caught:
        plan_file(spec.folder, path)
    assert caught.value.path == path
    assert caught.value.hint is not None


def test_closed_folders_can_be_removed(tmp_path: Path) -> None:
    """Overlay leaves a folder that nobody may enter; a rehearsal that cannot be cleaned up fills the disk."""
    (tmp_path / "gone/work/work/deep").mkdir(parents=True)
    (tmp_path / "gone/work/work/deep/file").write_text("x")
    (tmp_path / "gone/link").symlink_to("/etc")
    (tmp_path / "gone/work/work/deep").chmod(0)
    (tmp_path / "gone/work/work").chmod(0)
    remove(tmp_path / "gone")
    assert list(tmp_path.iterdir()) == []
    remove(tmp_path / "gone")
    assert Path("/etc/passwd").exists()


SWAP = """
import ctypes, os, sys
libc = ctypes.CDLL(None)
os.chdir(sys.argv[1])
print("ready", flush=True)
while True:
    for number in range(20):
        libc.renameat2(-100, b"gone/folder%d" % number, -100, b"gone/link%d" % number, 2)  # RENAME_EXCHANGE
"""


def test_no_link_leads_out_of_what_is_removed(tmp_path: Path) -> None:
    """What a dead rehearsal left running may put a link to `/home` where a folder was, at the very wrong moment."""
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "file").touch()
    with subprocess.Popen([sys.executable, "-c", SWAP, str(tmp_path)], stdout=subprocess.PIPE) as swapper:
        try:
            assert swapper.stdout is not None
            assert swapper.stdout.readline() == b"ready\n"
            for _ in range(40):
                for number in range(20):
                    (tmp_path / f"new/folder{number}").mkdir(parents=True)
                    (tmp_path / f"new/folder{number}/file").touch()
                    (tmp_path / f"new/link{number}").symlink_to(outside)
                (tmp_path / "new").rename(tmp_path / "gone")
                while (tmp_path / "gone").exists():
                    with contextlib.suppress(OSError):  # a folder that became a link
                        remove(tmp_path / "gone")
                assert (outside / "file").exists()
        finally:
            swapper.kill()


def test_folders_too_deep_in_one_another_are_no_crash(tmp_path: Path) -> None:
    """A program that loops while it makes folders must not keep every later rehearsal from starting."""
    deep = os.open(tmp_path, os.O_RDONLY)
    os.mkdir("deep", dir_fd=deep)
    for _ in range(sys.getrecursionlimit() + 100):
        inner = os.open("deep", os.O_RDONLY, dir_fd=deep)
        os.close(deep)
        os.mkdir("deep", dir_fd=inner)
        deep = inner
    os.close(deep)
    with pytest.raises(OSError, match=r"too deep|Too many open files"):
        remove(tmp_path / "deep")
    subprocess.run(["rm", "-rf", tmp_path / "deep"], check=True)


def test_what_is_mounted_is_not_emptied(tmp_path: Path) -> None:
    """Without isolation a plan may mount something in its folder; emptying that would empty the machine."""
    (tmp_path / "gone/a b").mkdir(parents=True)
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside/file").touch()
    program = "import pathlib, sys; from wetrun.sandbox.removal import remove; remove(pathlib.Path(sys.argv[1]))"
    script = 'mount --bind outside "gone/a b" && exec "$0" -c "$1" gone'
    ran = subprocess.run(
        ["unshare", "--map-root-user", "--mount", "sh", "-c", script, sys.executable, program],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert f"something is mounted on `{tmp_path}/gone/a b`" in ran.stderr
    assert (tmp_path / "outside/file").exists()
    remove(tmp_path / "gone")
    assert not (tmp_path / "gone").exists()


def test_the_skeleton_is_a_machine_without_secrets(spec: SandboxSpec, tmp_path: Path) -> None:
    """Settings are copied from this machine; its accounts, names and credentials must not be."""
    tree = tmp_path / "tree"
    tree.mkdir()
    named = SandboxSpec(folder=spec.folder, double=Double(users=("deploy",), hosts={"notes.test": "203.0.113.22"}))
    lay(tree, named, b"-----BEGIN CERTIFICATE-----\n")
    passwd = (tree / "etc/passwd").read_text().splitlines()
    people = [line.split(":")[0] for line in passwd if 1000 <= int(line.split(":")[2]) < 65534]
    assert people == ["deploy"]
    assert passwd[0].startswith("root:")
    hosts = [line.split() for line in (tree / "etc/hosts").read_text().splitlines()]
    assert ["203.0.113.22", "notes.test"] in hosts
    for absent in ("shadow", "gshadow", "ssh", "sudoers", "machine-id", "environment", "fstab"):
        assert not (tree / "etc" / absent).exists(), absent
    for path in (tree / "etc").rglob("*"):
        original = Path("/", path.relative_to(tree))
        if path.is_file() and not path.is_symlink() and original.exists():
            assert original.stat().st_mode & 0o004, path
    assert (tree / "tmp").stat().st_mode & 0o7777 == 0o1777
    assert (tree / "etc/ssl/certs/ca-certificates.crt").read_bytes().endswith(b"BEGIN CERTIFICATE-----\n")


def test_binds_are_parents_first_and_not_twice(tmp_path: Path) -> None:
    """A folder mounted over its own part would hide what was mounted there before."""
    (tmp_path / "a/b").mkdir(parents=True)
    targets = [bind["target"] for bind in host_binds([str(tmp_path / "a/b"), str(tmp_path / "a")])]
    assert str(tmp_path / "a") in targets
    assert str(tmp_path / "a/b") not in targets
    assert "/usr" in targets
    for mount in ("relative", str(tmp_path / "missing")):
        with pytest.raises(PlanFileError):
            host_binds([mount])
