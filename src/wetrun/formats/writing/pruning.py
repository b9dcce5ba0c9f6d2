"""Take out of a plan in the making what no plan can hold, so that one odd value does not cost all the others."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from wetrun.errors import PlanError, PlanProblem
from wetrun.formats.writing.reading import plan_of
from wetrun.formats.writing.tree import Branch, Draft, Leaf, Listing
from wetrun.plan.faults import FaultParameters
from wetrun.plan.plan import Plan

__all__ = ["pruned_plan"]

_MOST_ROUNDS = 50  # what goes takes along what refers to it, and so on: no plan is as deep as this


def pruned_plan(
    draft: Branch, fault_kinds: Mapping[str, FaultParameters] | None
) -> tuple[Plan, tuple[PlanProblem, ...]]:
    """Read a plan in the making; what is refused in it is taken out of it, with whatever cannot be without it.

    A name that is refused becomes that of its line.

    Args:
        draft: It is changed in place.
        fault_kinds: The known kinds of faults; None accepts any.

    Returns:
        The plan, and what was wrong with what was taken out, in the order in which it was; `path` is the whole part
        that had to go. That a part lacks what was taken out of it is told by the problem of what it lacks.

    Raises:
        PlanError: Nothing would be left; holds what is wrong with the draft as it was.
    """
    first = PlanError(())
    refused: list[_Refused] = []
    for _ in range(_MOST_ROUNDS):
        try:
            return plan_of(draft, fault_kinds), tuple(each.problem for each in refused)
        except PlanError as error:
            first = first if first.problems else error
            problems = error.problems
        found = [_Refused(problem, _way_to(draft, problem.path)) for problem in problems]
        refused = _without_followers(refused, found)
        if _take_out(draft, {id(each.way[-1].draft) for each in found if not _named_anew(each.way[-1])}):
            break
    raise first


class _Part(NamedTuple):
    """A part of the draft, and its key path when it was found."""

    path: str
    draft: Draft


class _Refused(NamedTuple):
    """A problem, and the parts on the way to what has it, which is the last one."""

    problem: PlanProblem
    way: list[_Part]


def _without_followers(refused: Iterable[_Refused], later: Sequence[_Refused]) -> list[_Refused]:
    """What was refused before, with the paths of parts around it that now have to go, too; and what else is refused."""
    going = {id(each.way[-1].draft) for each in later}
    around: set[int] = set()
    kept: list[_Refused] = []
    for problem, way in refused:
        length = next((length for length, part in enumerate(way[:-1], 1) if id(part.draft) in going), len(way))
        if length < len(way):
            around.add(id(way[length - 1].draft))
        kept.append(_Refused(replace(problem, path=way[length - 1].path), way[:length]))
    return [*kept, *(each for each in later if id(each.way[-1].draft) not in around)]


def _way_to(draft: Branch, path: str) -> list[_Part]:
    """The parts on a key path, from the draft itself to the deepest one that there is."""
    way = [_Part("", draft)]
    at = 0
    while at < len(path):
        match way[-1].draft:
            case Branch(entries=entries):
                # A key may have slashes: the longest one that fits is meant.
                key = max((key for key in entries if f"{path}/".startswith(f"{key}/", at)), key=len, default=None)
                inner = None if key is None else entries[key]
                at += 0 if key is None else len(key)
            case Listing(items=items):
                number = path[at:].partition("/")[0]
                inner = items[int(number)] if number.isdecimal() and int(number) < len(items) else None
                at += len(number)
            case Leaf():
                inner = None
        if inner is None:
            break
        way.append(_Part(path[:at], inner))
        at += 1
    return way


def _named_anew(part: _Part) -> bool:
    """Give a part whose name is refused the name of its line: without any, all that it holds would have to go."""
    leaf, name = part.draft, f"line-{part.draft.place.line}"
    if not isinstance(leaf, Leaf) or leaf.value == name or part.path.rsplit("/", 1)[-1] != "name":
        return False
    leaf.value, leaf.guess = name, "what the runbook says there can be no name"
    return True


def _take_out(draft: Draft, gone: set[int]) -> bool:
    """Take the parts with these identities out of a draft, with whatever else is empty then; whether that is all."""
    if id(draft) in gone:
        return True
    match draft:
        case Branch(entries=entries) if entries:
            kept = {key: value for key, value in entries.items() if not _take_out(value, gone)}
            entries.clear()
            entries.update(kept)
            return not kept
        case Listing(items=items) if items:
            items[:] = [item for item in items if not _take_out(item, gone)]
            return not items
        case _:
            return False
