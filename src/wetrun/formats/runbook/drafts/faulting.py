"""What a scenario tells, as the fault that comes nearest; always a guess that a person confirms."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from wetrun.formats.runbook.contents.material import Told
from wetrun.formats.runbook.expectations.remarks import Tone
from wetrun.formats.runbook.quantities.amounts import sayable
from wetrun.formats.writing.names import slug
from wetrun.lean import dataclass

__all__ = ["Fault", "Surroundings", "guess_fault", "unguessed_fault"]

_PORTS: Mapping[str, int] = {
    "mysql": 3306,
    "mariadb": 3306,
    "redis": 6379,
    "mongo": 27017,
    "rabbit": 5672,
    "postgres": 5432,
}
_DATABASE = re.compile(r"database|\bdb\b|postgres|mysql|mariadb|mongo|redis|prisma|\bsql\b", re.IGNORECASE)
_SLOW = re.compile(r"\bslow|latenc|\bload\b|longer|delay|degraded", re.IGNORECASE)
_DOWN = re.compile(
    r"connection|unavailable|\bdown\b|unreachable|can't reach|refused|outage|offline|lost", re.IGNORECASE
)
_TOOK = re.compile(r"took (?P<long>\d+(?:\.\d+)?)(?P<unit>ms|s) instead of (?P<short>\d+(?:\.\d+)?)(?:ms|s)")
_LOCAL_PORT = re.compile(r"(?:localhost|127\.0\.0\.1):(?P<port>\d{2,5})\b")
_GROWTH = re.compile(
    r"(?<!\d)(?P<number>\d++(?:\.\d++)?)\s?(?P<unit>[kmg]i?b)\s?/\s?(?P<per>min|minute|s|sec|h|hour)", re.IGNORECASE
)
_CALL = re.compile(r"^(?:sudo )?(?P<program>[\w.-]+)(?P<arguments>(?: [\w.:-]+){0,2})(?=\s|$)")
_COMPLAINS = re.compile(r"(?:[\w.-]+[ :]+)?(?:err(?:or)?[!:]|fatal:|(?-i:E[A-Z]{4,}\b))", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the runbook as a whole says about the system.

    Attributes:
        service: The application's service in the plan, or None.
        text: The whole runbook.
    """

    service: str | None
    text: str


Fault = dict[str, dict[str, Any]]


def guess_fault(told: Told, around: Surroundings) -> tuple[Fault, str] | None:
    """The fault that comes nearest to what a scenario tells.

    Returns:
        The fault as a plan writes it, and why it is only a guess; None when nothing says what breaks.
    """
    words = "\n".join([told.section.heading, *(words.text for words in told.words), *_shown(told)])
    # The title says best what it is about; "memory" in some log line does not make a leak of it.
    for text in (told.section.heading, words):
        for pattern, make in _KINDS:
            found = make(words, told, around) if pattern.search(text) else None
            if found is not None:
                return found
    return _command_fails(words, told, around)


def unguessed_fault(told: Told, command: str | None) -> tuple[Fault, str]:
    """The fault when nothing says what breaks: the step that the scenario names fails, or the release is bad.

    Args:
        told: The scenario.
        command: The command of that step if it changes something, or None.
    """
    match = None if command is None else _CALL.match(command)
    if match is None:
        return _bad_release("", told, None)
    said = (*_shown(told), *(words.text for words in told.setting))
    complaint = next((line for line in said if _COMPLAINS.match(line)), "")
    return _fails(match, complaint, "a stand-in; the scenario names this command, and not why it fails")


def _shown(told: Told) -> list[str]:
    return [line for listed in told.shown for said in listed.said for line in (said.marker.rest, *said.below)]


def _database(words: str, told: Told, around: Surroundings) -> tuple[Fault, str] | None:
    if not _DATABASE.search(f"{told.section.heading}\n{words}"):
        return None
    port = _port(words, around)
    if _SLOW.search(told.section.heading):
        took = _TOOK.search(words)
        delay = None if took is None else _half_of_difference(took)
        if delay is None:
            return {
                "network-delay": {"port": port, "delay": "300ms"}
            }, "the delay is not stated; the port must stand under `double.ports`"
        return {
            "network-delay": {"port": port, "delay": f"{delay:.0f}ms"}
        }, "half of the stated difference for each direction, if a query is one round trip"
    if _DOWN.search(words):
        return {"network-refuse": {"port": port}}, "the port must stand under `double.ports`"
    return None


def _half_of_difference(took: re.Match[str]) -> float | None:
    """Milliseconds, ≥ 1; None where no plan can say so many."""
    size = 1.0 if took["unit"] == "ms" else 1000.0
    delay = max(1.0, (float(took["long"]) - float(took["short"])) * size / 2)
    return delay if sayable(delay / 1000, delay / 1000) else None


def _port(words: str, around: Surroundings) -> int:
    for text in (words, around.text):
        match = _LOCAL_PORT.search(text)
        if match is not None and int(match["port"]) in _PORTS.values():
            return int(match["port"])
    lower = f"{words}\n{around.text}".lower()
    return next((port for name, port in _PORTS.items() if name in lower), 5432)


def _memory(words: str, told: Told, around: Surroundings) -> tuple[Fault, str] | None:
    del told
    if around.service is None:
        return None
    match = _GROWTH.search(words)
    if match is None:
        return {"memory-leak": {"service": around.service, "rate": "1MB"}}, "the rate is not stated"
    per = 60 if match["per"].startswith("m") else 3600 if match["per"].startswith("h") else 1
    unit = {"k": 1e3, "m": 1e6, "g": 1e9}[match["unit"][0].lower()]
    rate = max(1.0, float(match["number"]) * unit / per * 1.2)
    return {
        "memory-leak": {"service": around.service, "rate": f"{rate / 1000:.0f}kB"}
    }, "a second; a fifth more than the stated limit"


def _packages(words: str, told: Told, around: Surroundings) -> tuple[Fault, str] | None:
    return _command_fails(words, told, around)


def _disk(words: str, told: Told, around: Surroundings) -> tuple[Fault, str] | None:
    del words, told, around
    return {"disk-full": {"path": "."}}, "which disk is not stated"


def _environment(words: str, told: Told, around: Surroundings) -> tuple[Fault, str] | None:
    del told, around
    name = re.search(r"\b[A-Z][A-Z0-9]*_[A-Z0-9_]+\b", words)
    return {
        "environment-missing": {"file": ".env", "name": name[0] if name else "REPLACE_ME"}
    }, "file and name are not stated"


def _crash(words: str, told: Told, around: Surroundings) -> tuple[Fault, str] | None:
    del words, told
    return (
        None
        if around.service is None
        else ({"service-kill": {"service": around.service}}, "which process is not stated")
    )


def _hang(words: str, told: Told, around: Surroundings) -> tuple[Fault, str] | None:
    del words, told
    return (
        None
        if around.service is None
        else ({"service-freeze": {"service": around.service}}, "which process is not stated")
    )


def _bad_release(words: str, told: Told, around: Surroundings | None) -> tuple[Fault, str]:
    del words, around
    patch = f"faults/{slug(told.section.title)}.patch"
    return (
        {"bad-release": {"repository": ".", "patch": patch}},
        "name the origin repository, and write the patch that brings this about",
    )


def _command_fails(words: str, told: Told, around: Surroundings) -> tuple[Fault, str] | None:
    """The command whose failure the scenario shows, with the words that it says then."""
    del words, around
    for listed in told.shown:
        said = [each for each in listed.said if each.marker.tone in {Tone.POSSIBLE, Tone.EXPECTED} and each.below]
        match = _CALL.match(listed.text)
        if match is not None and said:
            return _fails(match, "\n".join(said[0].below).strip(), "a stand-in that says what the runbook shows")
    return None


def _fails(call: re.Match[str], stderr: str, why: str) -> tuple[Fault, str]:
    arguments: dict[str, Any] = {"command": call["program"]}
    if call["arguments"].strip():
        arguments["matching"] = re.escape(call["arguments"].strip())
    arguments["exit"] = 1
    if stderr:
        arguments["stderr"] = stderr
    return {"command-fails": arguments}, why


_BUGS = re.compile(r"regression|\bbug|broken|warning|wrong version|bad release|error handling|corrupt", re.IGNORECASE)
_KINDS: tuple[tuple[re.Pattern[str], Callable[[str, Told, Surroundings], tuple[Fault, str] | None]], ...] = (
    (re.compile(r"memory|\bheap\b|\boom\b|\bleak", re.IGNORECASE), _memory),
    (_BUGS, _bad_release),
    (_DATABASE, _database),
    (re.compile(r"npm|package|dependenc|registry|pip\b", re.IGNORECASE), _packages),
    (re.compile(r"disk|no space|enospc|storage full", re.IGNORECASE), _disk),
    (re.compile(r"environment variable|missing (?:env|secret|config)|\.env\b", re.IGNORECASE), _environment),
    (re.compile(r"hang|stuck|freez|unresponsive", re.IGNORECASE), _hang),
    (re.compile(r"crash|dies|killed|process (?:exit|down)|won't start|fails? to start", re.IGNORECASE), _crash),
)
