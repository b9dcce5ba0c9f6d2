"""Which scenarios are decided on before which step, and how likely each is there.

A scenario is decided on where it strikes. One whose strike changes nothing until it shows (it adds no time, users do
not feel it, no other depends on it) may be decided on where it shows instead: the probabilities are the same, and the
graph need not remember it in between. That is done only where many would be remembered at once, since the time in
between then does not count as time to detect.
"""

from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction
from typing import NamedTuple

from wetrun.plan.steps import Approve
from wetrun.simulate.plans.happy import HappyPath
from wetrun.simulate.plans.noticing import Notice
from wetrun.simulate.plans.occurrences import Ground, Occurrence
from wetrun.simulate.plans.parameters import GapKind, Parameters
from wetrun.simulate.plans.world import World

__all__ = ["Draw", "Draws", "postponed"]

_FEW = 1000
"""So many variants of steps a graph may have in any case."""
_VARIANTS = 4
"""So many variants of each step a long plan may have on average."""


class Draw(NamedTuple):
    """A decision: its choice and, by label, which occurrence it makes strike (None: none)."""

    choice: str
    strikes: Mapping[str, int | None]


class Draws:
    """The decisions of a plan."""

    def __init__(self, occurrences: tuple[Occurrence, ...], parameters: Parameters) -> None:
        self._occurrences = occurrences
        self._parameters = parameters
        self._groups: dict[str, list[Occurrence]] = {}
        self._last_use: dict[int, int] = {}
        for one in occurrences:
            if one.scenario.one_of is not None:
                self._groups.setdefault(one.scenario.one_of, []).append(one)
            for source, _ in one.given:
                self._last_use[source] = max(one.drawn, self._last_use.get(source, 0))
        self._at: dict[int, list[int]] = {}
        for one in occurrences:
            group = self._groups.get(one.scenario.one_of or "", [one])
            first = min(group, key=lambda member: (member.drawn, member.index))
            if first is one or one.drawn > first.drawn:
                self._at.setdefault(one.drawn, []).append(one.index)

    def before(self, number: int) -> tuple[int, ...]:
        """The occurrences to decide on before a step, or before the watch."""
        return tuple(self._at.get(number, ()))

    def remembered(self, world: World, number: int) -> tuple[int, ...]:
        """What of the memory some draw from this step on still asks for."""
        return tuple(index for index in world.memory if self._last_use.get(index, -1) >= number)

    def asked_for(self, index: int) -> bool:
        """Whether the odds of another scenario depend on this one."""
        return index in self._last_use

    def draw(self, index: int, world: World) -> Draw | None:
        """How it is decided whether an occurrence strikes; None when it cannot, or when that is known already."""
        one = self._occurrences[index]
        group = self._groups.get(one.scenario.one_of or "")
        if group is not None:
            if min(group, key=lambda member: (member.drawn, member.index)) is not one:
                return None
            values = {member.name: (member.probability or Fraction(0), member.scenario.place) for member in group}
            choice = self._parameters.one_of(one.scenario.one_of or "", values)
            return Draw(choice, {**{member.name: member.index for member in group}, "none of them": None})
        for source, probability in one.given:
            if source in world.memory:
                name = f"scenario.{one.name}.given.{self._occurrences[source].name}"
                return self._single(name, probability, one)
        if one.probability is None:
            return None
        return self._single(f"scenario.{one.name}.probability", one.probability, one)

    def _single(self, name: str, probability: Fraction, one: Occurrence) -> Draw:
        choice = self._parameters.yes_or_no(name, probability, one.scenario.place)
        return Draw(choice, {"yes": one.index, "no": None})


def postponed(
    occurrences: tuple[Occurrence, ...], path: HappyPath, parameters: Parameters, variants: int | None = None
) -> tuple[Occurrence, ...]:
    """Decide later on the scenarios that wait longest to be noticed, where a graph would become large without it.

    Args:
        occurrences: The scenarios, each decided on where it strikes.
        path: The happy path.
        parameters: The notebook in which it is told.
        variants: How many states the steps of the happy path may have in all; None: 1000, or 4 for each step.
    """
    end = len(path.steps)
    needed = {source for one in occurrences for source, _ in one.given}
    kept = list(occurrences)
    spans = {
        one.index: range(one.strike, (end if one.at is None else one.at) + 1) for one in occurrences if _waits(one)
    }
    free = {
        index
        for index, span in spans.items()
        if len(span) > 1 and _free(kept[index], needed) and not _hidden(kept[index], span, occurrences, path)
    }
    most = max(_FEW, _VARIANTS * end) if variants is None else variants
    while free:
        waiting = [0] * (end + 1)
        for span in spans.values():
            for number in span:
                waiting[number] += 1
        if sum(2**count for count in waiting) <= most:
            break
        late = max(free, key=lambda index: (sum(2 ** waiting[number] for number in spans[index][:-1]), index))
        free.discard(late)
        one = kept[late]
        spans[late] = spans[late][-1:]
        kept[late] = replace(one, drawn=spans[late][0])
        message = f"scenario `{one.name}`: its time to detect counts from the step on that notices it"
        parameters.gap(GapKind.ASSUMED, message, one.scenario.place)
    return tuple(kept)


def _waits(one: Occurrence) -> bool:
    """Whether a graph has to remember that it has struck: until it is noticed, or for ever."""
    return one.how is not Notice.NEVER or not one.tolerated or one.felt is not None


def _hidden(one: Occurrence, span: range, occurrences: tuple[Occurrence, ...], path: HappyPath) -> bool:
    """Whether it may escape, unless a check that notices another scenario meanwhile is taken to have seen it, too."""
    if one.how is not Notice.NEVER and one.detected is None:
        return False
    if any(number < len(path.steps) and isinstance(path.steps[number][1].action, Approve) for number in span):
        return True  # an approval that is refused is a step that fails
    others = [other for other in occurrences if other is not one and other.at is not None and other.at in span]
    if one.how is Notice.NEVER:
        return bool(others)
    # What is noticed of a scenario that counts as a fault is noticed whether this one has struck before or strikes
    # only then; what is noticed of a tolerated one is nothing as long as no fault is there.
    return any(other.tolerated for other in others)


def _free(one: Occurrence, needed: set[int]) -> bool:
    """Whether nothing asks for it between its strike and its notice."""
    return (
        not one.given
        and one.index not in needed
        and one.scenario.one_of is None
        and one.added is None
        and one.felt is None
        and one.ground is Ground.HOLDS
    )
