"""`--help` and `check` start fast because they load little; counted in modules, not in milliseconds."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[2]
HEAVY = {
    "asyncio",
    "asyncssh",
    "cryptography",
    "jinja2",
    "multiprocessing",
    "numpy",
    "rich",
    "scipy",
    "sqlite3",
    "ssl",
    "trustme",
}
"""Modules that cost 10 ms or more to import, or pull in others that do; verbs that need them import them late."""

PROBE = """
import json, sys
sys.argv = ["wetrun", *json.loads(sys.argv[1])]
try:
    from wetrun.cli import main
    if len(sys.argv) > 1:
        main()
except SystemExit as end:
    code = end.code
else:
    code = 0
sys.stdout.flush()
print(file=sys.stderr)
print(json.dumps([code or 0, sorted(sys.modules)]), file=sys.stderr)
"""


def _loaded(*arguments: str, folder: Path) -> tuple[int, set[str]]:
    """Run the command line in a fresh interpreter; return its exit code and every module that it had loaded."""
    ran = subprocess.run(
        [sys.executable, "-c", PROBE, json.dumps(arguments)],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert ran.returncode == 0, ran.stderr
    code, modules = json.loads(ran.stderr.splitlines()[-1])
    return code, set(modules)


@pytest.mark.parametrize("arguments", [(), ("--help",), ("--version",), ("rehearse", "--help")], ids=" ".join)
def test_help_loads_nothing_heavy(arguments: tuple[str, ...], tmp_path: Path) -> None:
    """People ask for help often, and completion asks with every key."""
    code, modules = _loaded(*arguments, folder=tmp_path)
    assert code == 0
    assert "wetrun.cli" in modules
    assert modules & HEAVY == set()


def test_check_loads_nothing_heavy(tmp_path: Path) -> None:
    """`check` runs in editors and commit hooks; a plan is read without anything that could run it."""
    plan = REPOSITORY / "examples/quickstart/wetrun.yaml"
    code, modules = _loaded("check", str(plan), folder=tmp_path)
    assert code == 0
    assert "wetrun.formats" in modules
    assert modules & HEAVY == set()
