"""Thresholds that a runbook states for memory, as rules of a monitor."""

import re
from collections.abc import Iterable, Iterator

from wetrun.formats.runbook.contents.material import Material
from wetrun.formats.runbook.contents.unused import Unused
from wetrun.formats.runbook.drafts.striking import AFTERWARDS
from wetrun.formats.runbook.quantities.amounts import duration_text
from wetrun.formats.writing.tree import Branch, Draft, Leaf, Listing, drafted
from wetrun.plan.facts import Decision, Measure

__all__ = ["monitors_of", "unwatched", "watch_of"]

_SIZE = r"(?P<number>\d{1,6}(?:\.\d{1,3})?)\s?(?P<unit>[kKmMgG])(?P<binary>i?)[bB]"
_ABOVE = re.compile(
    rf"memory\s*(?:>=?|above|over|exceeds)\s*{_SIZE}(?!\s?/)(?:[^\d]{{0,40}}?\bfor\s+(?P<time>\d{{1,4}})\+?\s?(?P<per>s|sec|seconds?|m|min|minutes?|h|hours?)\b)?",
    re.IGNORECASE,
)
_SLOPE = re.compile(
    rf"(?:grow\w*|slope|climb\w*|increas\w*)\s*(?:by\s*)?>?=?\s*{_SIZE}\s?/\s?(?P<per>s|sec|min|minute|h|hour)\b",
    re.IGNORECASE,
)

_LONGEST_WATCH = 86400.0
_COMPARES = re.compile(r"[<>≤≥]=?\s*\d")


def unwatched(decisions: Iterable[Decision], service: str | None) -> Iterator[Unused]:
    """The limits of which no monitor is made, with words for each: only a service's memory is understood."""
    for decision in decisions:
        text = f"{decision.when} {decision.then}"
        known = service is not None and (_ABOVE.search(text) or _SLOPE.search(text))
        if _COMPARES.search(decision.when) and not known:
            why = f"no monitor watches this: `{decision.when[:60]}`"
            yield Unused(decision.place, why, "add it to the `monitors` of the plan, once the runbook is imported")


def monitors_of(material: Material, service: str | None, *, has_rollback: bool) -> Draft | None:
    """A monitor of the service's memory with every limit that is stated, or None when there is none or no service."""
    if service is None:
        return None
    rules: list[Draft] = []
    for decision in material.decisions:
        rules += _rules(decision, has_rollback=has_rollback)
    if not rules:
        return None
    place = rules[0].place
    guess = "the whole tree of its processes; how often is not stated"
    sample = drafted({"process": service, "value": "rss-tree"}, place, guess)
    unique = {
        rule.entries["when"].value: rule
        for rule in rules
        if isinstance(rule, Branch) and isinstance(rule.entries["when"], Leaf)
    }
    monitor = Branch({"sample": sample, "rules": Listing(list(unique.values()), place)}, place)
    return Branch({"memory": monitor}, place)


def watch_of(material: Material) -> Draft | None:
    """How long the monitors go on after the deployment: until what is noticed only then has been noticed."""
    detected = {
        fact.place.line - 1: (fact.high, fact.place)
        for fact in material.numbers
        if fact.measure is Measure.DETECTION and fact.high is not None and 0 < fact.high <= _LONGEST_WATCH
    }
    found = [
        detected[words.line]
        for told in material.scenarios
        for words in told.words
        if words.line in detected and AFTERWARDS.search(words.text)
    ]
    if not found:
        return None
    seconds, place = max(found, key=lambda each: each[0])
    return Leaf(duration_text(seconds, seconds), place, "so long after the deployment it may take until it is noticed")


def _rules(decision: Decision, *, has_rollback: bool) -> list[Draft]:
    text = f"{decision.when} {decision.then}" if not decision.then else decision.when
    response = decision.response if decision.response in {"rollback", "hold", "note"} else "rollback"
    if response == "rollback" and not has_rollback:
        response = "hold"
    found: list[Draft] = []
    for match in _ABOVE.finditer(text):
        lasting = f" for {match['time']}{match['per'][0].lower()}" if int(match["time"] or 0) else ""
        found.append(_rule(f"> {_size(match)}{lasting}", response, decision))
    for match in _SLOPE.finditer(text):
        per = {"s": "s", "m": "min", "h": "h"}[match["per"][0].lower()]
        found.append(_rule(f"slope > {_size(match)}/{per} over 3m", response, decision))
    return found


def _rule(when: str, then: str, decision: Decision) -> Branch:
    guess = None if decision.response else "what happens then is not stated"
    over = "over how long is not stated" if "slope" in when else None
    return Branch({"when": Leaf(when, decision.place, over), "then": Leaf(then, decision.place, guess)}, decision.place)


def _size(match: re.Match[str]) -> str:
    letter = match["unit"].upper() if match["binary"] or match["unit"] not in "kK" else "k"
    return f"{match['number']}{letter}{'i' if match['binary'] else ''}B"
