"""Cleaning holds for every text, not only for the nasty ones that we thought of."""

import re

from hypothesis import given
from hypothesis import strategies as st

from wetrun.report.cleaning import clean, clean_line

TEXTS = st.text(st.characters()) | st.text("\x1b[]0;m\x07\x08\r\n\x9bab\\PX^_\x00\u202e\ud800") | st.text("a\x08\r\n")
BAD = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


@given(TEXTS)
def test_nothing_that_steers_is_left(text: str) -> None:
    """Whatever is shown can be encoded, and neither a terminal nor a browser acts on it."""
    cleaned = clean(text)
    assert not BAD.search(cleaned)
    assert cleaned.encode().decode() == cleaned


@given(TEXTS)
def test_cleaning_twice_is_cleaning_once(text: str) -> None:
    """Templates clean whatever they print; what was cleaned before must not change again."""
    assert clean(clean(text)) == clean(text)


@given(TEXTS, st.integers(5, 50))
def test_a_line_is_bounded(text: str, limit: int) -> None:
    """One value must never push the others out of a table."""
    line = clean_line(text, limit)
    assert len(line) <= limit
    assert "\n" not in line


@given(st.text(st.characters(categories=["L", "N", "P", "S", "Zs"])))
def test_harmless_text_stays_as_it_is(text: str) -> None:
    """A report that changes what was printed is no evidence."""
    assert clean(text) == text
