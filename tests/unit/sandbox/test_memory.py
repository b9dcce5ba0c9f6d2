"""What control groups leave to a process: the least of what each one that it is in allows."""

from pathlib import Path

from wetrun.sandbox.memory import allowances

MIB = 2**20


def _group(folder: Path, limits: dict[str, str], stat: str = "anon 7\n") -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in {**limits, "memory.stat": stat}.items():
        (folder / name).write_text(text)


def _second(most: str, used: int, high: str = "max") -> dict[str, str]:
    return {"memory.max": f"{most}\n", "memory.high": f"{high}\n", "memory.current": f"{used}\n"}


def test_no_limit_anywhere(tmp_path: Path) -> None:
    """An ordinary machine: nothing is said, and what is available counts alone."""
    _group(tmp_path / "user.slice/session", _second("max", MIB))
    _group(tmp_path / "user.slice", _second("max", MIB))
    assert list(allowances("0::/user.slice/session\n", tmp_path)) == []
    assert list(allowances("", tmp_path)) == []


def test_every_group_above_counts_and_files_can_be_dropped(tmp_path: Path) -> None:
    """A limit of the job around a step holds for the step."""
    files = f"anon {MIB}\nactive_file {2 * MIB}\ninactive_file {MIB}\n"
    _group(tmp_path / "job/step", _second(str(64 * MIB), 10 * MIB), files)
    _group(tmp_path / "job", _second(str(48 * MIB), 20 * MIB, high=str(40 * MIB)))
    assert list(allowances("0::/job/step\n", tmp_path)) == [57 * MIB, 28 * MIB, 20 * MIB]


def test_more_used_than_allowed_leaves_nothing(tmp_path: Path) -> None:
    """A limit can be lowered below what is used already."""
    _group(tmp_path / "job", _second(str(8 * MIB), 10 * MIB))
    assert list(allowances("0::/job\n", tmp_path)) == [0]


def test_a_container_sees_its_own_group_as_the_root(tmp_path: Path) -> None:
    """Version 1 names the path on the host, which is not there inside."""
    limits = {"memory.limit_in_bytes": f"{32 * MIB}\n", "memory.usage_in_bytes": f"{12 * MIB}\n"}
    _group(tmp_path / "memory", limits, f"active_file 1\ntotal_active_file {MIB}\ntotal_inactive_file {MIB}\n")
    membership = "9:name=systemd:/\n4:memory:/docker/0123\n3:cpuset:/\n0::/\n"
    assert list(allowances(membership, tmp_path)) == [22 * MIB]
