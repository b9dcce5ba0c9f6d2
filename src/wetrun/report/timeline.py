"""A run, laid out over time: what is drawn where. Positions across are per cent of the run, heights are pixels."""

from collections.abc import Sequence

from wetrun.course.matching.quantities import number_in_words
from wetrun.lean import dataclass
from wetrun.report.model import Mark, MarkKind, MonitorReport, ScenarioReport, SectionKind, StepReport
from wetrun.report.phrases import CHECK_SIGNS, downtime
from wetrun.report.sparkline import Sparkline, sparkline
from wetrun.units import counted, format_seconds

__all__ = ["Band", "Bar", "Flag", "Lane", "Span", "Tick", "Timeline", "timeline"]

_FLAG_ROW = 17
_CAPTION = 15
_GAP = 9
_BAR = 16
_CHART = 34
_WIDE, _NARROW = 700, 300
"""Pixels across on which labels still must not cover each other: the page shows one of two layouts."""
_CHARACTER = 6.4
_MARGIN = 18
_STEPS = (0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400)
_MOST_FLAGS = 9


@dataclass(frozen=True, slots=True)
class Span:
    """A part of the width."""

    left: float
    width: float


@dataclass(frozen=True, slots=True)
class Bar:
    """Something that took time; `tone` decides how it is filled, `label` may be clipped."""

    span: Span
    tone: str
    label: str
    title: str


@dataclass(frozen=True, slots=True)
class Flag:
    """A moment with its label; `anchor` is `start` or `end`: to which side of it the label stands."""

    left: float
    row: int
    label: str
    anchor: str
    sign: str
    title: str

    @property
    def top(self) -> int:
        """Pixels from the top to the middle of the label."""
        return self.row * _FLAG_ROW + 9


@dataclass(frozen=True, slots=True)
class Band:
    """The labels above the lanes, laid out for a `wide` or a `narrow` page."""

    name: str
    flags: tuple[Flag, ...]

    @property
    def height(self) -> int:
        """Pixels altogether."""
        return (max((flag.row for flag in self.flags), default=-1) + 1) * _FLAG_ROW


@dataclass(frozen=True, slots=True)
class Lane:
    """A row of the drawing: bars, or a chart."""

    caption: str
    top: int
    height: int
    bars: tuple[Bar, ...] = ()
    chart: Sparkline | None = None

    @property
    def body(self) -> int:
        """Pixels from the top of the drawing to what is drawn, below the caption."""
        return self.top + _CAPTION


@dataclass(frozen=True, slots=True)
class Tick:
    """A time below the drawing."""

    left: float
    label: str
    anchor: str


@dataclass(frozen=True, slots=True)
class Timeline:
    """Everything that is drawn of one run; `fault` is where its fault was present. All bands hold the same moments."""

    bands: tuple[Band, ...]
    lanes: tuple[Lane, ...]
    ticks: tuple[Tick, ...]
    fault: Span | None
    lanes_end: int
    words: str

    @property
    def height(self) -> int:
        """Pixels altogether, the times below included."""
        return self.lanes_end + 20


def timeline(run: ScenarioReport) -> Timeline:
    """Lay out a run."""
    total = max(run.seconds, *(mark.at for mark in run.marks), *(step.ended or 0.0 for step in run.steps), 1e-3)
    bands = (Band("wide", _flags(run.marks, total, _WIDE)), Band("narrow", _flags(run.marks, total, _NARROW)))
    lanes: list[Lane] = []
    top = 4
    for caption, height, bars, chart in _rows(run, total):
        lanes.append(Lane(caption, top, height, bars, chart))
        top += _CAPTION + height + _GAP
    return Timeline(bands, tuple(lanes), _ticks(total), _fault(run, total), top, _words(run))


_Row = tuple[str, int, tuple[Bar, ...], Sparkline | None]


def _rows(run: ScenarioReport, total: float) -> list[_Row]:
    rows: list[_Row] = [
        ("phases and procedures", _BAR, _sections(run.steps, total), None),
        ("steps", _BAR, tuple(_step(step, total) for step in run.steps), None),
    ]
    if run.downtimes is not None:
        down = f"down for {downtime(run)}" if run.downtime else f"never seen down: {downtime(run)}"
        rows.append((f"service — {down}", _BAR, _service(run, total), None))
    rows.extend(
        (_monitor_caption(monitor), _CHART, (), chart)
        for monitor in run.monitors
        if (chart := sparkline(monitor, total)) is not None
    )
    return rows


def _span(began: float, ended: float, total: float) -> Span:
    left = min(max(began / total, 0.0), 1.0) * 100
    return Span(round(left, 3), round(max(min(ended / total, 1.0) * 100 - left, 0.25), 3))


def _sections(steps: Sequence[StepReport], total: float) -> tuple[Bar, ...]:
    groups: list[list[StepReport]] = []
    for step in steps:
        if groups and groups[-1][-1].section == step.section:
            groups[-1].append(step)
        else:
            groups.append([step])
    bars: list[Bar] = []
    for group in groups:
        began, ended = group[0].began, max(total if step.ended is None else step.ended for step in group)
        tone = "phase" if group[0].kind is SectionKind.PHASE else group[0].kind.value
        name = group[0].section
        bars.append(Bar(_span(began, ended, total), tone, name, f"{name}: {format_seconds(max(ended - began, 0))}"))
    return tuple(bars)


def _step(step: StepReport, total: float) -> Bar:
    ended = total if step.ended is None else step.ended
    word = "not judged" if step.verdict is None else step.verdict.value
    sign = "·" if step.verdict is None else CHECK_SIGNS[step.verdict]
    title = f"{step.name}: {word}, {format_seconds(max(ended - step.began, 0))}"
    tone = "unjudged" if step.verdict is None else step.verdict.value
    return Bar(_span(step.began, ended, total), tone, sign, title)


def _service(run: ScenarioReport, total: float) -> tuple[Bar, ...]:
    bars = [Bar(Span(0, 100), "up", "", "service asked throughout")]
    for down in run.downtimes or ():
        ended = run.seconds if down.ended is None else down.ended
        words = f"down {format_seconds(max(ended - down.began, 0))}" + (f", seen by {down.check}" if down.check else "")
        bars.append(Bar(_span(down.began, ended, total), "down", words, f"{words}, from {format_seconds(down.began)}"))
    return tuple(bars)


def _monitor_caption(monitor: MonitorReport) -> str:
    values = [value for _, value in monitor.samples if value is not None]
    if not values:
        return f"{monitor.name} — no sample"
    low, high = (number_in_words(value, monitor.quantity) for value in (min(values), max(values)))
    return f"{monitor.name} — {low}" + ("" if low == high else f" to {high}")


_SIGNS = {
    MarkKind.FAULT_INJECTED: ("fault", "fault"),
    MarkKind.FAULT_CLEARED: ("cleared", "cleared"),
    MarkKind.DETECTED: ("noticed", "noticed"),
    MarkKind.RESPONSE: ("response", "response"),
    MarkKind.COMPARED: ("compared", "compared"),
    MarkKind.INTERRUPTED: ("interrupted", "interrupted"),
    MarkKind.END: ("end", "end"),
}


def _flags(marks: Sequence[Mark], total: float, pixels: int) -> tuple[Flag, ...]:
    """Place labels row by row, so that none covers another on a drawing of so many pixels."""
    rows: list[list[tuple[float, float]]] = []
    flags: list[Flag] = []
    for mark in sorted(marks, key=lambda mark: mark.at)[:_MOST_FLAGS]:
        sign, word = _SIGNS[mark.kind]
        label = f"{word} {format_seconds(max(mark.at, 0))}"
        left = min(max(mark.at / total, 0.0), 1.0) * 100
        width = (len(label) * _CHARACTER + _MARGIN) / pixels * 100
        anchor = "start" if left + width <= 100 else "end"
        sign_width = 700 / pixels
        taken = (left - sign_width, left + width) if anchor == "start" else (left - width, left + sign_width)
        row = next((i for i, others in enumerate(rows) if _is_free(others, taken)), len(rows))
        if row == len(rows):
            rows.append([])
        rows[row].append(taken)
        title = f"{mark.kind.value} at {format_seconds(max(mark.at, 0))}" + (f": {mark.text}" if mark.text else "")
        flags.append(Flag(round(left, 3), row, label, anchor, sign, title))
    return tuple(flags)


def _is_free(others: Sequence[tuple[float, float]], taken: tuple[float, float]) -> bool:
    return all(taken[1] <= low or taken[0] >= high for low, high in others)


def _fault(run: ScenarioReport, total: float) -> Span | None:
    began = next((mark.at for mark in run.marks if mark.kind is MarkKind.FAULT_INJECTED), None)
    if began is None:
        return None
    ended = next((mark.at for mark in run.marks if mark.kind is MarkKind.FAULT_CLEARED), total)
    return _span(began, ended, total)


def _ticks(total: float) -> tuple[Tick, ...]:
    step = next((step for step in _STEPS if total / step <= 5.5), _STEPS[-1] * max(1, round(total / _STEPS[-1] / 5)))
    count = int(total / step)
    lefts = [(i * step / total * 100, i * step) for i in range(count + 1)]
    return tuple(Tick(round(left, 3), _tick_label(at), _tick_anchor(left)) for left, at in lefts)


def _tick_label(at: float) -> str:
    """A short time: `0`, `500 ms`, `2.5 s`, `1:30 m`, `20 m`, `2 h`."""
    if at < 1:
        return f"{at * 1000:g} ms" if at else "0"
    if at < 60:
        return f"{at:g} s"
    minutes, seconds = divmod(round(at), 60)
    if seconds:
        return f"{minutes}:{seconds:02d} m"
    return f"{minutes // 60} h" if minutes % 60 == 0 else f"{minutes} m"


def _tick_anchor(left: float) -> str:
    return "start" if left < 4 else "end" if left > 94 else "middle"


def _words(run: ScenarioReport) -> str:
    moments = "; ".join(f"{mark.kind.value} at {format_seconds(max(mark.at, 0))}" for mark in run.marks)
    length = format_seconds(max(run.seconds, 0))
    return f"Timeline of {run.name}, {length}: {counted(len(run.steps), 'step')}; {moments or 'no marks'}."
