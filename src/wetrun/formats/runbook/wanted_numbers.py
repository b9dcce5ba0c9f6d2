"""Numbers, times and versions that somebody expects of a command, as an expectation of a plan."""

import re

from wetrun.formats.runbook.amounts import Amount, amount, times
from wetrun.formats.runbook.versions import at_least
from wetrun.formats.runbook.wanted import Wanted, aside, led, within

__all__ = ["numbers", "versions"]

_VERSION = re.compile(r"^v?(?P<parts>\d+(?:\.\d+)*)(?P<open>(?:\.[xX*])+|\+)(?:\s+or\s+(?:higher|later|newer))?$")
_VERSION_NAMED = re.compile(r"^(?:[A-Za-z][\w.]*\s+)?(?:version\s+)?(?P<version>v?\d+(?:\.\d+)*(?:(?:\.[xX*])+|\+))$")
_OR_MORE = re.compile(r"^(?P<number>\d+(?:\.\d+)*)\s+or\s+(?:higher|later|newer|more|above)$", re.IGNORECASE)
_ASKS_TIME = re.compile(r"time_(?:total|starttransfer|connect)")
_ASKS_VERSION = re.compile(r"(?:^|\s)(?:--version|-v|-V|version)(?:\s|$)")
_BETWEEN = re.compile(
    r"^between (?P<low>[\d.]{1,20})\s?\w{0,12} and (?P<high>[\d.]{1,20})(?P<unit>\s?\w{0,12})$", re.IGNORECASE
)
_DOTTED = re.compile(r"\d+(?:\.\d+)*")
_UNITS = re.compile(r"^(?P<number>\d[\d,]*)\s+(?P<noun>[a-z]+)$")


def numbers(command: str, text: str) -> Wanted | None:
    """A number, a time, a size or a share, or None."""
    main, behind = aside(led(text))
    main = _BETWEEN.sub(r"\g<low>-\g<high>\g<unit>", main)
    counted = _UNITS.match(main)
    found = amount(main) or (amount(counted["number"]) if counted else None)
    if found is None:
        return None
    if counted and not re.search(r"wc\b|-c\b|count|length", command, re.IGNORECASE):
        return Wanted({"output": within(main)})
    if found.unit == "s":
        if _ASKS_TIME.search(command):
            return Wanted({"stdout": {"number": _limit(found)}})
        return (
            Wanted({"time": f"<= {_seconds(found.high)}"})
            if found.high is not None
            else Wanted(unverified=((0, text),))
        )
    if found.unit in {"%", "B"}:
        return (
            Wanted({"output": within(main)}, guess="taken as it is written")
            if found.single and not found.about
            else Wanted(unverified=((0, text),))
        )
    if _ASKS_TIME.search(command):
        return _measured_time(found, behind)
    if found.unit == "" and "+" in main and _ASKS_VERSION.search(command) and (least := _DOTTED.search(main)):
        return Wanted({"output": {"matches": at_least(least[0])}})
    if found.single and not found.about:
        return Wanted({"stdout": main.replace(",", "")} if not counted else {"stdout": {"number": found.low}})
    if found.about and found.low is not None:
        return Wanted({"stdout": {"number": f"{found.low * 0.8:g}-{found.low * 1.2:g}"}}, guess="about: ± 20 %")
    return Wanted({"stdout": {"number": _limit(found)}})


def _measured_time(found: Amount, behind: str) -> Wanted:
    """A time that the command prints in seconds: one example of it, and limits in the words behind it."""
    limits = [limit for limit in times(behind) if limit.high is not None and (limit.low != limit.high or limit.open)]
    if limits:
        return Wanted({"stdout": {"number": f"<= {max(limit.high or 0.0 for limit in limits):g}"}})
    if found.single:
        return Wanted(unverified=((0, found.text),), guess="a single time is no limit")
    return Wanted({"stdout": {"number": _limit(found)}})


def _limit(found: Amount) -> str:
    if found.low is None:
        return f"{'<' if found.open else '<='} {found.high:.15g}"
    if found.high is None:
        return f"{'>' if found.open else '>='} {found.low:.15g}"
    return f"{found.low:.15g}-{found.high:.15g}"


def _seconds(value: float | None) -> str:
    return f"{value * 1000:.15g}ms" if value is not None and value < 1 else f"{value or 0:.15g}s"


def versions(command: str, text: str) -> Wanted | None:
    """A version, of which the last numbers may be open, or None."""
    del command
    plain = aside(led(text))[0]
    named = _VERSION_NAMED.match(plain)
    match = _VERSION.match(named["version"] if named else plain)
    more = _OR_MORE.match(plain)
    if match is None and more is None:
        return None
    if more is not None or (match is not None and match["open"] == "+"):
        number = more["number"] if more else match["parts"] if match else "0"
        return Wanted({"output": {"matches": at_least(number)}}, guess="two numbers are compared at most")
    parts = re.escape(match["parts"]) if match else ""
    return Wanted({"output": {"matches": rf"(?<![\d.]){parts}\."}})
