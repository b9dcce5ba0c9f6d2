"""Reading a plan from where it lies."""

import os
from collections.abc import Mapping
from dataclasses import field
from pathlib import Path
from typing import TYPE_CHECKING

from wetrun.errors import PlanError, WetrunError
from wetrun.faults.registry import catalogue
from wetrun.formats.find import find_plan
from wetrun.formats.yaml_plan import read_plan, read_plan_with_files
from wetrun.lean import dataclass, pattern
from wetrun.plan.plan import Plan

if TYPE_CHECKING:
    from wetrun.formats.mentioned_files import MentionedFile
    from wetrun.formats.runbook.reading import Runbook
    from wetrun.formats.writing.tree import Branch
    from wetrun.lint.secrets import Named

__all__ = [
    "Document",
    "ForeignDoubleError",
    "MisnamedRunbookError",
    "NoDoubleError",
    "UnreadablePlanFileError",
    "is_runbook",
    "load_plan",
    "locate_plan",
    "locate_state",
    "plan_text",
    "read_document",
    "recorded_plan",
    "runbook_by_another_name",
    "runbook_bytes",
]


_MOST = 4 << 20
_MOST_MARKDOWN = 16 << 20
_FENCED = pattern(r"(?:\A|\n)(?:```|~~~)")  # a plan has no such line at its margin
_METHOD = pattern(r"\b(?:method|steady-state-hypothesis)\b[\"']?\s*:")  # experiments have it, and plans hardly ever


class UnreadablePlanFileError(WetrunError):
    """The plan file cannot be opened, or is no text."""

    def __init__(self, path: Path, why: str) -> None:
        super().__init__(
            f"cannot read the plan `{path}`: {why}", hint="name a plan file, or run `wetrun init` to draft one"
        )
        self.path = path


class MisnamedRunbookError(WetrunError):
    """A file is no plan, and looks like a runbook whose name does not say so."""

    def __init__(self, path: Path) -> None:
        super().__init__(
            f"`{path}` is no plan, and looks like a Markdown runbook, which is known by its name: it ends with `.md`",
            hint=f"call it `{path.with_suffix('.md').name}`",
        )
        self.path = path


class NoDoubleError(WetrunError):
    """The folder that should describe a double has no script in it."""

    def __init__(self, folder: Path) -> None:
        super().__init__(
            f"`{folder}` has neither `setup.sh` nor `start.sh`",
            hint="docs/how-to/describe-the-double.md says what they do",
        )
        self.folder = folder


class ForeignDoubleError(WetrunError):
    """A double was named for a plan that describes its own."""

    def __init__(self, path: Path) -> None:
        super().__init__(
            f"`--double` belongs to a runbook or an experiment, and `{path}` is a plan",
            hint="describe the double under `double:` in it",
        )
        self.path = path


def plan_text(path: Path) -> str:
    """The text of a plan file.

    Raises:
        UnreadablePlanFileError: There is no such file, it may not be read, or it is not UTF-8.
    """
    data = _bytes(path, _MOST)
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UnreadablePlanFileError(path, f"byte {error.start} is not UTF-8") from error


def _bytes(path: Path, most: int) -> bytes:
    try:
        if path.exists() and not path.is_file():
            raise UnreadablePlanFileError(path, "it is no file")
        with path.open("rb") as file:
            data = file.read(most + 1)
    except OSError as error:
        raise UnreadablePlanFileError(path, error.strerror or str(error)) from error
    if len(data) > most:
        raise UnreadablePlanFileError(path, f"it is larger than {most >> 20} MiB, which no plan is")
    return data


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


@dataclass(frozen=True, slots=True)
class Document:
    """A plan as it was read.

    Attributes:
        text: The plan as YAML: the file itself, or what a runbook or an experiment means.
        written: What the file says.
        runbook: What else a runbook says; None when it is none.
        files: What a plan names; a runbook names none.
        secrets: Name → value of the secrets that stood in a runbook or an experiment; the plan and its text name them.
    """

    plan: Plan
    text: str
    written: str
    runbook: "Runbook | None" = None
    files: "tuple[MentionedFile, ...]" = ()
    secrets: Mapping[str, str] = field(default_factory=dict[str, str], repr=False)


def is_runbook(path: Path) -> bool:
    """Whether a file is a runbook, by its name."""
    return path.suffix.lower() in {".md", ".markdown", ".mkd", ".mdown"}


def runbook_by_another_name(path: Path, text: str) -> WetrunError | None:
    """Why a file that is no plan may be a runbook all the same; None when it does not look like one.

    Args:
        path: The file, whose name is not that of a runbook.
        text: What it holds.
    """
    return MisnamedRunbookError(path) if _FENCED.search(text) is not None else None


def runbook_bytes(path: Path) -> bytes:
    """The bytes of a runbook or an experiment, of any encoding.

    Raises:
        UnreadablePlanFileError: There is no such file, it may not be read, or it is larger than 16 MiB.
    """
    return _bytes(path, _MOST_MARKDOWN)


def read_document(path: Path | None = None, *, double: Path | None = None) -> Document:
    """Read a plan, or a runbook as a plan; None finds `wetrun.yaml` from the working directory upwards.

    Args:
        path: The file.
        double: For a runbook or an experiment: the folder with `setup.sh` and `start.sh` of its double.

    Raises:
        PlanError: It has mistakes; all of them.
        UnreadablePlanFileError: It cannot be opened.
        WetrunError: There is no plan, or no such double.
    """
    found = locate_plan(path)
    if is_runbook(found):
        from wetrun.formats.runbook.document.decoding import decode
        from wetrun.formats.runbook.reading import read_runbook
        from wetrun.lint.secrets import name_secrets

        decoded = decode(runbook_bytes(found))
        named = name_secrets(decoded.text)
        runbook = read_runbook(decoded.saying(named.text), str(found), catalogue())
        plan = _completed(runbook.plan, runbook.draft, found, named, double)
        return Document(plan, _as_yaml(runbook.draft), decoded.text, runbook, secrets=named.values)
    text = plan_text(found)
    if _METHOD.search(text):
        from wetrun.formats.chaostoolkit.reading import is_experiment, read_experiment

        if is_experiment(text):
            from wetrun.lint.secrets import name_secrets

            named = name_secrets(text)
            experiment = read_experiment(named.text, str(found), catalogue())
            plan = _completed(experiment.plan, experiment.draft, found, named, double)
            return Document(plan, _as_yaml(experiment.draft), text, secrets=named.values)
    if double is not None:
        raise ForeignDoubleError(found)
    try:
        read = read_plan_with_files(text, file=str(found), fault_kinds=catalogue())
    except PlanError as error:
        raise runbook_by_another_name(found, text) or error from None
    return Document(read.plan, text, text, files=read.files)


def _completed(plan: Plan, draft: "Branch", found: Path, named: "Named", double: Path | None) -> Plan:
    """The plan, with the secrets that stood in its source and the double that somebody names for it.

    The draft has both afterwards, too.
    """
    if double is None and not named.names:
        return plan
    from wetrun.formats.writing.reading import plan_of

    if named.names:
        from wetrun.verbs.named_secrets import name_in_draft

        name_in_draft(draft, named, str(found))
    if double is not None:
        from wetrun.formats.runbook.double import describe_double

        scripts = tuple(name for name in ("setup.sh", "start.sh") if (double / name).is_file())
        if not scripts:
            raise NoDoubleError(double)
        describe_double(draft, os.path.relpath(double, found.parent), scripts)
    return plan_of(draft, catalogue())


def _as_yaml(draft: "Branch") -> str:
    from wetrun.formats.writing.yaml_plan import to_yaml

    return to_yaml(draft, (), ())


def recorded_plan(text: str, file: str) -> Plan:
    """Read a plan from a record, as today's plan is read where that is possible.

    Equal parameters of faults are then equal, so that runs of both may count together; those of a kind that is not
    installed here stay texts.

    Raises:
        PlanError: It was written for a wetrun whose plans this one cannot read.
    """
    try:
        return read_plan(text, file=file, fault_kinds=catalogue())
    except PlanError:
        return read_plan(text, file=file, fault_kinds=None)


def load_plan(path: Path | None = None, *, double: Path | None = None) -> Plan:
    """Read a plan or a runbook; None finds `wetrun.yaml` from the working directory upwards.

    Args:
        path: The file.
        double: As for `read_document`.

    Raises:
        PlanError: The plan has mistakes; all of them.
        UnreadablePlanFileError: It cannot be opened.
        WetrunError: There is no plan.
    """
    return read_document(path, double=double).plan
