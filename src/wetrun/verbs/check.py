"""Check a plan: read it, and report every mistake with its place."""

from pathlib import Path

from wetrun.plan.plan import Plan
from wetrun.verbs.reading import load_plan

__all__ = ["check"]


def check(path: Path | None = None) -> Plan:
    """Read a plan and resolve every reference in it; nothing else is touched.

    Args:
        path: The plan file; None finds `wetrun.yaml` from the working directory upwards.

    Raises:
        PlanError: The plan has mistakes; all of them.
        WetrunError: There is no plan, or it cannot be read.
    """
    return load_plan(path)
