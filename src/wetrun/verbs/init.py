"""Draft a first plan from what a folder holds."""

from pathlib import Path

from wetrun.draft import draft_plan
from wetrun.errors import WetrunError

__all__ = ["PLAN_FILE", "PlanExistsError", "init"]

PLAN_FILE = "wetrun.yaml"


class PlanExistsError(WetrunError):
    """There is a plan already; a draft never takes its place."""

    def __init__(self, path: Path) -> None:
        super().__init__(f"`{path}` exists already", hint="`wetrun init --stdout` prints the draft instead")


def init(folder: Path, *, write: bool = True) -> str:
    """Draft a plan and, with `write`, put it into the folder.

    Returns:
        The draft's text.

    Raises:
        PlanExistsError: The folder has a plan.
        WetrunError: The folder cannot be written.
    """
    draft = draft_plan(folder)
    if write:
        path = folder / PLAN_FILE
        try:
            with path.open("x", encoding="utf-8") as file:
                file.write(draft)
        except FileExistsError as error:
            raise PlanExistsError(path) from error
        except OSError as error:
            raise WetrunError(f"cannot write `{path}`: {error.strerror}") from error
    return draft
