"""Take out of a plan in the making what no plan can hold, so that one odd value does not cost all the others."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from wetrun.errors import PlanError, PlanProblem
from wetrun.formats.problems import in_order
from wetrun.formats.writing.names import Names
from wetrun.formats.writing.reading import try_plan
from wetrun.formats.writing.tree import Branch, Draft, Leaf, Listing
from wetrun.plan.faults import FaultParameters
from wetrun.plan.plan import Plan

__all__ = ["Refused", "pruned_plan"]

_NAMED = ("phases", "recoveries")  # lists whose items are nothing without a name


class Refused(NamedTuple):
    """What is wrong with a part of a draft; its path is that of all that had to go, or of the name that was replaced.

    Attributes:
        renamed: The name that a part has instead of the one that is none, or None: the part was taken out.
    """

    problem: PlanProblem
    renamed: str | None = None


def pruned_plan(draft: Branch, fault_kinds: Mapping[str, FaultParameters] | None) -> tuple[Plan, tuple[Refused, ...]]:
    """Read a plan in the making; what is refused in it is taken out of it, with whatever cannot be without it.

    The name of a plan, a phase or a recovery is replaced by that of its line. JSON that is expected goes as a whole:
    with a part of it something else would be expected.

    Args:
        draft: It is changed in place.
        fault_kinds: The known kinds of faults; None accepts any.

    Returns:
        The plan, and what was refused, in the order of the text; not that a part lacks what was taken out of it.

    Raises:
        PlanError: Nothing would be left; holds what is wrong with the draft as it was.
    """
    plan, context = try_plan(draft, fault_kinds)
    if plan is not None:
        return plan, ()
    first = PlanError(in_order(context.problems))
    refused: list[_Found] = []
    renaming = _Renaming(draft)
    while plan is None:  # each round takes out at least one part, or replaces a name that was not replaced before
        pairs = zip(context.problems, context.paths, strict=True)
        found = [_Found(problem, _way_to(draft, keys)) for problem, keys in pairs]
        ends = {id(each.way[-1].draft): each.way for each in found}  # one part may have several problems
        gone = {end for end, way in ends.items() if not renaming.replaces(way)}
        if _take_out(draft, gone):
            raise first
        refused = _shortened([*refused, *_without_followers(refused, found)], gone)
        plan, context = try_plan(draft, fault_kinds)
    refused.sort(key=lambda each: each.problem.place or draft.place)
    return plan, tuple(Refused(each.problem, renaming.name_of(each.way[-1])) for each in refused)


class _Part(NamedTuple):
    """A part of the draft, and the key at which it was found."""

    key: str
    draft: Draft


class _Found(NamedTuple):
    """A problem, and the parts on the way to what has it, which is the last one."""

    problem: PlanProblem
    way: list[_Part]


class _Renaming:
    """Names for parts whose own are refused, which all that they hold would have to follow."""

    def __init__(self, draft: Branch) -> None:
        self._given: dict[int, Leaf] = {}
        self._names = Names()
        self._taken = set(_names_in(draft))

    def replaces(self, way: Sequence[_Part]) -> bool:
        """Whether the last part is such a name, and was given another one now."""
        leaf = way[-1].draft
        if not isinstance(leaf, Leaf) or id(leaf) in self._given:
            return False
        match [part.key for part in way]:
            case [_, "name"]:
                pass
            case [_, key, _, "name"] if key in _NAMED:
                pass
            case _:
                return False
        leaf.value = self._names.free(f"line-{leaf.place.line}", self._taken)
        leaf.guess = "what the runbook says there can be no name"
        self._given[id(leaf)] = leaf
        self._taken.add(leaf.value)
        return True

    def name_of(self, part: _Part) -> str | None:
        """The name that was given to this part."""
        leaf = self._given.get(id(part.draft))
        return None if leaf is None else str(leaf.value)


def _names_in(draft: Branch) -> Iterator[str]:
    for key in _NAMED:
        named = draft.entries.get(key)
        for item in named.items if isinstance(named, Listing) else ():
            name = item.entries.get("name") if isinstance(item, Branch) else None
            if isinstance(name, Leaf):
                yield str(name.value)


def _way_to(draft: Branch, keys: tuple[str, ...]) -> list[_Part]:
    """The parts to which keys lead, from the draft itself to the deepest one that there is."""
    way = [_Part("", draft)]
    for length, key in enumerate(keys, 1):
        match way[-1].draft:
            case Branch(entries=entries):
                inner = entries.get(key)
            case Listing(items=items):
                inner = items[int(key)] if key.isdecimal() and int(key) < len(items) else None
            case Leaf():
                inner = None
        if inner is None:
            break
        way.append(_Part(key, inner))
        if keys[length - 2 : length] == ("expect", "json"):
            break
    return way


def _without_followers(refused: Sequence[_Found], found: Sequence[_Found]) -> Iterator[_Found]:
    """Problems but those of parts around what was taken out before: they lack it, and that is told already."""
    around = {id(part.draft) for each in refused for part in each.way[:-1]}
    return (each for each in found if id(each.way[-1].draft) not in around)


def _shortened(refused: Sequence[_Found], gone: set[int]) -> list[_Found]:
    """What was refused, up to the outermost part that had to go with it."""
    kept: list[_Found] = []
    for problem, way in refused:
        length = next((length for length, part in enumerate(way, 1) if id(part.draft) in gone), len(way))
        path = "/".join(part.key for part in way[1:length])
        kept.append(_Found(replace(problem, path=path), way[:length]))
    return kept


def _take_out(part: Draft, gone: set[int]) -> bool:
    """Take out of a part what is gone (by identity), and add what is empty then; whether the part itself is gone."""
    match part:
        case Branch(entries=entries) if entries and id(part) not in gone:
            kept = {key: value for key, value in entries.items() if not _take_out(value, gone)}
            entries.clear()
            entries.update(kept)
            if not kept:
                gone.add(id(part))
        case Listing(items=items) if items and id(part) not in gone:
            items[:] = [item for item in items if not _take_out(item, gone)]
            if not items:
                gone.add(id(part))
        case _:
            pass
    return id(part) in gone
