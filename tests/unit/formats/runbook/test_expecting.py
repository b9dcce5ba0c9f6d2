"""What somebody writes about a result, and the expectation that it becomes."""

import re
from typing import Any

import pytest

from wetrun.formats.runbook.expecting import expectation_of
from wetrun.formats.runbook.remarks import Tone, read_marker

CURL_TIME = "curl -w '%{time_total}' -s https://x.test"


def _expect(command: str, comment: str) -> dict[str, Any]:
    marker = read_marker(comment)
    assert marker.tone is Tone.EXPECTED
    return expectation_of(command, marker.rest, (), literal=marker.literal).expect


@pytest.mark.parametrize(
    ("command", "comment", "expect"),
    [
        ("x", "Expected Output: 9", {"stdout": "9"}),
        ("x", "Expected Output: 56 (confirms it)", {"stdout": "56"}),
        ("x", "Expected: 310+", {"stdout": {"number": ">= 310"}}),
        ("x", "Expected: at least 3", {"stdout": {"number": ">= 3"}}),
        ("x", "Should be > 0", {"stdout": {"number": "> 0"}}),
        ("x", "Expected: 250-400", {"stdout": {"number": "250-400"}}),
        ("x", "< 500ms", {"time": "<= 500ms"}),
        (CURL_TIME, "Expected: < 500ms", {"stdout": {"number": "< 0.5"}}),
        (CURL_TIME, "Expected Output: 0.350 (within 250-400ms)", {"stdout": {"number": "<= 0.4"}}),
        ("curl -I x", "HTTP/1.1 301 Moved Permanently", {"stdout": {"matches": r"\b301\b"}}),
        ("curl -w '%{http_code}' x", "Should return 200", {"stdout": {"matches": r"\b200\b"}}),
        ("x", "should fail", {"fails": True}),
        ("x", "Expected: exit code 3", {"exit": 3}),
        ("x", "Should succeed", {"exit": 0}),
        ("x", "✅ Success", {"exit": 0}),
        ("x", "Expected: no output", {"stdout": ""}),
        ("x", "Expected: `active`", {"output": {"contains": "active"}}),
        ("x", "should print PONG", {"output": {"contains": "PONG"}}),
        ("x", "Output: v1.* (glob)", {"stdout": {"lines": ["...", "v1.*", "..."]}}),
        ("x", r"Output: v\d+ (re)", {"stdout": {"matches": r"^(?:v\d+)$"}}),
        ("x", 'Expected: {"a": {"b": 1, ...}}', {"json": {"subset": {"a": {"b": 1}}}}),
        ("x", "Expected: [1, ...]", {"json": {"subset": [1, "..."]}}),
    ],
)
def test_what_can_be_checked(command: str, comment: str, expect: dict[str, Any]) -> None:
    """These are the shapes in which real runbooks say what they expect."""
    assert _expect(command, comment) == expect


@pytest.mark.parametrize(
    "comment",
    [
        "Expected: the service comes back",
        "Should look as before",
        "Expected: 200 OK",
        "Expected: Tag created successfully",
        "Should return to ~45-50mb baseline",
        "Expected: (re",
    ],
)
def test_prose_is_unverified(comment: str) -> None:
    """What no machine can check must be said, and must never pass."""
    marker = read_marker(comment)
    found = expectation_of("curl -s x", marker.rest, (), literal=marker.literal)
    assert found.expect == {}
    assert len(found.unverified) == 1


@pytest.mark.parametrize(
    ("comment", "passes", "fails"),
    [
        ("Should be 20.x", "v20.11.1", "v120.1"),
        ("Should be 20.x", "20.0", "v18.20.1"),
        ("Expected: 18+", "v18.0.0", "v16.20.2"),
        ("Expected: v18+", "v20.1.0", "v9.9.9"),
        ("Expected: 3.11+", "Python 3.13.1", "Python 3.9.18"),
        ("Expected: 3.11+", "Python 4.0", "Python 2.7.18"),
        ("Expected: Node 20 or later", "21.0.0", "19.9"),
    ],
)
def test_versions_are_compared_as_numbers(comment: str, passes: str, fails: str) -> None:
    """`9` is not more than `18`, and `120` is no `20`."""
    marker = read_marker(comment)
    wanted = expectation_of("node --version", marker.rest.removeprefix("Node "), (), literal=False)
    pattern = wanted.expect["output"]["matches"]
    assert re.search(pattern, passes)
    assert not re.search(pattern, fails)


@pytest.mark.parametrize(
    ("comment", "tone"),
    [
        ("Potential Output:", Tone.POSSIBLE),
        ("Look for: errors", Tone.LOOK),
        ("Verify: it runs", Tone.LOOK),
        ("Connect to the server", Tone.PROSE),
        ("Expected Action: Continue", Tone.PROSE),
        ("Time Cost: +2-3 minutes", Tone.PROSE),
    ],
)
def test_what_is_no_expectation(comment: str, tone: Tone) -> None:
    """An explanation that became an expectation would fail every run."""
    assert read_marker(comment).tone is tone
