"""The double of a runbook: its scripts lie in a folder that is named on the command line."""

from collections.abc import Sequence

from wetrun.errors import Place
from wetrun.formats.writing.tree import Branch, Draft, Leaf, drafted

__all__ = ["describe_double"]


def describe_double(plan: Branch, folder: str, scripts: Sequence[str]) -> None:
    """Add the double's scripts to a plan in the making.

    Args:
        plan: Is changed.
        folder: The folder, relative to the runbook.
        scripts: Which of `setup.sh` and `start.sh` are in it.
    """
    place = Place(plan.place.file, 1, 1)
    double = plan.entries.get("double")
    if not isinstance(double, Branch):
        double = Branch({}, place, stated=False)
        plan.entries["double"] = double
    found: dict[str, Draft] = {
        name.removesuffix(".sh"): Leaf(f"{folder}/{name}", place, stated=False) for name in scripts
    }
    double.entries = {**found, "files": drafted([folder], place, stated=False), **double.entries}
