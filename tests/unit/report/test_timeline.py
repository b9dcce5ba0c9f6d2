"""A run, laid out over time."""

from dataclasses import replace
from itertools import combinations

import pytest

from sample_report import sample_report
from wetrun.plan.expectations import Quantity
from wetrun.report.model import Downtime, Mark, MarkKind, MonitorReport, ScenarioReport
from wetrun.report.sparkline import sparkline
from wetrun.report.timeline import Flag, timeline

RUNS = sample_report().runs


def extent(flag: Flag, pixels: int) -> tuple[float, float]:
    """Where a label stands on a drawing of so many pixels, in per cent, by a character's usual width."""
    width = (len(flag.label) * 6 + 9) / pixels * 100
    return (flag.left, flag.left + width) if flag.anchor == "start" else (flag.left - width, flag.left)


@pytest.mark.parametrize("run", RUNS, ids=lambda run: run.name)
def test_no_label_covers_another(run: ScenarioReport) -> None:
    """Fault, notice and response often come within a blink: exactly then they must be legible."""
    for band, pixels in zip(timeline(run).bands, (700, 300), strict=True):
        for one, other in combinations(band.flags, 2):
            (a, b), (c, d) = extent(one, pixels), extent(other, pixels)
            assert one.row != other.row or b <= c or d <= a


@pytest.mark.parametrize("run", RUNS, ids=lambda run: run.name)
def test_everything_lies_within_the_drawing(run: ScenarioReport) -> None:
    """What is drawn outside is not seen, and makes the page scroll."""
    drawn = timeline(run)
    spans = [bar.span for lane in drawn.lanes for bar in lane.bars] + ([drawn.fault] if drawn.fault else [])
    assert all(span.left >= 0 and span.left + span.width <= 100.3 for span in spans)
    assert all(0 <= flag.left <= 100 for band in drawn.bands for flag in band.flags)
    assert all(0 <= tick.left <= 100 for tick in drawn.ticks)
    assert all(lane.body + lane.height <= drawn.lanes_end for lane in drawn.lanes)
    assert 2 <= len(drawn.ticks) <= 7


def test_a_bar_starts_where_its_step_began() -> None:
    """The picture is evidence: half of the run is half of the width."""
    clean = RUNS[0]
    (step, *_) = clean.steps
    drawn = timeline(replace(clean, seconds=10, marks=(), steps=(replace(step, began=5.0, ended=7.5),)))
    bar = drawn.lanes[1].bars[0]
    assert (bar.span.left, bar.span.width) == (50, 25)


def test_what_never_ended_goes_on_to_the_end() -> None:
    """A step without an end and an outage without an end must not look short."""
    clean = RUNS[0]
    step = replace(clean.steps[0], began=4.0, ended=None)
    drawn = timeline(replace(clean, seconds=10, marks=(), steps=(step,), downtimes=(Downtime(8.0, None),)))
    assert drawn.lanes[1].bars[0].span.width == 60
    assert drawn.lanes[2].bars[1].span.width == 20


def test_the_fault_is_shaded_while_it_was_there() -> None:
    """A fault that was never cleared was there to the end."""
    marks = (Mark(MarkKind.FAULT_INJECTED, 2.0), Mark(MarkKind.FAULT_CLEARED, 6.0))
    bare = replace(RUNS[0], seconds=10, steps=(), marks=marks)
    there, still = timeline(bare).fault, timeline(replace(bare, marks=marks[:1])).fault
    assert there is not None
    assert still is not None
    assert (there.left, there.width, still.width) == (20, 40, 80)


def test_an_empty_run_can_be_drawn() -> None:
    """A run that ended before its first step is a run that somebody will want to look at."""
    assert timeline(replace(RUNS[0], seconds=0, steps=(), marks=(), monitors=(), downtimes=None)).height > 0


def test_a_missing_sample_is_a_gap() -> None:
    """A line through a time in which nobody measured would be invented data."""
    samples = ((0.0, 1.0), (1.0, 2.0), (2.0, None), (3.0, 1.0), (4.0, 1.0), (5.0, None), (6.0, 5.0))
    chart = sparkline(MonitorReport(name="m", quantity=Quantity.NUMBER, samples=samples), 10)
    assert chart is not None
    assert (len(chart.lines), len(chart.dots)) == (2, 1)
    assert sparkline(MonitorReport(name="m", quantity=Quantity.NUMBER, samples=((0.0, None),)), 10) is None


def test_a_peak_survives_thinning() -> None:
    """The one sample that fired a rule must be seen, among a hundred thousand that did not."""
    samples = tuple((float(at), 9.0 if at == 77_777 else 1.0) for at in range(100_000))
    chart = sparkline(MonitorReport(name="m", quantity=Quantity.NUMBER, samples=samples), 100_000)
    assert chart is not None
    points = [tuple(map(float, point.split(","))) for point in chart.lines[0].split(" ")]
    assert len(points) <= 400
    assert min(points, key=lambda point: point[1])[0] == 777.8
