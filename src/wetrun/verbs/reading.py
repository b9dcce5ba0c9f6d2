"""Reading a plan from where it lies."""

from pathlib import Path

from wetrun.errors import WetrunError
from wetrun.faults.registry import catalogue
from wetrun.formats.find import find_plan
from wetrun.formats.yaml_plan import read_plan
from wetrun.plan.plan import Plan

__all__ = ["UnreadablePlanFileError", "load_plan", "locate_plan", "locate_state", "plan_text"]


_MOST = 4 << 20


class UnreadablePlanFileError(WetrunError):
    """The plan file cannot be opened, or is no text."""

    def __init__(self, path: Path, why: str) -> None:
        super().__init__(
            f"cannot read the plan `{path}`: {why}", hint="name a plan file, or run `wetrun init` to draft one"
        )
        self.path = path


def plan_text(path: Path) -> str:
    """The text of a plan file.

    Raises:
        UnreadablePlanFileError: There is no such file, it may not be read, or it is not UTF-8.
    """
    try:
        if path.exists() and not path.is_file():
            raise UnreadablePlanFileError(path, "it is no file")
        with path.open("rb") as file:
            text = file.read(_MOST + 1)
        if len(text) > _MOST:
            raise UnreadablePlanFileError(path, f"it is larger than {_MOST >> 20} MiB, which no plan is")
        return text.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UnreadablePlanFileError(path, f"byte {error.start} is not UTF-8") from error
    except OSError as error:
        raise UnreadablePlanFileError(path, error.strerror or str(error)) from error


def locate_plan(path: Path | None = None) -> Path:
    """The plan file; None finds `wetrun.yaml` from the working directory upwards.

    Raises:
        NoPlanError: There is none.
    """
    return find_plan(Path.cwd()) if path is None else path


def locate_state(path: Path | None = None) -> Path:
    """The state folder; None means `.wetrun` here or in the nearest folder above, or beside the plan.

    Raises:
        NoPlanError: There is neither a state folder nor a plan.
    """
    if path is not None:
        return path
    here = Path.cwd()
    for folder in (here, *here.parents):
        if (folder / ".wetrun").is_dir():
            return folder / ".wetrun"
    return find_plan(here).parent / ".wetrun"


def load_plan(path: Path | None = None) -> Plan:
    """Read a plan; None finds `wetrun.yaml` from the working directory upwards.

    Raises:
        PlanError: The plan has mistakes; all of them.
        UnreadablePlanFileError: It cannot be opened.
        WetrunError: There is no plan.
    """
    found = locate_plan(path)
    return read_plan(plan_text(found), file=str(found), fault_kinds=catalogue())
