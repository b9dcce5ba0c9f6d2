"""Import a runbook or an experiment: a plan that a person finishes, and that stays finished when importing again."""

import os
from collections.abc import Mapping
from pathlib import Path

from wetrun.errors import WetrunError
from wetrun.formats.writing.merging import Conflict, merge
from wetrun.lean import dataclass
from wetrun.verbs.drafts import draft_of

__all__ = ["ConflictError", "Imported", "NoBaseError", "UnwritablePlanError", "import_plan"]


class NoBaseError(WetrunError):
    """The plan is there already, and what was imported into it last time is not known."""

    def __init__(self, output: Path) -> None:
        hint = "write to another file with `-o`, or overwrite it with `--force`"
        super().__init__(f"`{output}` exists, and was not imported from here before", hint=hint)
        self.output = output


class UnwritablePlanError(WetrunError):
    """The plan cannot be written where it should go."""

    def __init__(self, output: Path, error: OSError) -> None:
        there = output.absolute().parent.is_dir()
        why = (error.strerror or str(error)).lower() if there else f"there is no folder `{output.parent}`"
        super().__init__(f"cannot write `{output}`: {why}", hint="name a file in a folder that is there and writable")
        self.output = output


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
        super().__init__(f"{len(conflicts)} places were changed on both sides: {places}", hint=hint)
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
    source: Path, output: Path | None, *, force: bool = False, resolved: bool = False, compatible: bool = False
) -> Imported:
    """Write a plan from a runbook or a Chaos Toolkit experiment.

    Args:
        source: The runbook (Markdown), or the experiment (JSON or YAML).
        output: Where the plan goes; None writes nothing.
        force: Overwrite a plan whose last import is not known.
        resolved: A conflict was settled in the plan: keep it, and take this import as what it is based on.
        compatible: Read an experiment with the semantics of Chaos Toolkit where they differ.

    Raises:
        PlanError: There is nothing in it to make a plan of.
        NoBaseError: The plan exists and was not imported.
        ConflictError: Both sides changed the same lines.
        UnreadablePlanFileError: The source or the plan cannot be read.
        UnwritablePlanError: The plan cannot be written there.
    """
    draft = draft_of(source, compatible=compatible)
    text, merged = draft.text, False
    if output is not None:
        base = _base_of(output)
        if output.exists() and not force:
            if resolved:
                text = _read(output)
            elif not base.is_file():
                raise NoBaseError(output)
            else:
                text, merged = _merged(output, base, draft.text, source)
        _write(output, text)
        base.parent.mkdir(parents=True, exist_ok=True)
        _write(base, draft.text)
    return Imported(text, merged, draft.guesses, draft.unverified, draft.secrets)


def _merged(output: Path, base: Path, new: str, source: Path) -> tuple[str, bool]:
    before, mine = _read(base), _read(output)
    if mine == before:
        return new, False
    result = merge(before, mine, new, label=source.name)
    if result.conflicts:
        shown = output.with_name(output.name + ".conflict")
        _write(shown, result.text)
        raise ConflictError(output, shown, result.conflicts)
    return result.text, True


def _base_of(output: Path) -> Path:
    """Where the last import into a plan is recorded: in `.wetrun` beside it."""
    return output.absolute().parent / ".wetrun" / "imports" / f"{output.name}.base"


def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8", errors="replace")


def _write(path: Path, text: str) -> None:
    """Whole or not at all."""
    part = path.with_name(path.name + ".part")
    try:
        part.write_text(text, encoding="utf-8")
    except OSError as error:
        raise UnwritablePlanError(path, error) from error
    os.replace(part, path)  # noqa: PTH105 - the same, and it overwrites on every system
