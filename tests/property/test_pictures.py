"""Pictures for any names and numbers: well-formed, inside their frame, and nothing in them that could run."""

import re
from itertools import accumulate
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from random_examples import examples
from sample_pictures import TONES
from wetrun.report.pictures.drawing import NARROW, WIDE, Drawing, Tone, inline, standalone
from wetrun.report.pictures.duration_curve import DurationCurve, duration_curves
from wetrun.report.pictures.event_tree import Event, event_tree
from wetrun.report.pictures.lettering import SIZE, fitted, width_of
from wetrun.report.pictures.outcome_bar import OutcomeShare, outcome_bar
from wetrun.report.pictures.rollout_ends import RolloutEnd, rollout_ends
from wetrun.report.pictures.tornado import Swing, tornado

NUMBERS = re.compile(r"-?\d+(?:\.\d+)?")
HOSTILE = [
    "</svg><script>alert(1)</script>",
    '" onload="alert(1)',
    "\x1b[31m\x00\x0b",
    "\ud800",
    "部署" * 40,
    "W" * 300,
    "",
]

names = st.sampled_from(HOSTILE) | st.text(max_size=60)
tones: st.SearchStrategy[Tone] = st.sampled_from(TONES)
chances = st.floats(0, 1) | st.sampled_from([0.0, 1.0, 5e-324, 1e-8, 1e-300, 1 - 1e-16])
widths = st.sampled_from([WIDE, NARROW])
times = st.floats(0, 1e9) | st.sampled_from([0.0, 1e-9, 300.0])


@st.composite
def shares(draw: st.DrawFn) -> OutcomeShare:
    ends = sorted((draw(chances), draw(chances)))
    return OutcomeShare(draw(names), draw(chances), draw(tones), draw(st.none() | st.just((ends[0], ends[1]))))


@st.composite
def curves(draw: st.DrawFn) -> DurationCurve:
    moments = sorted(draw(st.lists(times, max_size=12, unique=True)))
    steps = list(accumulate(draw(st.floats(0, 1)) + 1e-9 for _ in moments))
    reached = tuple((time, step / steps[-1]) for time, step in zip(moments, steps, strict=True))
    quantiles = () if not reached else tuple(zip((0.05, 0.5, 0.95), sorted(draw(times) for _ in range(3)), strict=True))
    return DurationCurve(draw(names), draw(tones), draw(st.none() | chances), reached, quantiles)


@st.composite
def rollouts(draw: st.DrawFn) -> RolloutEnd:
    ends = sorted((draw(chances), draw(chances)))
    users = draw(st.none() | times | st.sampled_from([1e-300, 1e300]))
    interval = draw(st.none() | st.just((ends[0], ends[1])))
    return RolloutEnd(draw(names), draw(tones), draw(chances), draw(names), interval, users, draw(names))


swings = st.builds(Swing, names, chances, chances, names, names)


@st.composite
def events(draw: st.DrawFn, depth: int = 4) -> Event:
    count = draw(st.integers(0, 3)) if depth else 0
    parts = [draw(st.floats(1e-9, 1)) for _ in range(count)]
    branches = tuple(draw(events(depth - 1)) for _ in parts)
    following = tuple(
        Event(one.label, part / sum(parts), one.tone, one.next) for one, part in zip(branches, parts, strict=True)
    )
    return Event(draw(names), 1.0, draw(tones), following)


def local(element: ET.Element) -> str:
    return element.tag.rsplit("}", 1)[-1]


def reach(element: ET.Element) -> tuple[list[float], list[float]]:
    """All abscissas and all ordinates that an element draws at; texts with the width that they need."""
    get = element.attrib
    match local(element):
        case "rect":
            x, y, wide, high = (float(get[key]) for key in ("x", "y", "width", "height"))
            return [x, x + wide], [y, y + high]
        case "line":
            return [float(get["x1"]), float(get["x2"])], [float(get["y1"]), float(get["y2"])]
        case "circle":
            x, y, r = (float(get[key]) for key in ("cx", "cy", "r"))
            return [x - r, x + r], [y - r, y + r]
        case "text":
            x, y = float(get["x"]), float(get["y"])
            size = 11.5 if "small" in get.get("class", "") else SIZE
            # Names are checked with their own estimate, as there is no browser here; one is asked in tests/report.
            wide = width_of("".join(element.itertext()), size)
            left = x - {"start": 0.0, "middle": wide / 2, "end": wide}[get.get("text-anchor", "start")]
            return [left, left + wide], [y - 10, y + 3]
        case _:
            return [], []


def check(drawing: Drawing) -> None:
    for written in (inline(drawing), standalone(drawing)):
        root = ET.fromstring(written.encode())  # noqa: S314 - it is our own
        elements = list(root.iter())
        assert {local(one) for one in elements} <= {
            *("svg", "title", "desc", "style", "g", "rect", "line", "circle", "path", "text")
        }
        for one in elements:
            assert not [key for key in one.attrib if key.startswith("on") or key in {"href", "style"}]
            assert not any(word in value for value in one.attrib.values() for word in ("nan", "inf", "e+", "e-"))
    root = ET.fromstring(inline(drawing).encode())  # noqa: S314 - it is our own
    assert root.attrib["role"] == "img"
    assert [local(one) for one in root][:2] == ["title", "desc"]
    for one in root.iter():
        across, down = reach(one)
        assert all(-0.02 <= x <= drawing.width + 0.02 for x in across), (local(one), one.attrib, across)
        assert all(-0.02 <= y <= drawing.height + 0.02 for y in down), (local(one), one.attrib, down)
        if local(one) == "path":
            numbers = [float(number) for number in NUMBERS.findall(one.attrib["d"])]
            assert all(-0.02 <= number <= max(drawing.width, drawing.height) + 0.02 for number in numbers)


@settings(deadline=None, max_examples=examples(60))
@given(st.lists(shares(), min_size=1, max_size=30), widths)
def test_outcome_bars_stay_in_their_frame(parts: list[OutcomeShare], width: float) -> None:
    """Names come from strangers' plans and numbers span 300 orders of magnitude: neither may break the page."""
    check(outcome_bar(parts, width))


@settings(deadline=None, max_examples=examples(60))
@given(st.lists(curves(), min_size=1, max_size=12), widths)
def test_duration_curves_stay_in_their_frame(parts: list[DurationCurve], width: float) -> None:
    """A constant time, a year and a nanosecond may stand on one axis."""
    check(duration_curves(parts, width))


@settings(deadline=None, max_examples=examples(60))
@given(names, chances, st.lists(swings, max_size=20), widths)
def test_tornados_stay_in_their_frame(outcome: str, base: float, parts: list[Swing], width: float) -> None:
    """Inputs that move nothing are drawn too; their labels must still have room."""
    check(tornado(outcome, base, parts, width))


@settings(deadline=None, max_examples=examples(60))
@given(events(), widths, st.integers(2, 40))
def test_event_trees_stay_in_their_frame(start: Event, width: float, most: int) -> None:
    """A tree may be wide, deep, or a single event."""
    check(event_tree(start, width, most))


@settings(deadline=None, max_examples=examples(60))
@given(st.lists(rollouts(), min_size=1, max_size=14), widths, st.sampled_from([0, 1, 99_990]))
def test_rollouts_stay_in_their_frame(parts: list[RolloutEnd], width: float, more: int) -> None:
    """Users × time may be nothing, or more than there are seconds in the universe, or not stated."""
    check(rollout_ends(parts, width, more=more))


def test_a_plan_of_a_thousand_steps_is_still_a_picture() -> None:
    """A tree a thousand deep must neither overflow the stack nor the page: what is unlikely is counted, not drawn."""
    here = Event("deployed", 1.0, "good")
    for number in range(1000):
        here = Event(f"step {number}", 0.999, "plain", (here, Event(f"failed at {number}", 0.001, "bad")))
    here = Event("start", 1.0, "plain", (here,))
    drawing = event_tree(here)
    assert drawing.height < 60 * 26 + 60
    assert "less likely ends are not drawn" in drawing.body


@given(names, st.floats(0, 400))
def test_a_fitted_text_fits(words: str, width: float) -> None:
    """What is cut must be cut enough, for any script; and what fits must not be touched."""
    assert width_of(fitted(words, width)) <= width


@pytest.mark.parametrize("name", HOSTILE)
def test_identifiers_are_safe(name: str) -> None:
    """A picture's name becomes an identifier that a label refers to."""
    drawing = outcome_bar([OutcomeShare("deployed", 1.0, "good")], name=name)
    root = ET.fromstring(inline(drawing))  # noqa: S314 - it is our own
    identifiers = {one.attrib["id"] for one in root.iter() if "id" in one.attrib}
    assert set(root.attrib["aria-labelledby"].split()) == identifiers
    assert all(re.fullmatch(r"[a-z0-9-]+", identifier) for identifier in identifiers)
