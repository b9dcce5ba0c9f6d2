"""A copy-on-write double of production, in Linux namespaces: no root, no daemon.

Names are loaded when they are asked for: the inside of a sandbox imports parts of this package and has to start fast.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from wetrun.sandbox.baseline import Baseline
    from wetrun.sandbox.cell import CellProcess
    from wetrun.sandbox.isolation import IsolationReport, check_isolation
    from wetrun.sandbox.network import SandboxNetwork
    from wetrun.sandbox.sandbox import Sandbox
    from wetrun.sandbox.spec import SandboxSpec
    from wetrun.sandbox.unisolated import UnisolatedSandbox
    from wetrun.sandbox.visiting import attach, discard, enter
    from wetrun.sandbox.world import SandboxWorld

__all__ = [
    "Baseline",
    "CellProcess",
    "IsolationReport",
    "Sandbox",
    "SandboxNetwork",
    "SandboxSpec",
    "SandboxWorld",
    "UnisolatedSandbox",
    "attach",
    "check_isolation",
    "discard",
    "enter",
]

_HOMES = {
    "Baseline": "baseline",
    "CellProcess": "cell",
    "IsolationReport": "isolation",
    "Sandbox": "sandbox",
    "SandboxNetwork": "network",
    "SandboxSpec": "spec",
    "SandboxWorld": "world",
    "UnisolatedSandbox": "unisolated",
    "attach": "visiting",
    "discard": "visiting",
    "enter": "visiting",
    "check_isolation": "isolation",
}


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(name)
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
