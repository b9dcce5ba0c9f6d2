"""Facts that a runbook states, for tests of what is made of them."""

from wetrun.errors import Place
from wetrun.plan.facts import Fact, Measure

__all__ = ["fact"]


def fact(measure: Measure, subject: str, label: str, low: float | None, high: float | None, line: int = 1) -> Fact:
    """A number of the section `Summary`."""
    return Fact(
        measure=measure,
        subject=subject,
        group="Summary",
        label=label,
        low=low,
        high=high,
        text="as written",
        place=Place("runbook.md", line, 1),
    )
