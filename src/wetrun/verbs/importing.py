"""Import a runbook or an experiment: a plan that a person finishes, and that stays finished when importing again."""

from collections.abc import Mapping
from pathlib import Path

from wetrun.errors import Place, WetrunError
from wetrun.formats.writing.merging import Conflict, merge
from wetrun.lean import dataclass
from wetrun.units import counted
from wetrun.verbs.drafts import draft_of
from wetrun.verbs.import_records import Asked, ImportRecord, UnwritablePlanError, write_whole
from wetrun.verbs.reading import runbook_bytes

__all__ = [
    "ConflictError",
    "EncodingError",
    "Imported",
    "NoBaseError",
    "OtherSourceError",
    "UnsettledError",
    "UnwritablePlanError",
    "import_plan",
]


class NoBaseError(WetrunError):
    """The plan is there already, and what was imported into it last time is not known."""

    def __init__(self, output: Path) -> None:
        hint = "write to another file with `-o`, or overwrite it with `--force`"
        super().__init__(f"`{output}` exists, and was not imported from here before", hint=hint)
        self.output = output


class OtherSourceError(WetrunError):
    """The plan was imported from another document."""

    def __init__(self, output: Path, before: str, source: Path) -> None:
        hint = (
            f"write to another file with `-o`; if `{before}` was renamed or moved, go on with `--renamed`; "
            "`--force` replaces the plan and your changes in it"
        )
        super().__init__(f"`{output}` was imported from `{before}`, and `{source}` is another document", hint=hint)
        self.before = before


class EncodingError(WetrunError):
    """The plan is no UTF-8, so a person's letters in it would be lost.

    Attributes:
        place: Where the first byte stands that is none.
    """

    def __init__(self, output: Path, data: bytes, at: int) -> None:
        start = data.rfind(b"\n", 0, at) + 1
        column = len(data[start:at].decode("utf-8", "replace")) + 1
        self.place = Place(str(output), data.count(b"\n", 0, at) + 1, column)
        hint = f"save it as UTF-8 (`iconv -f latin1 -t utf-8 {output.name}`, say), then import again"
        super().__init__(f"{self.place}: the byte 0x{data[at]:02x} is not UTF-8; nothing was written", hint=hint)


class UnsettledError(WetrunError):
    """A conflict is said to be settled, and its markers still stand in the plan."""

    def __init__(self, output: Path, line: int) -> None:
        hint = "keep what shall stay of the two sides, remove the lines with the markers, then import again"
        super().__init__(f"{output}:{line}: both sides of a conflict still stand in the plan", hint=hint)
        self.line = line


class ConflictError(WetrunError):
    """A person and the runbook changed the same lines.

    Attributes:
        conflicts: Every place.
        shown: The file in which both sides stand; the plan itself was not touched.
    """

    exit_code = 1

    def __init__(self, output: Path, shown: Path, conflicts: tuple[Conflict, ...]) -> None:
        places = ", ".join(f"{output}:{each.line}" for each in conflicts[:8])
        hint = f"`{shown}` shows both sides; settle it in `{output}`, then run the import again with `--resolved`"
        were = "was" if len(conflicts) == 1 else "were"
        super().__init__(f"{counted(len(conflicts), 'place')} {were} changed on both sides: {places}", hint=hint)
        self.conflicts = conflicts
        self.shown = shown


@dataclass(frozen=True, slots=True)
class Imported:
    """What was written.

    Attributes:
        text: The plan.
        merged: Whether a person's changes were kept in it.
        guesses: How many values are guesses.
        unverified: How many expectations no machine can check.
        secrets: The names of the secrets that stood in the source, which the plan names instead → their lines, from 1.
    """

    text: str
    merged: bool
    guesses: int
    unverified: int
    secrets: Mapping[str, int]


def import_plan(
    source: Path,
    output: Path | None,
    *,
    force: bool = False,
    resolved: bool = False,
    renamed: bool = False,
    compatible: bool = False,
) -> Imported:
    """Write a plan from a runbook or a Chaos Toolkit experiment.

    Args:
        source: The runbook (Markdown), or the experiment (JSON or YAML).
        output: Where the plan goes; None writes nothing.
        force: Overwrite a plan whatever it is.
        resolved: A conflict was settled in the plan: keep it in these places, and merge everything else.
        renamed: The document that was imported last has this name now.
        compatible: Read an experiment with the semantics of Chaos Toolkit where they differ.

    Raises:
        PlanError: There is nothing in it to make a plan of.
        NoBaseError: The plan exists and was not imported.
        OtherSourceError: The plan was imported from another document.
        EncodingError: The plan is not UTF-8.
        ConflictError: Both sides changed the same lines.
        UnsettledError: The markers of a conflict are still in the plan.
        UnreadablePlanFileError: The source or the plan cannot be read.
        UnwritablePlanError: The plan cannot be written there.
    """
    draft = draft_of(source, compatible=compatible)
    text, merged = draft.text, False
    if output is not None:
        record = ImportRecord(output)
        if output.exists() and not force:
            if not renamed and not record.is_from(source):
                raise OtherSourceError(output, record.source or "", source)
            text, merged = _again(record, draft.text, source, resolved=resolved)
        else:
            write_whole(output, text)
        record.done(draft.text, source)
    return Imported(text, merged, draft.guesses, draft.unverified, draft.secrets)


def _again(record: ImportRecord, new: str, source: Path, *, resolved: bool) -> tuple[str, bool]:
    """Write what came of the plan and a new draft: the text, and whether a person's changes are kept in it."""
    base, plan = record.base, _Own.read(record.output)
    if base is None:
        if not resolved:
            raise NoBaseError(record.output)
        return plan.text, True
    mine = plan.text
    if resolved:
        base, mine = _settled(record, base, mine, new)
        # From here on that is the last import, even if the document was changed since and there is more to settle.
        write_whole(record.output, plan.written(mine))
        record.done(base, source)
    result = merge(base, mine, new, label=source.name)
    if result.conflicts:
        record.ask(Asked(mine, new), plan.written(result.text))
        raise ConflictError(record.output, record.shown, result.conflicts)
    write_whole(record.output, plan.written(result.text))
    record.shown.unlink(missing_ok=True)
    return result.text, mine != base


def _settled(record: ImportRecord, base: str, mine: str, new: str) -> tuple[str, str]:
    """What was drafted when a person was asked, and the plan with that merged into it.

    Where both sides had changed something the plan stays as the person settled it, whatever it says there.
    """
    marker = next((n for n, line in enumerate(mine.split("\n"), 1) if line == "<<<<<<< yours"), None)
    if marker is not None:
        raise UnsettledError(record.output, marker)
    asked = record.asked or Asked(mine, new)
    would_be = merge(base, asked.mine, asked.theirs).settled
    return asked.theirs, merge(asked.mine, mine, would_be).settled


@dataclass(frozen=True, slots=True)
class _Own:
    """A plan that a person works on; it keeps its line ends, and its byte order mark if it has one.

    Attributes:
        text: With line feeds alone.
    """

    text: str
    line_end: str
    mark: str

    @classmethod
    def read(cls, path: Path) -> "_Own":
        data = runbook_bytes(path)
        try:
            text = data.decode("utf-8")
        except UnicodeDecodeError as error:
            raise EncodingError(path, data, error.start) from None
        mark = "\ufeff" if text.startswith("\ufeff") else ""
        both = text.count("\r\n")
        end = "\r\n" if 2 * both > text.count("\n") else "\n"
        return cls(text.removeprefix(mark).replace("\r\n", "\n"), end, mark)

    def written(self, text: str) -> str:
        return self.mark + text.replace("\n", self.line_end)
