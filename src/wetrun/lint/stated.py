"""Comparing what an author states in several places: numbers that agree, and how to write them."""

from wetrun.plan.facts import Fact, Facts

__all__ = ["agree", "by_table", "percent", "span"]


def by_table(facts: Facts) -> list[list[Fact]]:
    """The numbers that stand in tables: those of each table that has some, in the order of the text."""
    table_at = {place.line: number for number, table in enumerate(facts.tables) for place, _ in table.rows}
    found: dict[int, list[Fact]] = {}
    for fact in facts.numbers:
        number = table_at.get(fact.place.line)
        if number is not None:
            found.setdefault(number, []).append(fact)
    return [found[number] for number in sorted(found)]


def agree(one: Fact, other: Fact) -> bool:
    """Whether two statements about the same thing can both be true; two different ranges cannot."""
    if one.low == other.low and one.high == other.high:
        return True
    closed = [fact for fact in (one, other) if fact.low is not None and fact.high is not None and fact.low != fact.high]
    if len(closed) == 2:
        return False
    low = (
        max(fact.low for fact in (one, other) if fact.low is not None)
        if one.low is not None or other.low is not None
        else None
    )
    high = (
        min(fact.high for fact in (one, other) if fact.high is not None)
        if one.high is not None or other.high is not None
        else None
    )
    return low is None or high is None or low <= high + 1e-9


def percent(share: float) -> str:
    """`0.085` as `8.5 %`."""
    return f"{round(share * 100, 2):g} %"


def span(low: float | None, high: float | None) -> str:
    """A time in minutes or seconds: `2-5 min`, `< 8 min`, `> 30 s`."""
    unit, size = ("min", 60.0) if (high if high is not None else low or 0.0) >= 60 else ("s", 1.0)
    if low is None:
        return f"< {(high or 0.0) / size:g} {unit}"
    if high is None:
        return f"> {low / size:g} {unit}"
    return f"{low / size:g} {unit}" if low == high else f"{low / size:g}-{high / size:g} {unit}"
