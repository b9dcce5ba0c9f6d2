"""Probabilities of what may happen that do not add up."""

from collections.abc import Iterable, Iterator, Sequence

from wetrun.lint.rule import Doubt, Rule
from wetrun.lint.stated import by_table, percent
from wetrun.lint.subject import Subject
from wetrun.plan.facts import Fact, Measure, is_total
from wetrun.plan.findings import Severity
from wetrun.plan.likeness import alike
from wetrun.plan.scenarios import Relation

__all__ = ["RULE"]

_CLOSE = 1e-6


def _look(subject: Subject) -> Iterator[Doubt]:
    stated = [fact for fact in subject.facts.numbers if fact.measure is Measure.PROBABILITY and fact.low is not None]
    tables = by_table(subject.facts)
    in_tables = {fact.place for table in tables for fact in table}
    heads = [fact for fact in stated if fact.place not in in_tables]
    groups = {fact.group for fact in heads}
    parts = [fact for fact in heads if not _is_category(fact, groups)]
    yield from _too_much(parts, "the scenarios")
    for rows in _lists(tables):
        yield from _too_much(rows, "the rows of the tables")
    for category in (fact for fact in heads if _is_category(fact, groups)):
        yield from _category(category, parts)
    if not stated:
        yield from _scenarios(subject)


def _lists(tables: Iterable[Sequence[Fact]]) -> list[list[Fact]]:
    """The rows that belong together: a table that names again what an earlier one has begins a new list."""
    found: list[list[Fact]] = []
    known: set[str] = set()
    for table in tables:
        rows = [each for each in table if each.measure is Measure.PROBABILITY and each.low is not None]
        names = {row.subject for row in rows}
        if not found or names & known:
            found.append([])
            known.clear()
        known |= names
        found[-1] += [row for row in rows if not is_total(row.subject)]
    return found


def _is_category(fact: Fact, groups: set[str]) -> bool:
    """Whether it speaks of a whole section (`Edge cases: 5 %`) that stands elsewhere."""
    return any(alike(fact.subject, group) and group != fact.group for group in groups)


def _too_much(facts: Sequence[Fact], whose: str) -> Iterator[Doubt]:
    total = sum(fact.low or 0.0 for fact in facts)
    if len(facts) < 2 or total <= 1 + _CLOSE:
        return
    sum_ = " + ".join(percent(fact.low or 0.0) for fact in facts)
    message = f"the probabilities of {whose} add up to {percent(total)}: {sum_}"
    instead = (
        "if exactly one of them happens they must add up to 100 %; if several can happen at once, "
        "say so, and give no probability to the rest"
    )
    yield Doubt(message, facts[0].place, instead, tuple(fact.place for fact in facts[1:]))


def _category(category: Fact, parts: Sequence[Fact]) -> Iterator[Doubt]:
    own = [fact for fact in parts if alike(category.subject, fact.group) and fact.group != category.group]
    total = sum(fact.low or 0.0 for fact in own)
    if own and abs(total - (category.low or 0.0)) > _CLOSE:
        message = (
            f"`{category.subject}` is said to have {percent(category.low or 0.0)}, but its parts have {percent(total)}"
        )
        yield Doubt(
            message, category.place, f"write {percent(total)}, or correct the parts", tuple(fact.place for fact in own)
        )


def _scenarios(subject: Subject) -> Iterator[Doubt]:
    own = [scenario for scenario in subject.plan.scenarios if scenario.probability is not None]
    total = sum(scenario.probability or 0.0 for scenario in own)
    if total > 1 + _CLOSE and subject.plan.relation is not Relation.INDEPENDENT:
        places = [scenario.place or subject.start for scenario in own]
        message = f"the probabilities of the scenarios add up to {percent(total)}"
        yield Doubt(
            message,
            places[0],
            "if only one of them happens in a deployment they add up to 100 % at most; if several can, say "
            "`scenarios_are: independent`",
            tuple(places[1:]),
        )


RULE = Rule(
    name="probability-sum",
    severity=Severity.WARNING,
    title="Probabilities that do not add up",
    why="A forecast that is made of them has no single meaning: either the cases exclude each other, or they do not.",
    bad="### Scenario 1: All goes well (90% probability)\n### Scenario 2: Slow (15% probability)",
    good="### Scenario 1: All goes well (85% probability)\n### Scenario 2: Slow (15% probability)",
    look=_look,
)
