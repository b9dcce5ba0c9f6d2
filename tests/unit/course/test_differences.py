"""How many differences a record takes, and that leaving some out changes nothing of what they mean."""

from hypothesis import given
from hypothesis import strategies as st

from wetrun.course.codec import plain
from wetrun.course.compare import compare
from wetrun.course.differences import MOST_BYTES, Change, Difference, bounded_differences, judge_differences
from wetrun.course.results import Verdict
from wetrun.course.state_values import StateKind, StateValue
from wetrun.journal.port import MAX_BODY, Entry, encode_body

COUNTED_REST = 200
"""Bytes that the difference that counts the rest may take at most."""

differences = st.lists(
    st.builds(
        Difference,
        st.sampled_from(Change),
        st.text(max_size=30),
        st.text(max_size=30),
        st.text(max_size=30),
        st.sampled_from([None, "it may"]),
    ),
    max_size=30,
).map(lambda found: sorted(found, key=lambda each: (each.reason is not None, each.change is Change.INCONCLUSIVE)))


@given(differences, st.integers(0, 3000))
def test_what_is_left_out_never_turns_the_verdict(found: list[Difference], room: int) -> None:
    """A state that differs in too many places to be listed is a state that differs, not one nobody could measure."""
    kept = bounded_differences(found, room)
    assert judge_differences(kept) is judge_differences(tuple(found))
    assert len(encode_body(Entry(0.0, "event", plain(kept))).encode()) <= room + COUNTED_REST


def test_the_largest_comparison_fits_into_one_record() -> None:
    """Thousands of files below the longest path that Linux takes: the run has an outcome all the same."""
    folder = "\x01" * 4000
    probes = 10
    tree = StateValue(StateKind.TREE, {f"{folder}/{number}": f"l {folder}" for number in range(1100)})
    found = compare(StateValue(StateKind.TREE, {}), tree, room=MOST_BYTES // probes)
    assert judge_differences(found) is Verdict.FAILED
    assert found[-1].entry == f"{1100 - len(found) + 1} more"
    detail = {f"probe {number}": found for number in range(probes)}
    assert len(encode_body(Entry(0.0, "event", plain(detail))).encode()) < MAX_BODY


def test_a_long_path_keeps_both_its_ends() -> None:
    """The file's name stands at the end, the application's folder at the beginning."""
    path = f"releases/{'d' * 3000}/settings.py"
    (found,) = compare(StateValue(StateKind.TREE, {}), StateValue(StateKind.TREE, {path: "d 755"}))
    assert found.entry.startswith("releases/")
    assert found.entry.endswith("/settings.py")
    assert len(found.entry) < 500
