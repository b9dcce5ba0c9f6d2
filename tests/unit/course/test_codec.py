"""Values as the record holds them."""

import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wetrun.course.codec import plain
from wetrun.journal.port import Entry, encode_body

anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(codec=None)),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(st.characters(codec=None)), inner),
    max_leaves=10,
)


@given(anything)
def test_whatever_was_observed_can_be_recorded(value: object) -> None:
    """Half a surrogate pair in a service's JSON, or an infinite number from a database, must not end the run."""
    encode_body(Entry(0.0, "event", plain(value))).encode()


@pytest.mark.parametrize(("value", "told"), [(math.inf, "inf"), (-math.inf, "-inf"), (math.nan, "nan"), (0.5, 0.5)])
def test_a_number_that_json_does_not_know_is_told_as_text(value: float, told: object) -> None:
    """It is what was observed, so it has to be seen; and what reads the record knows JSON only."""
    assert json.loads(encode_body(Entry(0.0, "event", plain([value])))) == [told]


@given(st.text())
def test_a_text_stays_as_it_is(text: str) -> None:
    """Whole characters, those beyond the first 65536 included, are recorded as they were seen."""
    assert plain({text: [text]}) == {text: [text]}
