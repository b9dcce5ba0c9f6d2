"""Which file is the plan: `wetrun.yaml` in a folder or the nearest one above it."""

from pathlib import Path

from wetrun.errors import WetrunError

__all__ = ["PLAN_NAMES", "NoPlanError", "find_plan"]

PLAN_NAMES = ("wetrun.yaml", "wetrun.yml")


class NoPlanError(WetrunError):
    """There is no plan here or above.

    Attributes:
        start: Where the search began.
    """

    def __init__(self, start: Path) -> None:
        hint = "`wetrun init` drafts one; or name a file: `wetrun check path/to/plan.yaml`"
        super().__init__(f"no `{PLAN_NAMES[0]}` in `{start}` or above", hint=hint)
        self.start = start


def find_plan(start: Path) -> Path:
    """Find the plan from a folder upwards.

    Args:
        start: A folder, or the plan file itself.

    Returns:
        The plan file; in a folder that has both names, `wetrun.yaml`.

    Raises:
        NoPlanError: There is none up to the root.
    """
    if start.is_file():
        return start
    absolute = start.absolute()
    for folder in (absolute, *absolute.parents):
        for name in PLAN_NAMES:
            if (folder / name).is_file():
                return folder / name
    raise NoPlanError(start)
