"""Versions that are at least another one, as a pattern."""

from wetrun.formats.runbook.quantities.limits import number_at_least

__all__ = ["at_least"]


def at_least(version: str) -> str:
    """A pattern of versions that are at least this one, by its first two numbers."""
    first, _, rest = version.partition(".")
    second = rest.partition(".")[0]
    if not second:
        return rf"(?<![\d.]){number_at_least(int(first))}(?!\d)"
    same = rf"{first}\.{number_at_least(int(second))}(?!\d)"
    return rf"(?<![\d.])(?:{same}|{number_at_least(int(first) + 1)}(?!\d))"
