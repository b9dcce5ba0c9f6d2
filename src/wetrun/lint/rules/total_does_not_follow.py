"""Totals that do not follow from the parts that are stated."""

from collections.abc import Iterator, Sequence

from wetrun.lint.rule import Doubt, Rule
from wetrun.lint.stated import by_table, percent, span
from wetrun.lint.subject import Subject
from wetrun.plan.claims import TimeOf
from wetrun.plan.durations import Fixed, Uniform
from wetrun.plan.facts import Fact, Measure, is_total
from wetrun.plan.findings import Severity

__all__ = ["RULE"]

_SUMMED = frozenset({Measure.PROBABILITY, Measure.DURATION, Measure.ADDED})
_CLOSE = 1e-6


def _look(subject: Subject) -> Iterator[Doubt]:
    whole = {total.fact for total in subject.facts.totals if total.of is TimeOf.DURATION}
    for claim in subject.facts.numbers:
        words = claim.label.lower()
        if claim not in whole and not any(word in words for word in ("total", "overall", "altogether")):
            continue
        if claim.measure is Measure.SUCCESS:
            yield from _success(subject, claim)
        elif claim.measure is Measure.DURATION:
            yield from _duration(subject, claim)
    for table in by_table(subject.facts):
        for total in (fact for fact in table if is_total(fact.subject)):
            yield from _row(total, [fact for fact in table if fact.label == total.label and not is_total(fact.subject)])


def _success(subject: Subject, claim: Fact) -> Iterator[Doubt]:
    rows: dict[str, dict[Measure, Fact]] = {}
    for fact in subject.facts.numbers:
        if fact.group == claim.subject and fact.place != claim.place and not is_total(fact.subject):
            rows.setdefault(fact.subject, {})[fact.measure] = fact
    pairs = [
        (row[Measure.PROBABILITY], row[Measure.SUCCESS])
        for row in rows.values()
        if {Measure.PROBABILITY, Measure.SUCCESS} <= row.keys()
    ]
    weight = sum(chance.low or 0.0 for chance, _ in pairs)
    if len(pairs) < 2 or weight <= 0 or claim.low is None:
        return
    follows = sum((chance.low or 0.0) * (success.low or 0.0) for chance, success in pairs) / weight
    if abs(follows - claim.low) < 0.5 * _precision(claim):
        return
    message = (
        f"`{claim.label}` is {percent(claim.low)}, but the rows of the table give {percent(follows)} "
        "(weighted by their probabilities)"
    )
    yield Doubt(
        message,
        claim.place,
        f"write {percent(follows)}, or correct the rows",
        tuple(chance.place for chance, _ in pairs),
    )


def _row(total: Fact, parts: Sequence[Fact]) -> Iterator[Doubt]:
    """A row of totals against the rows above it."""
    if total.measure not in _SUMMED or len(parts) < 2 or any(part.low is None or part.high is None for part in parts):
        return
    low, high = sum(part.low or 0.0 for part in parts), sum(part.high or 0.0 for part in parts)
    if (total.low or 0.0) <= high + _CLOSE and (total.high is None or total.high >= low - _CLOSE):
        return
    follows = percent(low) if total.measure is Measure.PROBABILITY else span(low, high)
    said = f"`{total.subject}` has {total.text} as {total.label.lower()}"
    message = f"{said}, but the rows of the table give {follows} together"
    places = tuple(part.place for part in parts)
    yield Doubt(message, total.place, f"write {follows}, or correct the rows", places)


def _precision(claim: Fact) -> float:
    """One unit of the last digit that is written, as a fraction."""
    decimals = len(claim.text.split(".", 1)[1].rstrip("% ")) if "." in claim.text else 0
    return 10.0 ** -(decimals + 2)


def _duration(subject: Subject, claim: Fact) -> Iterator[Doubt]:
    low = high = 0.0
    for phase in subject.plan.phases:
        match phase.expected:
            case Fixed(value=value):
                low, high = low + value, high + value
            case Uniform(low=first, high=last):
                low, high = low + first, high + last
            case _:
                return
    most = claim.high if claim.high is not None else claim.low or 0.0
    if most < low - 1e-9 or (claim.low is not None and claim.low > high + 1e-9):
        message = f"`{claim.label}` is {span(claim.low, claim.high)}, but the phases take {span(low, high)} together"
        yield Doubt(message, claim.place, f"write {span(low, high)}, or correct the phases")


RULE = Rule(
    name="total-does-not-follow",
    severity=Severity.WARNING,
    title="A total that does not follow from its parts",
    why="A total is what people decide by. `wetrun simulate` computes it from the parts.",
    bad="| case | probability | success rate |\n|---|---|---|\n| usual | 90% | 100% |\n| slow | 10% | 90% "
    "|\n\n**Total success rate:** 95%",
    good="**Total success rate:** 99%",
    look=_look,
)
