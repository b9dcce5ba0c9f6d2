"""Markdown → plan: the one door to runbooks."""

import gc
import re
from collections.abc import Iterator, Mapping, Sequence

from wetrun.errors import Place, PlanError, PlanProblem
from wetrun.formats.runbook.contents.claiming import Parts, totals_of
from wetrun.formats.runbook.contents.gathering import gather
from wetrun.formats.runbook.contents.material import Material
from wetrun.formats.runbook.contents.unused import Unused
from wetrun.formats.runbook.document.decoding import Decoded, Misread, Repair, repair
from wetrun.formats.runbook.document.markdown import read_blocks, without_front_matter
from wetrun.formats.runbook.document.outline import Kind, Section, outline
from wetrun.formats.runbook.document.parsed_markdown import TooDeepError
from wetrun.formats.runbook.drafts.drafting import draft
from wetrun.formats.runbook.referring import unknown_steps
from wetrun.formats.runbook.remaining import remaining_lines
from wetrun.formats.writing.pruning import Refused, pruned_plan
from wetrun.formats.writing.tree import Branch
from wetrun.lean import dataclass
from wetrun.plan.facts import Facts, Shown
from wetrun.plan.faults import FaultParameters
from wetrun.plan.findings import Finding, Severity
from wetrun.plan.plan import Plan
from wetrun.units import counted

__all__ = ["Runbook", "read_runbook"]

_DEPLOYS = re.compile(r"^(?:deploy\w*|releas\w+|roll-?out|rolling out|procedure|steps)\W*$", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Runbook:
    """A runbook that was read.

    Attributes:
        plan: What it means as a plan; places are those of the runbook.
        text: As it was read, repaired where that was certain.
        draft: The same, with the guesses that were made; for writing it down.
        facts: What is stated besides; `facts.unverified` are expectations that no machine can check.
        findings: What is doubtful about the text itself.
    """

    plan: Plan
    text: str
    draft: Branch
    facts: Facts
    findings: tuple[Finding, ...]


def read_runbook(text: str | Decoded, file: str, fault_kinds: Mapping[str, FaultParameters] | None = None) -> Runbook:
    """Read a runbook.

    Args:
        text: Markdown, perhaps with what was doubtful about its bytes; text that was decoded wrongly once is repaired
            where that is certain.
        file: Its name, for places.
        fault_kinds: The known kinds of faults; None accepts any.

    Raises:
        PlanError: There is no command in it that could be run, or it is nested too deep to be read.
    """
    # What is made here lives until the plan is read: looking for garbage in it takes as long as the reading itself.
    collecting = gc.isenabled()
    gc.disable()
    try:
        return _read(text if isinstance(text, Decoded) else Decoded(text, "utf-8"), file, fault_kinds)
    finally:
        if collecting:
            gc.enable()


def _read(decoded: Decoded, file: str, fault_kinds: Mapping[str, FaultParameters] | None) -> Runbook:
    sane = decoded.text.encode("utf-8", "replace").decode("utf-8")
    text = sane.replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "\ufffd")
    repaired, repairs = repair(text) if decoded.known else (text, ())
    try:
        sections = outline(read_blocks(without_front_matter(repaired)))
    except TooDeepError as error:
        hint = "take its commands out of the lists or quotations around them"
        message = "lists or quotations are nested too deep here: more than 100 lists, or 200 quotations"
        raise PlanError((PlanProblem(message, Place(file, error.line + 1, 1), hint=hint),)) from None
    material = gather(sections, file)
    made = draft(material, sections, file, repaired)
    if made.plan is None:
        raise PlanError((_nothing_to_run(material, file),))
    plan, refused = pruned_plan(made.plan, fault_kinds)
    material.unused += (_refused(each, file) for each in refused)
    facts = Facts(
        tuple(material.numbers),
        tuple(material.tables),
        tuple(material.checklist),
        tuple(material.decisions),
        made.unverified,
        tuple(
            Shown(command.text, Place(file, command.line + 1, command.column + 1))
            for told in material.scenarios
            for command in told.shown
        ),
        totals_of(material.numbers, Parts.of_plan(plan)),
        remaining_lines(sections, material, made.plan, made.unverified, file),
    )
    unknown = unknown_steps(material.scenarios, material.phases, file)
    doubts = (
        *_misread(decoded.misread, file),
        *_encoding(repairs, file),
        *_second_runbook(sections, file),
        *(_not_used(part) for part in material.unused),
        *(_unknown(place, why) for place, why in unknown),
    )
    return Runbook(
        plan=plan, text=repaired, draft=made.plan, facts=facts, findings=tuple(sorted(doubts, key=lambda f: f.place))
    )


def _nothing_to_run(material: Material, file: str) -> PlanProblem:
    parts = (
        ("scenarios", any(told.shown or told.mitigation or told.rollback for told in material.scenarios)),
        ("the rollback", bool(material.rollbacks)),
        ("recoveries", bool(material.recoveries)),
        ("tests", bool(material.tests)),
        ("troubleshooting", bool(material.procedures)),
    )
    found = [name for name, there in parts if there]
    message = "the runbook has no commands to run"
    if found:
        message += f": those in it belong to {' and '.join(found)}, and none to the deployment itself"
        hint = "put the commands of the deployment below a heading such as `## Deploy`, outside of these"
    else:
        hint = "put the commands of the deployment into blocks that begin with ```bash"
    return PlanProblem(message, Place(file, 1, 1), hint=hint)


def _second_runbook(sections: Sequence[Section], file: str) -> Iterator[Finding]:
    """One finding where a title has a section below it that the title before has, too."""
    below: dict[str, Section] = {}
    for section in sections:
        title = section.parents[0] if section.parents else None
        if title is None or title.level > 1 or title.number is not None:
            continue
        name = "rollback" if section.kind is Kind.ROLLBACK else section.heading.casefold()
        first = below.setdefault(name, title)
        if first is not title and (section.kind is Kind.ROLLBACK or _DEPLOYS.search(section.heading)):
            message = (
                f"another runbook may begin here: `{first.heading[:60]}` and `{title.heading[:60]}` both have "
                f"a section `{section.heading[:60]}`; they are read as one plan"
            )
            places = Place(file, title.line + 1, 1), Place(file, first.line + 1, 1)
            hint = "keep each runbook in a file of its own"
            yield Finding("not-understood", Severity.NOTE, message, places[0], hint, places[1:])
            return


def _misread(doubts: Sequence[Misread], file: str) -> Iterator[Finding]:
    for doubt in doubts:
        places = tuple(Place(file, line + 1, 1) for line in doubt.lines)
        yield Finding("mis-encoded-text", Severity.WARNING, doubt.message, places[0], doubt.instead, places[1:])


def _encoding(repairs: tuple[Repair, ...], file: str) -> list[Finding]:
    """One finding for what was repaired, one for what could not be."""
    found: list[Finding] = []
    for certain in (True, False):
        lines = [each for each in repairs if each.certain is certain]
        if not lines:
            continue
        places = tuple(Place(file, each.line + 1, each.column + 1) for each in lines)
        are, they = ("is", "it") if len(lines) == 1 else ("are", "they")
        left = f"cannot be repaired with certainty and {are} left as {they} {are}"
        done = f"{are} repaired here" if certain else left
        message = f"{counted(len(lines), 'line')} {are} UTF-8 that was once saved as another encoding; {they} {done}"
        instead = (
            f"save the file as UTF-8: `{lines[0].after.strip()[:40]}`" if certain else "write these characters anew"
        )
        found.append(Finding("mis-encoded-text", Severity.WARNING, message, places[0], instead, places[1:]))
    return found


def _refused(refused: Refused, file: str) -> Unused:
    """What was drafted from a line, and is no part of a plan: the line is told, and the rest of the runbook read."""
    problem, renamed = refused
    end = "is left out" if renamed is None else f"is `{renamed}` instead"
    why = f"no plan can hold what is written here: {problem.message}; `{problem.path}` {end}"
    place = problem.place or Place(file, 1, 1)
    return Unused(place, why, problem.hint or "write it in another way, or add it to the plan by hand")


def _not_used(part: Unused) -> Finding:
    return Finding("not-understood", Severity.NOTE, part.why, part.place, part.instead)


def _unknown(place: Place, why: str) -> Finding:
    return Finding("unknown-step", Severity.WARNING, why, place, "name the step that is meant, or add it")
