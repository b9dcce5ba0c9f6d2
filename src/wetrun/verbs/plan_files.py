"""Whether the files are there that a plan names for its double and its faults."""

from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path

from wetrun.formats.decode.nearest import nearest
from wetrun.formats.mentioned_files import FileKind, MentionedFile
from wetrun.plan.findings import Finding, Severity
from wetrun.plan.plan import Plan

__all__ = ["missing_files"]

_RULE = "missing-file"
_MOST = 1000


def missing_files(plan: Plan, mentioned: Sequence[MentionedFile]) -> tuple[Finding, ...]:
    """What a plan names and a rehearsal would not find."""
    folder = Path(plan.source).parent
    return tuple(finding for one in mentioned for finding in _missing(folder, one))


def _missing(folder: Path, one: MentionedFile) -> Iterator[Finding]:
    from wetrun.sandbox.errors import PlanFileError  # for plans that name files
    from wetrun.sandbox.named_files import beside

    if one.kind is FileKind.MOUNT:
        if not Path(one.path).exists():
            message = f"the {one.kind.value} `{one.path}` does not exist on this machine"
            yield Finding(_RULE, Severity.WARNING, message, one.place, "it has to be there where the rehearsal runs")
        return
    try:
        found = beside(folder, one.path)
    except PlanFileError as error:
        hint = _like_it(folder, one.path) or error.hint
        severity = Severity.WARNING if one.kind is FileKind.MATERIAL else Severity.ERROR
        yield Finding(_RULE, severity, f"the {one.kind.value} {error}", one.place, hint)
        return
    if one.kind is not FileKind.MATERIAL and found.is_dir():
        message = f"the {one.kind.value} `{one.path}` is a folder"
        yield Finding(_RULE, Severity.ERROR, message, one.place, "name the file in it")


def _like_it(folder: Path, path: str) -> str | None:
    """A hint at a file of about that name in the same folder, if there is one."""
    wanted = folder / path
    try:
        known = [one.name for one in islice(wanted.parent.iterdir(), _MOST)]
    except OSError:
        return None
    found = nearest(wanted.name, known)
    return None if found is None else f"did you mean `{Path(path).with_name(found)}`?"
