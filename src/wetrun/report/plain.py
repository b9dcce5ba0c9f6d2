"""The report as plain text for terminals: aligned, and understandable without colour."""

from collections.abc import Sequence

from wetrun.report.cleaning import clean, clean_line
from wetrun.report.detection import blind_spots, matrix
from wetrun.report.focus import focused
from wetrun.report.model import ComparisonReport, RehearsalReport, ScenarioReport
from wetrun.report.phrases import (
    downtime,
    duration,
    expectation,
    figures,
    headline,
    noticed_by,
    realism,
    restored,
)
from wetrun.report.results.in_text import blocks
from wetrun.report.results.model import Results

__all__ = ["text"]

_WIDEST_CELL = 28
_MOST_DIFFERENCES = 12
_WIDEST_VALUE = 80


def text(report: RehearsalReport, results: Results | None = None) -> str:
    """Write a summary for a terminal: verdict, reasons, the table of runs, what differed, who did not notice; results.

    There is no colour and no cursor movement in it, and nothing from a program's output that could bring them in. It
    ends with a line feed.
    """
    parts = [
        [f"{report.plan} — rehearsal {report.rehearsal}, {report.source}"],
        _verdict(report),
        _table(report.runs),
        *_differences(report.runs),
        _detection(report),
        [
            f"{figure.label}: {figure.value}" + (f" ({figure.note})" if figure.note else "")
            for figure in realism(report)
        ],
        ["; ".join(f"{figure.label}: {figure.value}" for figure in figures(report))],
        *(() if results is None else blocks(results)),
    ]
    return "\n\n".join("\n".join(_on_one_line(line) for line in block) for block in parts if block) + "\n"


def _verdict(report: RehearsalReport) -> list[str]:
    verdict = report.verdict
    others = [condition for condition in verdict.conditions if condition not in verdict.reasons]
    return [
        f"{verdict.word.value}: {headline(verdict.word)}",
        *(f"  - {reason}" for reason in verdict.reasons),
        *(["  also:"] if others else []),
        *(f"  - {condition}" for condition in others),
        f"  evidence: {verdict.evidence}",
    ]


_TITLES = ("run", "outcome", "plan", "noticed by", "to notice", "to recover", "down", "restored")
_RIGHT = frozenset({4, 5, 6})


def _table(runs: Sequence[ScenarioReport]) -> list[str]:
    rows = [_TITLES, *(_row(run) for run in runs)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(_TITLES))]
    lines = [
        "  ".join(
            cell.rjust(width) if column in _RIGHT else cell.ljust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    ]
    return [lines[0], "-" * max(map(len, lines)), *lines[1:]]


def _row(run: ScenarioReport) -> tuple[str, ...]:
    synthetic = " (synthetic)" if run.fault is not None and run.fault.synthetic else ""
    cells = (
        f"{run.name}{synthetic}",
        run.outcome.value,
        expectation(run),
        noticed_by(run),
        duration(run.detected_after),
        duration(run.recovered_after),
        downtime(run),
        restored(run),
    )
    return tuple(clean_line(cell, _WIDEST_CELL) if index else clean_line(cell, 40) for index, cell in enumerate(cells))


def _differences(runs: Sequence[ScenarioReport]) -> list[list[str]]:
    """What differs, told once for all runs in which it is the same."""
    alike: dict[tuple[str, ...], list[str]] = {}
    for run in runs:
        for compared in run.comparisons[-1:]:
            if compared.restored is False:
                told = (f"the state differs after {compared.after}:", *_difference_lines(compared))
                alike.setdefault(told, []).append(run.name)
    return [[f"{', '.join(names)}: {told[0]}", *told[1:]] for told, names in alike.items()]


def _difference_lines(compared: ComparisonReport) -> list[str]:
    forbidden = [one for one in compared.differences if one.allowed is None]
    lines: list[str] = []
    for one in forbidden[:_MOST_DIFFERENCES]:
        before, after = focused(one.before, one.after, _WIDEST_VALUE)
        entry = " " + clean_line(one.entry, _WIDEST_VALUE) if one.entry else ""
        lines.append(f"  {one.probe}{entry}: {_side(before)} before, {_side(after)} after")
    more = len(forbidden) - len(lines)
    unseen = [f"  could not be observed: {clean_line(one)}" for one in compared.missing[:_MOST_DIFFERENCES]]
    return [*lines, *([f"  and {more} more"] if more else []), *unseen]


def _side(value: str | None) -> str:
    return "nothing" if value is None else f"`{clean_line(value, _WIDEST_VALUE)}`"


def _detection(report: RehearsalReport) -> list[str]:
    found = matrix(report)
    blind = ", ".join(run.name for run in blind_spots(report))
    lines = [f"blind spots: {blind or 'none'}", f"dead checks: {_names(found.dead)}"]
    return [*lines, f"untested checks: {_names(found.untested)}"] if found.untested else lines


def _names(checks: Sequence[str]) -> str:
    return ", ".join(checks).replace("`", "") or "none"


def _on_one_line(line: str) -> str:
    """Clean a line without touching the spaces that align it."""
    return clean(line).replace("\n", " ").replace("\t", " ").rstrip()
