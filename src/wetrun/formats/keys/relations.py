"""How scenarios relate: groups of which one strikes, and scenarios whose odds depend on another."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from wetrun.formats.decode.context import Cursor
from wetrun.formats.decode.nearest import listed, nearest
from wetrun.formats.decode.shapes import Choice
from wetrun.formats.decode.tree import Entries
from wetrun.plan.plan import Phase
from wetrun.plan.scenarios import Relation, Scenario

if TYPE_CHECKING:
    from fractions import Fraction

__all__ = ["RELATION", "check_relations", "related"]

RELATION = Choice(Relation)

_ALL = "all scenarios"


def related(
    here: Cursor | None, relation: Relation | None, scenarios: Mapping[str, Scenario]
) -> Mapping[str, Scenario]:
    """Say of every scenario what the plan says of all of them.

    Args:
        here: Where it says it; None when it does not.
        relation: What it says.
        scenarios: By name.

    Returns:
        The same scenarios; where at most one strikes, those that have a probability are one group.
    """
    if here is None or relation is not Relation.EXCLUSIVE:
        return scenarios
    if any(scenario.one_of is not None or scenario.given for scenario in scenarios.values()):
        here.note("`exclusive` says of all scenarios that at most one strikes", "take `one_of` and `given` away")
    odds = {name: scenario.probability for name, scenario in scenarios.items() if scenario.probability is not None}
    total = _total(odds.values())
    if total > 1:
        parts = " + ".join(f"{probability:.12g} ({name})" for name, probability in odds.items())
        hint = "of these at most one strikes: lower them, or say `independent`"
        here.note(f"the probabilities of all scenarios add up to {float(total):.12g}, above 1: {parts}", hint)
    return {name: replace(scenario, one_of=_ALL) if name in odds else scenario for name, scenario in scenarios.items()}


def check_relations(here: Cursor, scenarios: Mapping[str, Scenario], phases: tuple[Phase, ...]) -> None:
    """Note every relation between scenarios, and of a scenario to the phases, that cannot be.

    Args:
        here: The mapping of scenarios.
        scenarios: Its values, by name.
        phases: What the scenarios strike.
    """
    _check_groups(here, scenarios)
    spots = _spots(phases)
    _check_given(here, scenarios, spots)
    _check_felt(here, scenarios, spots)


def _total(odds: Iterable[float]) -> "Fraction":
    """The sum of probabilities as they are written: ten times 0.1 is 1 and no more."""
    from fractions import Fraction  # costs start-up time of those whose scenarios are independent

    return sum((Fraction(repr(probability)) for probability in odds), Fraction(0))


def _check_groups(here: Cursor, scenarios: Mapping[str, Scenario]) -> None:
    groups: dict[str, list[Scenario]] = {}
    for scenario in scenarios.values():
        if scenario.one_of is not None:
            groups.setdefault(scenario.one_of, []).append(scenario)
    for group, members in groups.items():
        where = _key(here, members[-1].name, "one_of")
        total = _total(member.probability or 0.0 for member in members)
        if len(members) == 1:
            meant = nearest(group, [name for name in groups if name != group])
            hint = f"did you mean `{meant}`?" if meant else "name the same group at the other scenarios"
            where.note(f"`{group}` has only one scenario, so nothing excludes it", hint)
        if total > 1:
            parts = " + ".join(f"{member.probability or 0:.12g} ({member.name})" for member in members)
            hint = "of these at most one strikes: lower them, or take `one_of` away where they are independent"
            where.note(f"the probabilities of `{group}` add up to {float(total):.12g}, above 1: {parts}", hint)
        for member in members:
            if member.given:
                hint = "keep one of them"
                _key(here, member.name, "given").note("`given` and `one_of` cannot both say when it strikes", hint)


def _check_given(here: Cursor, scenarios: Mapping[str, Scenario], spots: Mapping[str, int]) -> None:
    for scenario in scenarios.values():
        for name in scenario.given:
            if name not in scenarios:
                continue  # told as an unknown scenario
            where = _key(_value(here, scenario.name, "given"), name)
            source = scenarios[name]
            if name in _leads(scenarios, name):
                where.note(
                    f"`{scenario.name}` depends on itself through `{name}`",
                    f"let only one of {listed([scenario.name, name])} depend on the other"
                    if name != scenario.name
                    else "name another scenario",
                )
            elif source.probability is None and not source.given:
                where.note(f"`{name}` has no probability, so nothing can depend on it", "give it a `probability`")
            elif spots.get(source.strikes, 0) > spots.get(scenario.strikes, len(spots)):
                where.note(
                    f"`{name}` strikes at `{source.strikes}`, after `{scenario.name}` at `{scenario.strikes}`",
                    "only what has struck before can change the odds",
                )


def _check_felt(here: Cursor, scenarios: Mapping[str, Scenario], spots: Mapping[str, int]) -> None:
    for scenario in scenarios.values():
        felt = scenario.felt_from
        if felt is not None and spots.get(felt, len(spots)) < spots.get(scenario.strikes, 0):
            message = f"`{scenario.name}` strikes at `{scenario.strikes}`, after `{felt}`: users cannot feel it before"
            _key(here, scenario.name, "felt_from").note(message, "name a phase or step from the strike on")


def _leads(scenarios: Mapping[str, Scenario], start: str) -> set[str]:
    """Every scenario on which `start` depends, itself only when it runs in a circle."""
    found: set[str] = set()
    waiting = list(scenarios[start].given)
    while waiting:
        name = waiting.pop()
        if name not in found and name in scenarios:
            found.add(name)
            waiting.extend(scenarios[name].given)
    return found


def _spots(phases: tuple[Phase, ...]) -> Mapping[str, int]:
    """Where in the order of steps each phase and each `Phase/step` begins."""
    spots: dict[str, int] = {}
    count = 0
    for phase in phases:
        spots.setdefault(phase.name, count)
        for step in phase.steps:
            spots.setdefault(f"{phase.name}/{step.name}", count)
            count += 1
    return spots


def _value(here: Cursor, *path: str) -> Cursor:
    for name in path:
        assert isinstance(here.node, Entries)  # noqa: S101 - it has just been read
        here = here.entry(next(entry for entry in here.node.entries if entry.key == name))
    return here


def _key(here: Cursor, *path: str) -> Cursor:
    here = _value(here, *path[:-1])
    assert isinstance(here.node, Entries)  # noqa: S101 - it has just been read
    return here.key(next(entry for entry in here.node.entries if entry.key == path[-1]))
