"""`make bench`: every number that is promised, measured beside its peers in one run; exit code 1 when one is not kept.

run.py [--short | --only NAME]…    --short leaves out what takes minutes
"""

import argparse
import compileall
import importlib
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from measuring import ROOT, Measured, Shown

_PARTS = (
    *("steps", "sandboxes", "start_up", "flood", "waiting", "runbooks", "simulate", "evidence", "fleets"),
    *("demo", "leftovers", "web_release"),
)
_LONG = {"demo", "leftovers", "web_release"}
_PEERS = ("chaostoolkit", "pyinfra", "ansible-core", "simpy")
_VENV = ROOT / "bench/.venv"


def _install_peers() -> dict[str, str]:
    """Have the peers in a venv of their own; return their versions."""
    programs = all((_VENV / "bin" / name).exists() for name in ("chaos", "pyinfra", "ansible-playbook"))
    if not programs or not any(_VENV.glob("lib/*/site-packages/simpy")):
        print(f"installing {', '.join(_PEERS)} into bench/.venv", file=sys.stderr)
        subprocess.run([sys.executable, "-m", "venv", "--clear", _VENV], check=True)
        subprocess.run([_VENV / "bin/pip", "install", "--quiet", "--disable-pip-version-check", *_PEERS], check=True)
    ask = f"import importlib.metadata as m; print(*(m.version(name) for name in {_PEERS}))"
    ran = subprocess.run([_VENV / "bin/python", "-c", ask], check=True, capture_output=True, text=True)
    return dict(zip(_PEERS, ran.stdout.split(), strict=True))


def _compile_ourselves() -> None:
    """Have bytecode, as the peers have from pip: where PYTHONDONTWRITEBYTECODE is set, no start would leave it."""
    compileall.compile_dir(ROOT / "src", quiet=2)


def _machine() -> dict[str, str]:
    memory = int(Path("/proc/meminfo").read_text().split()[1]) // 1_000_000
    return {
        "date": time.strftime("%Y-%m-%d %H:%M"),
        "cores": str(len(os.sched_getaffinity(0))),
        "memory": f"{memory} GB",
        "kernel": platform.release(),
        "python": platform.python_version(),
        "user": "root" if os.geteuid() == 0 else "ordinary user",
    }


def _load() -> str:
    return f"{os.getloadavg()[0]:.1f}"


def _row(one: Measured | Shown) -> str:
    if isinstance(one, Shown):
        return f"{'':8} {one.what:58} {one.value}"
    value, limit = f"{one.value:.3g} {one.unit}", f"{'≥' if one.least else '≤'} {one.limit:g} {one.unit}"
    return f"{'met' if one.met else 'NOT MET':8} {one.target:58} {value:>12} {limit:>12}   {one.detail}"


def _measure(names: list[str], scratch: Path) -> tuple[list[Measured | Shown], dict[str, str]]:
    rows: list[Measured | Shown] = []
    loads: dict[str, str] = {}
    for name in names:
        before = _load()
        try:
            found = importlib.import_module(name).measure(scratch)
        except Exception as error:  # noqa: BLE001 - whatever broke there, the other parts are still worth having
            found = [Measured(f"`{name}` was measured to its end", 0, 1, "times", str(error)[-300:], least=True)]
        loads[name] = f"{before} → {_load()}"
        rows.extend(found)
        for one in found:
            print(_row(one), flush=True)
    return rows, loads


def _main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--short", action="store_true", help=f"without {' and '.join(sorted(_LONG))}")
    parser.add_argument("--only", action="append", choices=_PARTS, help="only this part; repeatable")
    asked = parser.parse_args()
    names = [name for name in _PARTS if (not asked.only or name in asked.only) and not (asked.short and name in _LONG)]
    _compile_ourselves()
    peers, machine = _install_peers(), _machine()
    print(", ".join(f"{name} {value}" for name, value in {**machine, **peers}.items()), f"— load {_load()}", flush=True)
    with tempfile.TemporaryDirectory(prefix=".scratch-", dir=ROOT / "bench") as scratch:
        rows, loads = _measure(names, Path(scratch))
    print("load while measuring (before → after):", ", ".join(f"{name} {load}" for name, load in loads.items()))
    measured = [one for one in rows if isinstance(one, Measured)]
    shown = {one.what: one.value for one in rows if isinstance(one, Shown)}
    results = {
        "machine": machine,
        "peers": peers,
        "load": loads,
        "targets": [one.plain() for one in measured],
        "shown": shown,
    }
    (ROOT / "bench/results.json").write_text(json.dumps(results, indent=2, ensure_ascii=False) + "\n")
    missed = [one.target for one in measured if not one.met]
    print(
        f"{len(measured) - len(missed)} of {len(measured)} met" + (f"; not met: {'; '.join(missed)}" if missed else "")
    )
    return 1 if missed else 0


sys.exit(_main())
