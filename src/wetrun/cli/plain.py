"""A rehearsal watched without a terminal: one plain line per thing that happens, on stderr."""

import time
from collections.abc import Mapping

import click

from wetrun.plan.expectations import JsonValue
from wetrun.plan.scenarios import Outcome
from wetrun.report.cleaning import clean_line
from wetrun.units import counted, format_seconds

__all__ = ["PlainSpectator", "in_words"]

_WIDEST = 2000


def in_words(kind: str, body: Mapping[str, JsonValue]) -> str | None:
    """What a record says to somebody who watches, in one line; None for what only the report needs."""
    match kind, body:
        case "effect", {"effect": "RunStep", "section": section, "step": step, "attempt": attempt}:
            again = f" (attempt {attempt})" if attempt != 1 else ""
            return f"{section}/{step}{again}"
        case "effect", {"effect": "BeginResponse", "section": section, "reason": reason}:
            return f"→ {section}: {reason}"
        case "effect", {"effect": "Watch"}:
            return "watching"
        case "effect", {"effect": "Compare", "after": after}:
            return f"comparing the state after {after}"
        case "event", {"event": "FaultInjected", "effective": True, "measured": measured}:
            return f"fault: {measured}"
        case "event", {"event": "FaultInjected", "measured": measured}:
            return f"fault did not take effect: {measured}"
        case "noticed", {"check": check}:
            return f"noticed by {check}"
        case _:
            return None


class PlainSpectator:
    """Prints lines that can be read in a log, each with the seconds since the start and the run's name."""

    def __init__(self) -> None:
        self._began = time.monotonic()

    def said(self, text: str) -> None:
        """Print a line about the rehearsal as a whole."""
        self._print("", text)

    def warned(self, text: str) -> None:
        """Print a warning."""
        self._print("", f"warning: {text}")

    def planned(self, runs: Mapping[str, str]) -> None:
        """Say how many runs there will be."""
        self._print("", f"{counted(len(runs), 'run')}: {', '.join(runs)}")

    def began(self, run: str) -> None:
        """Say that a run began."""
        self._print(run, "began")

    def recorded(self, run: str, kind: str, body: Mapping[str, JsonValue]) -> None:
        """Say what a run does, as far as a reader of a log wants to know."""
        text = in_words(kind, body)
        if text is not None:
            self._print(run, text)

    def ended(self, run: str, outcome: Outcome, reason: str, seconds: float) -> None:
        """Say how a run ended."""
        self._print(run, f"{outcome.value} after {format_seconds(seconds)}: {reason}")

    def _print(self, run: str, text: str) -> None:
        first = text.splitlines()[0] if text else ""
        since = time.monotonic() - self._began
        click.echo(f"{since:7.1f}s  {clean_line(f'{run}: {first}' if run else first, _WIDEST)}", err=True)
