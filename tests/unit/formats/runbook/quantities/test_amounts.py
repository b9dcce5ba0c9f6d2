"""Numbers as people write them in running text."""

import pytest

from wetrun.formats.runbook.quantities.amounts import amount, duration_text, percentages, sayable, share_text, times
from wetrun.units import LONGEST, parse_probability


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("15 minutes total", 900.0, 900.0),
        ("+5-10 minutes additional", 300.0, 600.0),
        ("<8 minutes", None, 480.0),
        ("<10 minutes worst case", None, 600.0),
        ("5+ minutes", 300.0, None),
        ("250-400ms range", 0.25, 0.4),
        ("within 2 h", None, 7200.0),
        ("takes 2 to 3 min", 120.0, 180.0),
        ("1.5s", 1.5, 1.5),
        ("no more than 5 minutes", None, 300.0),
        ("not less than 2 min", 120.0, None),
        ("turnover 5 min", 300.0, 300.0),
        ("1 h 30 min", 5400.0, 5400.0),
        ("2m30s", 150.0, 150.0),
        ("up to 1h30m", None, 5400.0),
        ("1 hour and 30 minutes in all", 5400.0, 5400.0),
        ("30 s to 2 min", 30.0, 120.0),
        ("5 min – 10 min", 300.0, 600.0),
        ("between 5 and 10 minutes", 300.0, 600.0),
        ("5 min, then 30 s", 300.0, 300.0),
        ("1,500 ms", 1.5, 1.5),
        ("0,5 s", 0.5, 0.5),
    ],
)
def test_times(text: str, low: float | None, high: float | None) -> None:
    """A limit that is read as a value, or minutes as seconds, makes nonsense of a forecast."""
    found = times(text)[0]
    assert (found.low, found.high) == (low, high)


@pytest.mark.parametrize("text", ["v1.2s", "abc5d", "port 8080", "64.20.37.1", "4/4 done", "2025-01-24", "3d4f5a1"])
def test_what_is_no_time(text: str) -> None:
    """Versions, names and dates must not become durations."""
    assert times(text) == []


@pytest.mark.parametrize(
    ("text", "low", "high"), [("5 % – 8 %", 0.05, 0.08), ("5-8%", 0.05, 0.08), ("between 2 and 3 %", 0.02, 0.03)]
)
def test_ranges_of_shares(text: str, low: float, high: float) -> None:
    """Of a range whose first end has its own sign, that end alone would be the probability."""
    (found,) = percentages(text)
    assert (found.low, found.high) == (low, high)


def test_shares() -> None:
    """Percentages are fractions from here on."""
    assert [each.low for each in percentages("8% here, 0.5 % there")] == [0.08, 0.005]


@pytest.mark.parametrize(
    ("text", "unit", "low"), [("80MB", "B", 80e6), ("2 GiB", "B", 2 * 2.0**30), ("95%", "%", 0.95), ("9", "", 9.0)]
)
def test_units(text: str, unit: str, low: float) -> None:
    """The unit decides what is compared."""
    found = amount(text)
    assert found is not None
    assert (found.unit, found.low) == (unit, low)


@pytest.mark.parametrize(
    ("low", "high", "text"),
    [
        (120.0, 180.0, "2-3m"),
        (None, 480.0, "8m"),
        (0.25, 0.4, "250-400ms"),
        (90.0, 90.0, "90s"),
        (8.64e16, 8.64e16, "24000000000000h"),
        (1e-9, 1e-9, "0.000001ms"),
    ],
)
def test_durations_as_a_plan_writes_them(low: float | None, high: float | None, text: str) -> None:
    """The plan's reader must read what is written for it."""
    assert duration_text(low, high) == text


@pytest.mark.parametrize(("share", "text"), [(0.97, "97%"), (0.085, "8.5%"), (1e-9, "0.0000001%"), (0.0, "0%")])
def test_shares_as_a_plan_writes_them(share: float, text: str) -> None:
    """No plan is written with an exponent, however rare something is."""
    assert share_text(share) == text
    assert parse_probability(text) == pytest.approx(share)


@pytest.mark.parametrize("text", ["84444444 days", "< 84444444d", "876600-900000 h", "36525 d 1 h"])
def test_what_no_plan_can_say_is_told_apart(text: str) -> None:
    """A plan waits a hundred years at most: a typing error in one number must not be the end of the document."""
    (found,) = times(text)
    assert not sayable(found.low, found.high)
    (longest,) = times("36525 days")
    assert sayable(longest.low, longest.high)
    assert longest.high == LONGEST
