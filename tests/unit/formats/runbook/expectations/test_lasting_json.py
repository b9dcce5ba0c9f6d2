"""Answers in JSON: what is another one each time must not be held against the next run, and the rest must be."""

import pytest

from wetrun.formats.runbook.expectations.expecting import expectation_of
from wetrun.formats.runbook.expectations.lasting_json import lasting
from wetrun.plan.expectations import JsonValue


@pytest.mark.parametrize(
    ("shown", "kept"),
    [
        ({"status": "ok", "timestamp": "2024-05-01T10:00:00Z"}, {"status": "ok"}),
        ({"status": "ok", "uptime": 1234.5, "pid": 4321}, {"status": "ok"}),
        ({"db": {"status": "up", "responseTime": 12, "latency_ms": 3}}, {"db": {"status": "up"}}),
        ({"id": "7f1c2b8e-2f63-4b7e-9d5c-0c1b2a3d4e5f", "name": "a"}, {"name": "a"}),
        ([{"createdAt": "2024-05-01", "n": 1}], [{"n": 1}]),
        ({"uptime": "3 days"}, {}),
    ],
)
def test_what_varies_is_left_open(shown: JsonValue, kept: JsonValue) -> None:
    """An exact time of day in an answer can never come again: the step would fail in every rehearsal."""
    assert lasting(shown) == kept


@pytest.mark.parametrize(
    "shown",
    [
        {"version": "1.2.3", "count": 56, "enabled": True, "rate": 0.5},
        {"timezone": "UTC", "timeout": 30, "runtime": "node20", "format": "2x", "timestamped": True},
        {"latency": None, "duration": {"limit": 5}, "at": "the door"},
    ],
)
def test_what_lasts_is_kept(shown: JsonValue) -> None:
    """What is left open without need is a check that the author wrote and nobody makes."""
    assert lasting(shown) == shown


def test_what_is_left_open_is_marked() -> None:
    """The person who finishes the draft has to see that the expectation is less than what the runbook shows."""
    wanted = expectation_of("curl -s x.test", '{"status": "ok", "uptime": 12}', (), literal=False)
    assert wanted.expect == {"json": {"subset": {"status": "ok"}}}
    assert wanted.guess is not None
    assert expectation_of("curl -s x.test", '{"status": "ok"}', (), literal=False).guess is None


def test_an_answer_in_code_is_json_too() -> None:
    """In tables answers stand between backticks; blanks, and further keys, are no difference."""
    wanted = expectation_of("curl -s x.test", '`{"status":"UP"}`', (), literal=False)
    assert wanted.expect == {"json": {"subset": {"status": "UP"}}}
