"""Quantities as people write them: what is written is read back, and what has no single meaning is refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wetrun.units import (
    LONGEST,
    TooMuchError,
    UnitError,
    format_bytes,
    format_seconds,
    parse_bytes,
    parse_probability,
    parse_seconds,
)


@given(st.floats(0, 1e7))
def test_a_duration_that_is_written_is_read_back(value: float) -> None:
    """Reports write durations, and people copy them into plans: both must mean the same, to the digit that is shown."""
    shown = 0.0005 if value < 0.9995 else 0.05 if value < 59.95 else 0.5 if value < 3599.5 else 30
    assert abs(parse_seconds(format_seconds(value)) - value) <= shown * (1 + 1e-9)


@given(st.integers(0, 10**14))
def test_a_size_that_is_written_is_read_back(value: int) -> None:
    """As for durations; a size that is off by a unit would let a leak pass."""
    shown = next((size * 0.05 for size in (10**9, 10**6, 10**3) if value >= size), 0)
    assert abs(parse_bytes(format_bytes(value)) - value) <= shown * (1 + 1e-9)


@given(st.floats(0, 1e7), st.floats(0, 1e7))
def test_a_longer_duration_is_never_written_as_a_shorter_one(one: float, other: float) -> None:
    """Where the units change the text must not jump back: `60.0 s` before `1 m 00 s` would."""
    short, long = sorted((one, other))
    assert parse_seconds(format_seconds(short)) <= parse_seconds(format_seconds(long))


@given(st.integers(0, 100))
def test_three_ways_to_write_a_probability(percent: int) -> None:
    """`8%`, `0.08` and `8/100` are one probability."""
    ways = (f"{percent}%", f"{percent / 100:.2f}", f"{percent}/100")
    assert [parse_probability(way) for way in ways] == pytest.approx([percent / 100] * 3)


@pytest.mark.parametrize(
    ("text", "seconds"), [("90s", 90), ("5m", 300), ("5 min", 300), ("1h30m", 5400), ("300ms", 0.3)]
)
def test_durations(text: str, seconds: float) -> None:
    """What the documentation shows."""
    assert parse_seconds(text) == pytest.approx(seconds)


@pytest.mark.parametrize("text", ["", "90", "s", "5 m 3", "-5s", "1.2.3s", "5 minutes", "nan s", "9" * 400 + "s"])
def test_what_is_not_a_duration(text: str) -> None:
    """A number without a unit has been read as seconds and as milliseconds by different tools: so it is refused."""
    with pytest.raises(UnitError):
        parse_seconds(text)


@pytest.mark.parametrize(
    "text", ["100000000d", "1" + "0" * 26 + "d", "36526d", "1h" + "9" * 300 + "d", "1" + "0" * 400 + "ms"]
)
def test_no_duration_is_longer_than_a_hundred_years(text: str) -> None:
    """It was shown as `1e+26 d`, and every forecast with it was about nothing else."""
    with pytest.raises(TooMuchError, match="100 years"):
        parse_seconds(text)
    assert parse_seconds("36525d") == LONGEST


@pytest.mark.parametrize("text", ["1152921505GB", "9" * 30 + "B"])
def test_no_size_is_larger_than_any_disk(text: str) -> None:
    """As for durations: a zero too many is found where it is written."""
    with pytest.raises(TooMuchError, match="1 EiB"):
        parse_bytes(text)


@pytest.mark.parametrize("text", ["", "80", "80 mb", "80M", "-1MB", "1e3MB", "9" * 400 + "MB"])
def test_what_is_not_a_size(text: str) -> None:
    """`mb` may be millibits, megabits or megabytes; nobody knows which was meant."""
    with pytest.raises(UnitError):
        parse_bytes(text)


@pytest.mark.parametrize("text", ["", "101%", "1.01", "3/2", "1/0", "-1%", "often", "9" * 400 + "/" + "9" * 400])
def test_what_is_not_a_probability(text: str) -> None:
    """A probability above 1, or none at all, would make nonsense of every number that is computed from it."""
    with pytest.raises(UnitError):
        parse_probability(text)
