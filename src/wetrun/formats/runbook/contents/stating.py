"""What a runbook states besides commands: numbers with their labels, tables, decisions, checklists."""

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import pairwise

from wetrun.errors import Place
from wetrun.formats.runbook.document.blocks import Prose, Table
from wetrun.formats.runbook.document.outline import Kind, Section, cleaned
from wetrun.formats.runbook.quantities.amounts import Amount, odds, percentages, times
from wetrun.formats.runbook.quantities.factors import factors
from wetrun.plan.facts import ChecklistItem, Decision, Fact, Measure, StatedTable

__all__ = [
    "checklist_of",
    "decisions_of",
    "is_labelled",
    "numbers_in",
    "response_of",
    "table_decisions",
    "table_facts",
    "table_of",
]

_LABELLED = re.compile(r"^(?:[-*+]\s+)?(?P<label>[^:]{2,60}?)\s*:\s*(?P<value>\S.*)$")
_SENTENCES = re.compile(r"(?<=[^\s.])[.;]\s++(?=[A-Z*_])")
_CHANCE = re.compile(
    r"^(?P<subject>.{2,80}?)\s*\((?P<value>[^()]*%\s*(?:probability|chance|likelihood|of (?:the )?cases)?)[^()]*\)"
)
_OF_ODDS = re.compile(r"=|[Pp]rob|[Cc]hance|[Ll]ikeli|PROB|CHANCE|LIKELI")  # one of them stands in all below
_HEADED = re.compile(
    r"\bp ?= ?(?P<share>0?\.\d{1,6}|\d[\d.]{0,8} ?%)"
    r"|(?P<before>~?(?<![\d.])[\d.]{1,9}\s?%|\b1 ?(?:in|/) ?\d{1,9}) ?(?:probability|chance|likelihood)"
    r"|(?:probability|chance|likelihood)\s*(?:of|:|=)?\s*"
    r"(?P<behind>~?\d[\d.]{0,8}\s?%|0?\.\d{1,6}(?![\d.])|1 ?(?:in|/) ?\d{1,9})",
    re.IGNORECASE,
)
_HOW_LIKELY = re.compile(
    r"(?:[-*] )?(?:(?:very|highly|rather) )?(?:un|im)?(?:likely|probable|rare|low|medium|high)", re.IGNORECASE
)
_IS_TIME = re.compile(r"time|duration|recover|restor|mttr|rto|takes", re.IGNORECASE)
_LEADS_TIME = re.compile(r"(?:takes|in|within)?\s*", re.IGNORECASE)
_AT_ONCE = re.compile(r"immediate|instant", re.IGNORECASE)
_DOWNTIME = re.compile(r"\bdown-?time\b|\boutage\b", re.IGNORECASE)
_NONE = re.compile(r"(?:none|zero|no|nil|0)\b(?!\s*(?:\d|[.,]\d))", re.IGNORECASE)
_OF_OTHERS = re.compile(
    r"%\s+of\s+(?:(?:all|the|our|your)\s+)*"
    r"(?!all\b|the\b|our\b|your\b|cases|times?\b|runs\b|deploy|release|roll|attempts|tries|days)\w",
    re.IGNORECASE,
)  # `10 % of the users` says how many, not how likely
_ADDS = re.compile(r"(?:adds?|costs?)\b|\+", re.IGNORECASE)
_EFFECT = re.compile(r"^(?:time )?(?:impact|effect|consequence)$", re.IGNORECASE)
_WHEN = re.compile(
    r"symptom|^failure|condition|^if\b|^when|trigger|finding|situation|signal|observ|warning", re.IGNORECASE
)
_THEN = re.compile(r"action|response|decision|^do\b|^then|what to do|react", re.IGNORECASE)
_MEASURES: tuple[tuple[Measure, re.Pattern[str]], ...] = tuple(
    (measure, re.compile(pattern, re.IGNORECASE))
    for measure, pattern in (
        (Measure.SUCCESS, r"success|reliab|confidence|works in|availability"),
        (Measure.PROBABILITY, r"probab|likel|chance|frequency|risk"),
        (Measure.DETECTION, r"^(?!.*\b(?:threshold|interval)\b).*(?:detect|notic|mttd)"),
        (Measure.LIMIT, r"trigger|threshold|limit|alert|max(?:imum)?\b"),
        (Measure.RECOVERY, r"recover|roll ?back|restor|mttr|rto"),
        (Measure.ADDED, r"time cost|delay|extra|additional|overhead|\badd(?:s|ed)?\b"),
        (Measure.DURATION, r"duration|time|takes|total|length|window|eta|estimate|analysis"),
    )
)
_TICK = re.compile(r"^(?:\[(?P<box>[ xX])\]|(?P<glyph>[✅☑✔✓❌☐✗⬜]))️?\s*(?P<text>\S.*)$", re.DOTALL)
_DECIDES = re.compile(
    r"(?:[-*]\s+)?(?:else\s+)?if\s|trigger|threshold|alert|(?:[-*]\s+)?[^\d:<>≤≥]{2,40}[<>≤≥]=?\s*\d", re.IGNORECASE
)  # so all of these begin
_IF = re.compile(
    r"^(?:[-*]\s+)?(?:else\s+)?if\s+(?P<when>.+?)\s*(?::|→|->|=>|,\s*then\b|,)\s*(?P<then>\S.*)$", re.IGNORECASE
)
_IF_HEAD = re.compile(r"^if\s+(?P<when>.+?)\s*:\s*$", re.IGNORECASE)
_BULLET = re.compile(r"^[-*•]\s*(?P<when>[^:]+?)\s*:\s*(?P<then>\S.*)$")
_COMPARED = re.compile(
    r"^(?:[-*]\s+)?(?P<when>[A-Za-z][^\d:<>≤≥]{1,40}[<>≤≥]=?\s*\d[^:→]{0,80}?)\s*(?::|→|->|=>)\s+(?P<then>[^\d\s].*)$"
)
_TRIGGER = re.compile(r"^(?:trigger|threshold|alert(?: when| if)?)\s*:\s*(?P<when>.+)$", re.IGNORECASE)
_RESPONSES: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (response, re.compile(pattern, re.IGNORECASE))
    for response, pattern in (
        ("rollback", r"\babort\b|\broll(?:ing)?[ -]?back\b|\brevert\b"),
        ("hold", r"\binvestigat|\bask\b|\bescalat|\bpause\b|\bhold\b|\bstop\b|\bcall\b|\bpage\b"),
        ("note", r"\bmonitor|\bnote\b|\bwatch\b|\blog it\b"),
        ("continue", r"\bcontinue|\bproceed|\bignore\b|\bgo on\b"),
        ("retry", r"\bretry|\btry again\b|\bre-?run\b"),
    )
)


def numbers_in(text: str, section: Section, place: Place) -> Iterator[Fact]:
    """The numbers that a line states.

    Args:
        text: One line, without Markdown's marks.
        section: Where it stands.
        place: Its place.
    """
    for factor in factors(text):
        yield _fact(Measure.FACTOR, section.subject.title, section, "slower", factor, place)
    chance = _CHANCE.match(text) if "%" in text else None
    if chance is not None and "%" in chance["value"] and re.search(r"prob|chance|likel", chance[0]):
        for share in percentages(chance["value"])[:1]:
            named = text != section.heading and _HOW_LIKELY.fullmatch(chance["subject"]) is None
            about = cleaned(chance["subject"]) if named else section.subject.title
            yield _fact(Measure.PROBABILITY, about, section, "probability", share, place)
        return
    headed = _HEADED.search(text) if text == section.heading and _OF_ODDS.search(text) is not None else None
    share_of = (
        None if headed is None else _value(headed["share"] or headed["before"] or headed["behind"], Measure.PROBABILITY)
    )
    if share_of is not None:
        yield _fact(Measure.PROBABILITY, section.subject.title, section, "probability", share_of, place)
        return
    sentences = _SENTENCES.split(text) if text.count(":") > 1 else [text]
    for sentence in sentences:
        fact = _labelled(sentence, section, place)
        if fact is not None:
            yield fact


def is_labelled(text: str) -> bool:
    """Whether a line begins with a label that says what its number measures."""
    match = _LABELLED.match(text) if ":" in text else None
    return match is not None and _measure_of(cleaned(match["label"])) is not None


def _labelled(text: str, section: Section, place: Place) -> Fact | None:
    """The number behind a label, as in `Total Rollback Time: 3-5 minutes`."""
    match = _LABELLED.match(text) if ":" in text else None
    if match is None:
        return None
    label = cleaned(match["label"])
    measure = _measure_of(label)
    if measure is None and _EFFECT.match(label) and _ADDS.match(match["value"]):
        measure = Measure.ADDED
    found = None if measure is None else _number_of(measure, label, match["value"])
    if found is None and measure is Measure.DURATION and _DOWNTIME.search(label) and _NONE.match(match["value"]):
        found = Amount(0.0, 0.0, "s", match["value"], 0, len(match["value"]))
    if measure is None or found is None:
        return None
    if measure in {Measure.DURATION, Measure.RECOVERY} and found.added:
        measure = Measure.ADDED
    return _fact(measure, section.subject.title, section, label, found, place)


@lru_cache(maxsize=1024)
def _measure_of(label: str) -> Measure | None:
    """What a number with this label measures."""
    return next((measure for measure, pattern in _MEASURES if pattern.search(label)), None)


@lru_cache(maxsize=1024)
def _value(text: str, measure: Measure) -> Amount | None:
    shares = measure in {Measure.SUCCESS, Measure.PROBABILITY}
    found = percentages(text) if shares else times(text)
    if found:
        others = measure is Measure.PROBABILITY and _OF_OTHERS.match(text, found[0].end - 1)
        return None if others else found[0]
    if shares:
        return odds(text)
    if _AT_ONCE.match(cleaned(text)):
        return Amount(0.0, 0.0, "s", cleaned(text), 0, len(text))
    return None


def _number_of(measure: Measure, label: str, text: str) -> Amount | None:
    """The number that a text states, as its label has it."""
    found = _value(text, measure)
    limits = measure is Measure.RECOVERY and found is not None and not _is_time(label, text, found)
    return None if limits else found


def _is_time(label: str, value: str, found: Amount) -> bool:
    """Whether a time is how long a rollback takes: `Rollback: p95 > 500 ms` says when there is one."""
    if _IS_TIME.search(label):
        return True
    begins = _LEADS_TIME.match(value)
    return begins is not None and begins.end() == found.start and not (found.open and found.high is None)


def _fact(measure: Measure, subject: str, section: Section, label: str, found: Amount, place: Place) -> Fact:
    return Fact(
        measure=measure,
        subject=subject,
        group=section.top.title,
        label=label,
        low=found.low,
        high=found.high,
        text=found.text,
        place=place,
    )


def table_of(table: Table, section: Section, file: str) -> StatedTable:
    """A table as it stands."""
    rows = tuple((Place(file, line + 1, 1), tuple(cleaned(cell) for cell in cells)) for line, cells in table.rows)
    return StatedTable(
        section.title, tuple(cleaned(cell) for cell in table.header), rows, Place(file, table.line + 1, 1)
    )


def table_facts(table: StatedTable) -> Iterator[Fact]:
    """The numbers in a table: each row is a subject, each column a label."""
    for place, cells in table.rows:
        for name, cell in zip(table.header[1:], cells[1:], strict=False):
            measure = _measure_of(name)
            found = None if measure is None else _number_of(measure, name, cell)
            if measure is not None and found is not None:
                yield Fact(
                    measure=measure,
                    subject=cells[0],
                    group=table.title,
                    label=name,
                    low=found.low,
                    high=found.high,
                    text=found.text,
                    place=place,
                )


def table_decisions(table: StatedTable) -> Iterator[Decision]:
    """The decisions of a table: what is so in its first column, what is done then in another."""
    column = next((at for at, name in enumerate(table.header) if at and _THEN.search(name)), None)
    if column is None or not _WHEN.search(table.header[0]):
        return
    for place, cells in table.rows:
        if column < len(cells) and cells[0] and cells[column]:
            yield Decision(cells[0], cells[column], response_of(cells[column]), table.title, place)


def checklist_of(prose: Prose, section: Section, file: str) -> Iterator[ChecklistItem]:
    """The item of a checklist that a list item is, if it is one."""
    match = _TICK.match(prose.text.strip()) if prose.item else None
    if match is None:
        return
    if not match["box"] and not any(each.kind is Kind.CHECKLIST for each in (*section.parents, section)):
        return
    done = match["box"] in {"x", "X"} if match["box"] else match["glyph"] in "✅☑✔✓"
    yield ChecklistItem(cleaned(match["text"]), done, section.title, Place(file, prose.line + 1, 1))


def decisions_of(lines: Sequence[tuple[int, str]], section: Section, file: str) -> Iterator[Decision]:
    """What the author decides: `If X: Y`, lists below `If …:`, `Trigger: X`.

    Args:
        lines: Line numbers (from 0) with their text.
        section: Where they stand.
        file: For places.
    """
    head = ""

    def decision(when: str, then: str, number: int) -> Decision:
        return Decision(when, then, response_of(then) if then else None, section.title, Place(file, number + 1, 1))

    for (number, text), following in pairwise_last(lines):
        if not head and _DECIDES.match(text) is None:
            continue
        opened = _IF_HEAD.match(text)
        if opened is not None:
            head = opened["when"]
            continue
        match = _BULLET.match(text) if head else None
        if match is not None:
            yield decision(f"{head} {match['when']}", match["then"], number)
            continue
        head = head if following is not None and following == number + 1 else ""
        match = _IF.match(text)
        if match is not None:
            yield decision(match["when"], match["then"], number)
            continue
        match = _TRIGGER.match(text)
        if match is not None:
            yield decision(match["when"], "", number)
            continue
        match = _COMPARED.match(text)
        if match is not None:
            yield decision(match["when"], match["then"], number)


def pairwise_last(lines: Sequence[tuple[int, str]]) -> Iterable[tuple[tuple[int, str], int | None]]:
    """Each line with the number of the next one, or None at the end."""
    yield from ((one, two[0]) for one, two in pairwise(lines))
    if lines:
        yield lines[-1], None


def response_of(text: str) -> str | None:
    """The response of a plan that some words mean, or None."""
    return next((response for response, pattern in _RESPONSES if pattern.search(text)), None)
