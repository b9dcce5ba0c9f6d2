"""Numbers, times and versions that somebody expects of a command, as an expectation of a plan."""

import re
from dataclasses import replace

from wetrun.formats.runbook.expectations.wanted import Wanted, aside, led, within
from wetrun.formats.runbook.quantities.amounts import Amount, amount, sayable, times
from wetrun.formats.runbook.quantities.limits import none_beyond, number_within
from wetrun.formats.runbook.quantities.versions import at_least
from wetrun.formats.writing.numbers import number_text

__all__ = ["numbers", "versions"]

_VERSION = re.compile(r"^v?(?P<parts>\d+(?:\.\d+)*)(?P<open>(?:\.[xX*])+|\+)(?:\s+or\s+(?:higher|later|newer))?$")
_VERSION_NAMED = re.compile(r"^(?:[A-Za-z][\w.]*\s+)?(?:version\s+)?(?P<version>v?\d+(?:\.\d+)*(?:(?:\.[xX*])+|\+))$")
_OR_MORE = re.compile(
    r"^(?:[A-Za-z][\w.]*\s+)?v?(?P<number>\d+(?:\.\d+)*)\s+or\s+(?:higher|later|newer|more|above)$", re.IGNORECASE
)
_ASKS_TIME = re.compile(r"time_(?:total|starttransfer|connect)")
_ASKS_VERSION = re.compile(r"(?:^|\s)(?:--version|-v|-V|version)(?:\s|$)")
_BETWEEN = re.compile(
    r"^between (?P<low>[\d.]{1,20})\s?\w{0,12} and (?P<high>[\d.]{1,20})(?P<unit>\s?\w{0,12})$", re.IGNORECASE
)
_DOTTED = re.compile(r"\d+(?:\.\d+)*")
_COUNTED = re.compile(
    r"^(?:(?:found|finds?|lists?|reports?|has|have)\s+)?(?P<number>[^\d]{0,16}\d[\d,.-]{0,24}(?:\s?%|\+)?)\s+(?P<noun>[a-z]+)$",
    re.IGNORECASE,
)
_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")
_COUNTS = re.compile(r"wc\b|-c\b|count|length", re.IGNORECASE)
_MEASURES = re.compile(r"^(?:sudo )?(?:du|df|ls|free|stat|docker)\b")
_SIZE = re.compile(r"~?\d+(?:[.,]\d+)?\s?(?:[kKMGT](?:i?[bB])?|B)")
_ANY_SIZE = r"(?<![\w.])\d+(?:[.,]\d+)?\s?[kKMGT]?(?:i?[bB])?(?!\w)"


def numbers(command: str, text: str) -> Wanted | None:
    """A number, a time, a size or a share, or None."""
    main, behind = aside(led(text))
    main = _BETWEEN.sub(r"\g<low>-\g<high>\g<unit>", main)
    if _MEASURES.match(command) and _SIZE.fullmatch(main):
        return Wanted({"output": {"matches": _ANY_SIZE}}, guess="a size varies; any is taken")
    found = amount(_THOUSANDS.sub("", main))
    counted = _COUNTED.match(main) if found is None else None
    if counted is not None:
        found = amount(_THOUSANDS.sub("", counted["number"]))
    if found is None:
        return None
    if (share := _share(found)) is not None:
        return share
    if counted is not None and (found.unit or not _COUNTS.search(command)):
        return _counted(text, found, counted)
    if found.unit == "s":
        return _time(command, text, found)
    if found.unit:
        as_written = found.single and not found.about
        return (
            Wanted({"output": within(main)}, guess="taken as it is written")
            if as_written
            else Wanted(unverified=((0, text),))
        )
    return _plain(command, main, behind, found, counted=counted is not None)


def _plain(command: str, main: str, behind: str, found: Amount, *, counted: bool) -> Wanted:
    """A number without a unit; the command says whether it is a time or a version."""
    if _ASKS_TIME.search(command):
        return _measured_time(found, behind)
    if "+" in main and _ASKS_VERSION.search(command) and (least := _DOTTED.search(main)):
        return Wanted({"output": {"matches": at_least(least[0])}})
    if found.single and not found.about:
        return Wanted({"stdout": {"number": found.low}} if counted else {"stdout": main.replace(",", "")})
    if found.about and found.low is not None:
        return Wanted(
            {"stdout": {"number": f"{number_text(found.low * 0.8, 6)}-{number_text(found.low * 1.2, 6)}"}},
            guess="about: ± 20 %",
        )
    return Wanted({"stdout": {"number": _limit(found)}})


def _time(command: str, text: str, found: Amount) -> Wanted:
    if _ASKS_TIME.search(command):
        return Wanted({"stdout": {"number": _limit(found)}})
    if found.high is None or not sayable(found.low, found.high):
        return Wanted(unverified=((0, text),))
    return Wanted({"time": f"<= {_seconds(found.high)}"})


def _counted(text: str, found: Amount, counted: re.Match[str]) -> Wanted:
    """So many of something, among other words that the command prints."""
    noun = counted["noun"]
    if found.unit or found.about:
        return Wanted(unverified=((0, text),))
    if found.single:
        return Wanted({"output": within(f"{counted['number']} {noun}")})
    pattern = number_within(found)
    if pattern is None:
        return Wanted(unverified=((0, text),))
    # Of something counted, or the number alone: some commands print nothing else.
    named = rf"{pattern}\s+{re.escape(noun.removesuffix('s'))}s?\b"
    return Wanted({"output": {"matches": rf"{named}|\A\s*{pattern}\s*\Z"}}, guess="of that word, or alone")


def _share(found: Amount) -> Wanted | None:
    """A percentage that is not to be exceeded; None for everything else."""
    if found.unit != "%" or found.about:
        return None
    pattern = none_beyond(replace(found, low=_hundredfold(found.low), high=_hundredfold(found.high)), r"\s?%")
    return (
        None
        if pattern is None
        else Wanted({"output": {"matches": pattern}}, guess="of every percentage that it prints")
    )


def _hundredfold(share: float | None) -> float | None:
    return None if share is None else round(share * 100, 6)


def _measured_time(found: Amount, behind: str) -> Wanted:
    """A time that the command prints in seconds: one example of it, and limits in the words behind it."""
    limits = [limit for limit in times(behind) if limit.high is not None and (limit.low != limit.high or limit.open)]
    if limits:
        return Wanted({"stdout": {"number": f"<= {number_text(max(limit.high or 0.0 for limit in limits))}"}})
    if found.single:
        return Wanted(unverified=((0, found.text),), guess="a single time is no limit")
    return Wanted({"stdout": {"number": _limit(found)}})


def _limit(found: Amount) -> str:
    if found.low is None:
        return f"{'<' if found.open else '<='} {number_text(found.high or 0.0)}"
    if found.high is None:
        return f"{'>' if found.open else '>='} {number_text(found.low)}"
    return f"{number_text(found.low)}-{number_text(found.high)}"


def _seconds(value: float | None) -> str:
    return f"{number_text(value * 1000)}ms" if value is not None and value < 1 else f"{number_text(value or 0)}s"


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
