"""Names that mean the same: what is taken for another thing is compared with the wrong number."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wetrun.plan.likeness import Likeness, alike

NAMES = st.lists(st.sampled_from(["disk", "disks", "full", "the", "slow", "1", "2"]), max_size=4).map(" ".join)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Database Failure", "Database Connection Failure", True),
        ("Build Warnings", "Scenario 4: Build Warning Escalation", True),
        ("Disk full", "Disk slow", False),
        ("The", "Disk", False),
        ("", "", False),
    ],
)
def test_names_that_mean_the_same(one: str, other: str, same: bool) -> None:  # noqa: FBT001 - expected
    """A table shortens the names of scenarios; two that only share a word are two."""
    assert alike(one, other) is same
    assert (one in Likeness([other])) is same


@given(NAMES, st.lists(NAMES, max_size=6))
def test_looking_up_is_comparing_with_each(name: str, names: list[str]) -> None:
    """The index is there for speed alone: it may find no other names than comparing would."""
    assert (name in Likeness(names)) is any(alike(name, other) for other in names)
