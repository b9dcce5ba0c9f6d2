"""Which word was meant."""

import pytest

from wetrun.formats.decode.nearest import did_you_mean, nearest

KNOWN = ("rollback", "recoveries", "readiness", "phases", "on_failure", "on_unknown")


@pytest.mark.parametrize(
    ("word", "meant"),
    [
        ("rolback", "rollback"),
        ("rollbakc", "rollback"),
        ("Phases", "phases"),
        ("phsaes", "phases"),
        ("on-failure", "on_failure"),
        ("on failure", "on_failure"),
        ("recovery", "recoveries"),
        ("zebra", None),
        ("", None),
        ("x" * 10_000, None),
    ],
)
def test_the_nearest_word_is_found_when_it_is_near(word: str, meant: str | None) -> None:
    """A good guess saves a look into the documentation; a wild one costs trust."""
    assert nearest(word, KNOWN) == meant


def test_without_a_near_word_few_known_ones_are_listed() -> None:
    """Three words are an answer, forty are noise."""
    assert did_you_mean("zebra", ("a_long_word", "another")) == "known: `a_long_word`, `another`"
    assert did_you_mean("zebra", [f"word{n}" for n in range(40)], none="see the reference") == "see the reference"
