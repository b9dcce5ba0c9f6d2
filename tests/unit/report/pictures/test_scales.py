"""Numbers as people read them."""

import pytest

from wetrun.report.blocks import bar, hill
from wetrun.report.pictures.cumulative import quantile_of, reached_at
from wetrun.report.pictures.scales import chance, linear_ticks, points, short_time, time_ticks
from wetrun.simulate.questions.words import percent


@pytest.mark.parametrize(
    ("probability", "words"),
    [
        (0.0, "0"),
        (1.0, "100 %"),
        (0.9643079366, "96.4 %"),
        (0.000165, "0.0165 %"),
        (9.276e-8, "9.3 × 10⁻⁸"),
        (9.99e-5, "1.0 × 10⁻⁴"),
        (0.9999, "99.99 %"),
        (0.99999999, "99.999999 %"),
        (1 - 1e-16, "> 99.999999999 %"),
    ],
)
def test_chances_in_words(probability: float, words: str) -> None:
    """A rare outcome must never read as impossible, nor a likely one as certain."""
    assert chance(probability) == words


def test_points_in_words() -> None:
    """Differences of probabilities are points, with a sign."""
    assert [points(value) for value in (0.015, -0.0203, 0.0, 3e-6, -1e-9)] == [
        "+1.5",
        "\N{MINUS SIGN}2.03",
        "±0",
        "+0.0003",
        "\N{MINUS SIGN}1e-07",
    ]


def test_ticks_are_round_and_few() -> None:
    """An axis with odd or crowded numbers cannot be read."""
    assert linear_ticks(-0.021, 0.016, 4) == (-0.02, -0.01, 0.0, 0.01)
    assert time_ticks(0, 4200, 6) == (0, 900, 1800, 2700, 3600)
    assert len(time_ticks(0, 1e9, 5)) <= 5
    assert linear_ticks(1, 1, 5) == (1,)


def test_short_times() -> None:
    """Labels have little room; no time may read as another."""
    assert [short_time(value) for value in (0, 0.35, 12, 2199, 3600, 9000, 259200)] == [
        "0",
        "350 ms",
        "12 s",
        "36:39 m",
        "1 h",
        "2:30 h",
        "3 d",
    ]
    assert [short_time(86400 * days) for days in (9999, 25940, 1.25e9)] == [
        "9999 d",
        "25 940 d",
        "1.2 × 10⁹ d",
    ]


def test_odds_read_the_same_in_sentences_and_tables() -> None:
    """`3.7e-08 %` below `3.7 × 10⁻¹⁰` looks like another number."""
    for value in (6.27e-15, 3.7e-10, 0.0002, 0.5, 0.99952, 0.999999999999988, 1.0):
        assert percent(value) == chance(value)
    assert percent(0.0) == "0 %"


def test_curves_are_read_in_both_directions() -> None:
    """The picture's quantiles and heights come from one curve, and must agree."""
    curve = ((10.0, 0.0), (20.0, 0.5), (40.0, 1.0))
    assert quantile_of(curve, 0.25) == 15
    assert reached_at(curve, 15) == 0.25
    assert (reached_at(curve, 9), reached_at(curve, 99)) == (0.0, 1.0)


def test_a_hill_of_blocks_shows_where_the_time_goes() -> None:
    """On a terminal a distribution is a row of blocks; small parts must show, empty ones must not."""
    curve = ((0.0, 0.0), (1.0, 0.9), (3.0, 0.9), (4.0, 1.0))
    assert hill(curve, 4, (0, 4)) == "█  ▁"
    assert hill(((5.0, 1.0),), 3) == "█  "
    assert hill((), 3) == "   "


def test_a_bar_of_blocks_never_hides_what_is_rare() -> None:
    """A chance of 1e-8 is not none."""
    assert [bar(part, 4) for part in (0, 1e-8, 0.5, 1)] == ["    ", "▏   ", "██  ", "████"]
