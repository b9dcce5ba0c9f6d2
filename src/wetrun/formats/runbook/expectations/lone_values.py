"""A value that stands alone as what is expected and is another one each time: its shape is what can be held against."""

import re

from wetrun.formats.runbook.expectations.wanted import Wanted, aside, led, within

__all__ = ["lone", "varies"]

_LETTERED = r"(?=.{0,63}\d)(?=.{0,63}[a-f])"
_UUID = "[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
_MINUTE = r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d"
_SHAPES: tuple[tuple[str, re.Pattern[str], str], ...] = (
    ("an identifier", re.compile(_UUID, re.IGNORECASE), f"(?i:{_UUID})"),
    ("a hash", re.compile(_LETTERED + r"[0-9a-f]{7,12}(?:\.{3}|…)?"), "[0-9a-f]{7,64}"),
    ("a hash", re.compile(_LETTERED + "[0-9a-f]{40}"), "[0-9a-f]{40}"),
    ("a hash", re.compile(f"(?:sha256:)?{_LETTERED}[0-9a-f]{{64}}"), "[0-9a-f]{64}"),
    ("a time", re.compile(_MINUTE + r"(?::\d\d)?(?:[.,]\d{1,9})?(?:Z|[+-]\d\d:?\d\d)?"), _MINUTE),
    ("a date", re.compile(r"\d{4}-\d\d-\d\d"), r"\d{4}-\d\d-\d\d"),
)
_SUM = re.compile(r"(?:sha256:)?[0-9a-f]{8,128}", re.IGNORECASE)
_SUMS = re.compile(r"\b(?:sha\d*sum|shasum|md5(?:sum)?|b2sum|cksum|openssl\s+(?:dgst|sha\d+|md5))\b")


def lone(command: str, text: str) -> Wanted | None:
    """A hash, a date, an identifier: by its shape; a checksum that a command computes is meant as it is written."""
    main = aside(led(text))[0].strip("`'\"")
    if _SUMS.search(command) and _SUM.fullmatch(main):
        return Wanted({"output": within(main)})
    found = next(((what, shape) for what, pattern, shape in _SHAPES if pattern.fullmatch(main)), None)
    if found is None:
        return None
    what, shape = found
    return Wanted(
        {"output": {"matches": rf"(?<![\w-]){shape}(?!\w)"}}, guess=f"{what} is another one each time; any is taken"
    )


def varies(text: str) -> bool:
    """Whether a text is a hash, a date, a time or an identifier, and nothing else."""
    return any(pattern.fullmatch(text) for _, pattern, _ in _SHAPES)
