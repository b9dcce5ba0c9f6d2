"""Fifty trivial steps: wetrun with durable records beside a bash script, Chaos Toolkit, pyinfra and Ansible."""

import json
import tempfile
from pathlib import Path
from statistics import median
from textwrap import dedent

from measuring import BIN, ROOT, Measured, Shown, in_turns, seconds_of, spread

__all__ = ["measure"]

_PEERS = ROOT / "bench/.venv/bin"
_STEPS = 50
_TURNS = 7
_ANSIBLE_TURNS = 1
_RATIO = 4.0


def _write(folder: Path) -> None:
    (folder / "steps.sh").write_text("set -e\n" + "/bin/true\n" * _STEPS)
    steps = "\n".join(f"  - {{name: s{number}, run: /bin/true}}" for number in range(_STEPS))
    plan = f"name: fifty\ntargets: {{here: {{directory: {folder}}}}}\nphases:\n- name: all\n  steps:\n{steps}\n"
    (folder / "wetrun.yaml").write_text(plan + "rollback:\n  steps: [/bin/true]\n")
    action = {"type": "action", "name": "true", "provider": {"type": "process", "path": "/bin/true"}}
    experiment = {"title": "fifty", "description": "fifty steps", "method": [action] * _STEPS}
    (folder / "experiment.json").write_text(json.dumps(experiment))
    operations = "".join(f'server.shell(name="s{number}", commands=["/bin/true"])\n' for number in range(_STEPS))
    (folder / "deploy.py").write_text("from pyinfra.operations import server\n" + operations)
    task = "  - command: /bin/true\n"
    play = dedent("""\
        - hosts: all
          gather_facts: false
          connection: local
          tasks:
        """)
    (folder / "play.yaml").write_text(play + "".join("  " + task for _ in range(_STEPS)))


def _wetrun(folder: Path) -> float:
    # The folder stays until all is measured: ext4 takes long to make files just after many were removed.
    own = tempfile.mkdtemp(dir=folder)
    return seconds_of([BIN / "python", ROOT / "bench/local_steps.py", folder / "wetrun.yaml", own], folder)


def measure(scratch: Path) -> list[Measured | Shown]:
    """Measure all in turns; Ansible takes half a minute, so it has fewer."""
    folder = scratch / "steps"
    folder.mkdir()
    _write(folder)
    commands: dict[str, list[str | Path]] = {
        "bash": ["bash", "steps.sh"],
        "Chaos Toolkit": [_PEERS / "chaos", "--no-version-check", "--no-log-file", "run", "experiment.json"],
        "pyinfra": [_PEERS / "pyinfra", "-y", "@local", "deploy.py"],
    }
    contestants = {"wetrun": lambda: _wetrun(folder)}
    for name, command in commands.items():
        contestants[name] = lambda command=command: seconds_of(command, folder)
    times = in_turns(_TURNS, contestants)
    ansible = [_PEERS / "ansible-playbook", "-i", "localhost,", "play.yaml"]
    python = {"ANSIBLE_PYTHON_INTERPRETER": str(_PEERS / "python")}
    times["Ansible"] = [seconds_of(ansible, folder, python) for _ in range(_ANSIBLE_TURNS)]
    ours = median(times["wetrun"])
    ratio = median([own / other for own, other in zip(times["wetrun"], times["bash"], strict=True)])
    detail = f"wetrun {spread(times['wetrun'])}, bash {spread(times['bash'])}"
    rows: list[Measured | Shown] = [
        Measured(f"{_STEPS} steps of /bin/true, against a bash script", ratio, _RATIO, "×", detail)
    ]
    for name in ("Chaos Toolkit", "pyinfra", "Ansible"):
        theirs = median(times[name])
        rows.append(Measured(f"… against {name}", ours / theirs, 1.0, "×", f"{name} {spread(times[name])}"))
    return rows
