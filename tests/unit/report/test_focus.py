"""A difference that is out of sight is no difference to its reader."""

from hypothesis import given
from hypothesis import strategies as st

from wetrun.report.focus import focused


def test_long_texts_are_cut_to_where_they_differ() -> None:
    """Two table definitions that begin alike for hundreds of characters must not look the same."""
    before, after = focused(
        "create table notes (" + "x" * 200 + ", old)", "create table notes (" + "x" * 200 + ", new)", 80
    )
    assert before is not None
    assert after is not None
    assert before.startswith("…")
    assert before[:80] != after[:80]
    assert "old" in before[:80]


@given(st.text(max_size=300), st.text(max_size=300), st.integers(60, 120))
def test_what_differs_is_seen_when_it_can_be(before: str, after: str, width: int) -> None:
    """Whatever the texts: when they differ, what is shown of them differs."""
    one, other = focused(before, after, width)
    assert one is not None
    assert other is not None
    assert before.endswith(one.removeprefix("…"))
    if before != after:
        assert one[:width] != other[:width]


def test_what_is_not_there_is_left_alone() -> None:
    """An entry that was added has nothing to be held against."""
    assert focused(None, "x" * 500, 80) == (None, "x" * 500)
