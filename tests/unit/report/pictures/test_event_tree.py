"""The tree of events: what is left out for want of room must not take the names of what stays with it."""

import re
from html import unescape

from wetrun.report.pictures.drawing import NARROW, WIDE
from wetrun.report.pictures.event_tree import Event, event_tree


def crowded(strikes: int) -> Event:
    """A plan with many scenarios, each of which is nearly always rolled back, and hardly ever something else."""
    ways = tuple(
        Event(
            f"scenario-{number} strikes before Deploy/step-{number}",
            1 / (strikes + 1),
            next=(
                Event("rollback", 0.999, next=(Event("rolled-back", 0.99), Event("stuck", 0.01))),
                Event("escaped", 0.001),
            ),
        )
        for number in range(strikes)
    )
    return Event("the plan begins", 1.0, next=(Event("deployed", 1 / (strikes + 1)), *ways))


def lines(drawn: str) -> list[str]:
    """Every text of a drawing."""
    return [unescape(one) for one in re.findall(r"<text[^>]*>(?:<[^>]*>)?([^<]*)<", drawn)]


def test_every_end_keeps_the_name_of_what_struck() -> None:
    """`rolled-back 3 %` thirty times over says nothing; whose strike it was is what people look for."""
    for width in (WIDE, NARROW):
        written = lines(event_tree(crowded(20), width, most=25).body)
        for number in range(20):
            assert any(one.startswith((f"scenario-{number} ", f"scenario-{number}…")) for one in written)
    ends = [one for one in lines(event_tree(crowded(20), WIDE, most=25).body) if one.endswith("→ rolled-back")]
    assert len(ends) == 20
    wide = event_tree(crowded(20), WIDE, most=25)
    assert "scenario-7 strikes before Deploy/step-7 → rollback → rolled-back" in wide.words
    assert "scenario-7 strikes" in " ".join(lines(wide.body))


def test_a_tree_with_room_has_a_row_for_everything() -> None:
    """Where nothing is left out nothing is drawn together."""
    written = lines(event_tree(crowded(3), WIDE).body)
    assert written.count("rolled-back") == 3
    assert not any("→" in one for one in written)


def test_the_likeliest_comes_first() -> None:
    """Forty-nine rows that begin with the rarest say last what nearly always happens."""
    ways = (
        Event("leak", 0.1, next=(Event("stuck", 0.25), Event("rolled-back", 0.75))),
        Event("crash", 0.3),
        Event("fine", 0.6),
    )
    written = lines(event_tree(Event("it begins", 1.0, next=ways), WIDE).body)
    told = [one for one in written if "%" not in one]
    assert told == ["it begins", "fine", "crash", "leak", "rolled-back", "stuck"]


def test_what_is_likeliest_and_goes_on_is_drawn_behind_what_leaves_it() -> None:
    """A thousand steps that each nearly always go on are one straight way, not a stair that leaves the page."""
    way = Event("step", 0.9, next=(Event("fine", 0.99), Event("fails late", 0.01)))
    written = lines(event_tree(Event("it begins", 1.0, next=(way, Event("fails", 0.1))), WIDE).body)
    assert [one for one in written if "%" not in one] == ["it begins", "fails", "step", "fine", "fails late"]


def test_what_is_missing_below_is_told_once() -> None:
    """Rare things left out everywhere are one line at the end, not one row each; what is drawn keeps its numbers."""
    tree = Event("it begins", 1.0, next=(Event("fine", 0.9), Event("leak", 0.08, next=(Event("rolled-back", 0.75),))))
    drawing = event_tree(tree, WIDE)
    assert [one for one in lines(drawing.body) if "not drawn" in one] == [
        "less likely ends are not drawn; together 4 %"
    ]
    assert drawing.words.endswith("fine 90 %; rolled-back 6 %; less likely ends are not drawn; together 4 %")
