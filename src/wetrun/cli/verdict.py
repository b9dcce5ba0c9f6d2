"""How a rehearsal ends on the command line: its summary, its exit code."""

from pathlib import Path
from typing import assert_never

import click

from wetrun.course.verdict import VerdictWord
from wetrun.report.model import RehearsalReport
from wetrun.report.plain import text
from wetrun.report.results.model import Results

__all__ = ["exit_code", "show"]


def exit_code(report: RehearsalReport) -> int:
    """0 for GO with or without conditions, 1 for NO-GO, 4 when something could not be measured."""
    match report.verdict.word:
        case VerdictWord.GO | VerdictWord.GO_WITH_CONDITIONS:
            return 0
        case VerdictWord.NO_GO:
            return 1
        case VerdictWord.INCONCLUSIVE:
            return 4
        case _:
            assert_never(report.verdict.word)


def show(report: RehearsalReport, results: Results | None = None, page: Path | None = None) -> None:
    """Print the summary on stdout with what follows, and where the page is."""
    click.echo(text(report, results))
    if page is not None:
        click.echo(f"report: {page}")
