"""What the record keeps of an output, whatever a command prints."""

from hypothesis import given
from hypothesis import strategies as st

from wetrun.course.bounding import MOST_KEPT, bounded
from wetrun.course.codec import plain
from wetrun.course.results import Observed, Output
from wetrun.journal.port import MAX_BODY, Entry, encode_body


@given(st.text(max_size=200), st.integers(0, MOST_KEPT))
def test_a_short_output_is_kept_whole(text: str, size: int) -> None:
    """Most outputs are short, and every byte of them may be the one that explains the failure."""
    observed = Observed(stdout=Output(text, size), body=Output(text[::-1], size))
    assert bounded(observed) == observed


@given(st.integers(MOST_KEPT + 1, 5 * MOST_KEPT), st.text(min_size=1, max_size=20), st.text(min_size=1, max_size=20))
def test_a_long_output_keeps_its_head_and_its_tail(length: int, head: str, tail: str) -> None:
    """What went wrong stands at one of the ends; the reader is told that the middle is missing, and how much of it."""
    text = head + "x" * (length - len(head) - len(tail)) + tail
    kept = bounded(Observed(stderr=Output(text, 7 * length))).stderr
    assert kept.cut
    assert kept.size == 7 * length
    assert kept.text.startswith(head)
    assert kept.text.endswith(tail)
    assert f"{length - MOST_KEPT} characters left out" in kept.text


def test_the_worst_output_still_fits_into_one_record() -> None:
    """A record that is refused would end the run because of what a command printed."""
    worst = Output("\x01" * 10**6, 10**6)
    observed = bounded(Observed(stdout=worst, stderr=worst, body=worst, rows=[["x" * 10**6]]))
    assert observed.rows is None
    assert len(encode_body(Entry(0.0, "event", plain(observed)))) < MAX_BODY
