"""A rehearsal watched on a terminal: one row per run, with what it does now and how it ended."""

import time
from collections.abc import Mapping
from types import TracebackType
from typing import Self

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.spinner import Spinner
from rich.table import Table
from rich.text import Text

from wetrun.cli.plain import in_words
from wetrun.lean import dataclass
from wetrun.plan.expectations import JsonValue
from wetrun.plan.scenarios import Outcome
from wetrun.report.cleaning import clean, clean_line
from wetrun.units import format_seconds

__all__ = ["COLOURS", "LiveSpectator"]

COLOURS = {
    Outcome.DEPLOYED: "green",
    Outcome.ROLLED_BACK: "green",
    Outcome.ABORTED: "green",
    Outcome.DEPLOYED_DEGRADED: "yellow",
    Outcome.RECOVERED: "yellow",
    Outcome.INCONCLUSIVE: "magenta",
    Outcome.NOT_RESTORED: "red",
    Outcome.STUCK: "red",
    Outcome.ESCAPED: "red",
}


@dataclass(slots=True)
class _Row:
    """One run on the screen."""

    fault: str
    now: str = "waits"
    began: float | None = None
    seconds: float | None = None
    outcome: Outcome | None = None


class LiveSpectator:
    """Draws the table anew a few times a second; a context manager, so that the terminal is always left in order."""

    def __init__(self) -> None:
        self._console = Console(stderr=True)
        self._rows: dict[str, _Row] = {}
        self._said = ""
        self._live = Live(get_renderable=self._draw, console=self._console, refresh_per_second=8, transient=False)

    def __enter__(self) -> Self:
        self._live.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._said = ""
        self._live.stop()

    def said(self, text: str) -> None:
        """Show a line about the rehearsal as a whole, until the next one."""
        self._said = clean_line(text.splitlines()[-1]) if text else ""

    def warned(self, text: str) -> None:
        """Print a warning above the table, where it stays."""
        self._live.console.print(Text(clean(f"warning: {text}")))

    def planned(self, runs: Mapping[str, str]) -> None:
        """Lay out the table."""
        self._rows = {name: _Row(fault) for name, fault in runs.items()}
        self._said = ""

    def began(self, run: str) -> None:
        """Start a row's timer."""
        self._rows[run].began = time.monotonic()
        self._rows[run].now = "opens its sandbox"

    def recorded(self, run: str, kind: str, body: Mapping[str, JsonValue]) -> None:
        """Show what a run does now."""
        row = self._rows[run]
        text = in_words(kind, body)
        if text is not None and kind != "noticed":
            row.now = clean_line(text.splitlines()[0])

    def ended(self, run: str, outcome: Outcome, reason: str, seconds: float) -> None:
        """Show how a run ended."""
        row = self._rows[run]
        row.outcome, row.seconds, row.now = outcome, seconds, clean_line(reason.splitlines()[0]) if reason else ""

    def _draw(self) -> RenderableType:
        table = Table(box=None, pad_edge=False, expand=True, header_style="dim")
        table.add_column("run", no_wrap=True)
        table.add_column("fault", no_wrap=True, style="dim")
        table.add_column("time", justify="right", no_wrap=True)
        table.add_column("outcome", no_wrap=True)
        table.add_column("now, or why", ratio=1, no_wrap=True, overflow="ellipsis")
        for name, row in self._rows.items():
            # As texts: what stands in brackets in a plain string is markup.
            named, fault, now = (Text(clean_line(one)) for one in (name, row.fault, row.now))
            now.stylize("dim" if row.outcome else "")
            table.add_row(named, fault, _time(row), _outcome(row), now)
        if self._said:
            return Group(table, Spinner("dots", Text(self._said)))
        return table


def _time(row: _Row) -> str:
    if row.seconds is not None:
        return format_seconds(row.seconds)
    return "" if row.began is None else format_seconds(time.monotonic() - row.began)


def _outcome(row: _Row) -> RenderableType:
    if row.outcome is not None:
        return Text(row.outcome.value, style=COLOURS[row.outcome])
    return Text("") if row.began is None else Text("running", style="cyan")
