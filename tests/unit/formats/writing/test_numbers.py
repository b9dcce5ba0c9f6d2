"""Numbers as a plan writes them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wetrun.formats.writing.numbers import number_text


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (0.0000008, "0.0000008"),
        (8e11, "800000000000"),
        (1e-9 / 0.001, "0.000001"),
        (0.25 / 0.001, "250"),
        (999999999999.5, "999999999999.5"),
        (-0.5, "-0.5"),
        (0.0, "0"),
    ],
)
def test_no_number_has_an_exponent(number: float, text: str) -> None:
    """A plan's reader takes none, and a person should not have to."""
    assert number_text(number) == text


@given(st.floats(1e-9, 1e16))
def test_a_number_is_read_as_it_was(number: float) -> None:
    """What is written for a plan means the same in it."""
    assert float(number_text(number)) == pytest.approx(number, rel=1e-10)
