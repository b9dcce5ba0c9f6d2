"""Whole processes: `wetrun --help`, `check` and `simulate`, beside a Python that does nothing."""

from pathlib import Path
from statistics import median

from measuring import BIN, ROOT, Measured, Shown, in_turns, processor_seconds_of, seconds_of, spread

__all__ = ["measure"]

_TURNS = 15
_LIMITS = {"wetrun --help": 150.0, "wetrun check": 150.0, "wetrun simulate": 700.0}
_QUICKSTART = ROOT / "examples/quickstart"


def measure(scratch: Path) -> list[Measured | Shown]:
    """Time each in turn; the first round writes the byte code."""
    commands = {
        "wetrun --help": [BIN / "wetrun", "--help"],
        "wetrun check": [BIN / "wetrun", "check"],
        "wetrun simulate": [BIN / "wetrun", "simulate", "--evidence", "none", "--state", scratch / "no-record"],
        "python -c pass": [BIN / "python", "-c", "pass"],
        "chaos --version": [ROOT / "bench/.venv/bin/chaos", "--version"],
        "pyinfra --version": [ROOT / "bench/.venv/bin/pyinfra", "--version"],
        "ansible --version": [ROOT / "bench/.venv/bin/ansible", "--version"],
    }
    times = in_turns(
        _TURNS, {name: lambda command=command: seconds_of(command, _QUICKSTART) for name, command in commands.items()}
    )
    rows: list[Measured | Shown] = []
    for name, limit in _LIMITS.items():
        processor = min(processor_seconds_of(commands[name], _QUICKSTART) for _ in range(_TURNS))
        detail = f"least {min(times[name]) * 1000:.0f}; of the processor's time {processor * 1000:.0f}"
        rows.append(Measured(f"`{name}`, median", median(times[name]) * 1000, limit, "ms", detail))
    rows.extend(Shown(f"`{name}`", spread(found)) for name, found in times.items() if not name.startswith("wetrun"))
    return rows
