"""What somebody writes about a result, and the expectation that it becomes."""

import re
from typing import Any

import pytest

from wetrun.course.matching.lines import lines_match
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
        ("curl -I x", "HTTP/1.1 301 Moved Permanently", {"stdout": {"matches": r"^HTTP/\S+ 301\b"}}),
        ("curl -w '%{http_code}' x", "Should return 200", {"stdout": {"matches": r"200\s*\Z"}}),
        ("x", "should fail", {"fails": True}),
        ("x", "Expected: exit code 3", {"exit": 3}),
        ("x", "Should succeed", {"exit": 0}),
        ("x", "✅ Success", {"exit": 0}),
        ("x", "Expected: no output", {"stdout": ""}),
        ("x", "Expected: `up to date`", {"output": {"contains": "up to date"}}),
        ("x", "Expected: between 3 and 7", {"stdout": {"number": "3-7"}}),
        ("x", "Should take less than 5 minutes", {"time": "<= 300s"}),
        ("x", "should complete within 30s", {"time": "<= 30s"}),
        ("x", "Expected exit code: 1", {"exit": 1}),
        ("x", "exit code 0", {"exit": 0}),
        ("x", "No errors", {"exit": 0}),
        ("x", "The output should be empty", {"stdout": ""}),
        ("curl -s https://x.test | jq length", "Expected: 204", {"stdout": "204"}),
        ("x", "Output: v1.* (glob)", {"stdout": {"lines": ["...", "v1.*", "..."]}}),
        ("x", r"Output: v\d+ (re)", {"stdout": {"matches": r"^(?:v\d+)$"}}),
        ("x", 'Expected: {"a": {"b": 1, ...}}', {"json": {"subset": {"a": {"b": 1}}}}),
        ("x", 'Expected: {"a": 1, "b": ... }', {"json": {"subset": {"a": 1}}}),
        ("x", "Expected: [1, ...]", {"json": {"subset": [1, "..."]}}),
        ("x", "Expected: < 310+", {"stdout": {"number": "< 310"}}),
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
        "Expected: 204",
        "Should return 200",
        "status: 200",
        "Expected: < 80% used",
        "Expected: ~500MB",
        "You should see the new version",
        "The service should be up",
        "All rows should be there",
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
        ("Expected: > 18+", "v18.0.0", "v16.20.2"),
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


@pytest.mark.parametrize(
    ("comment", "passes", "fails"),
    [
        ("Expected: `active`", "active", "inactive"),
        ("should print PONG", "PONG", "XPONG"),
        ("Should print: c", "c", "abc"),
        ("Expected: 0 errors", "found 0 errors.", "10 errors"),
        ("Should show 3 rows", "(3 rows)", "13 rows"),
        ('You should see "Ready"', "is Ready.", "NotReady"),
        ("Expected: 5%", "5% used", "95% used"),
    ],
)
def test_a_word_is_not_found_within_another(comment: str, passes: str, fails: str) -> None:
    """`inactive` that passes for `active` is worse than no check."""
    pattern = _expect("x", comment)["output"]["matches"]
    assert re.search(pattern, passes)
    assert not re.search(pattern, fails)


@pytest.mark.parametrize(
    ("comment", "expect"),
    [
        ("Should succeed with all 12 users migrated", {"exit": 0}),
        ("Expected: exits with code 0 and nobody is logged out", {"exit": 0}),
        ("must fail: permission denied", {"fails": True}),
    ],
)
def test_a_check_does_not_vouch_for_the_prose_beside_it(comment: str, expect: dict[str, Any]) -> None:
    """The exit code is checked; what else is said is prose, is counted, and never passes."""
    marker = read_marker(comment)
    found = expectation_of("x", marker.rest, (), literal=marker.literal)
    assert found.expect == expect
    assert len(found.unverified) == 1


@pytest.mark.parametrize(
    "comment",
    [
        "The old service should be stopped first",
        "You should run this as root",
        "No downtime is needed",
        "exit the shell",
    ],
)
def test_what_explains_is_no_expectation(comment: str) -> None:
    """Instructions that are counted as unverified drown those that matter."""
    assert read_marker(comment).tone is Tone.PROSE


@pytest.mark.parametrize(
    ("line", "other"),
    [
        ("now Fri Nov 27 01:02:03 UTC 2026", "now Sat Dec  5 11:12:13 CET 2027"),
        ("built on 3 May 2026", "built on 12 June 2027"),
        ("id 550e8400-e29b-41d4-a716-446655440000", "id 123e4567-e89b-12d3-a456-426614174000"),
        ("shop-6d4cf56db6-x8z2p  1/1  Running", "shop-7fffffff99-abcd1  1/1  Running"),
        ("shop  Up 3 hours  80/tcp", "shop  Up 12 days  80/tcp"),
        ("deployed 2 days ago", "deployed 1 hours ago"),
    ],
)
def test_what_varies_by_nature_is_left_open(line: str, other: str) -> None:
    """An expectation that fails on every other day is switched off on the second."""
    lines = expectation_of("x", "", (line,), literal=True).expect["output"]["lines"]
    assert lines != ["...", line, "..."]
    assert lines_match(lines, other)
    assert not lines_match(lines, "something else")


def test_output_that_varies_as_a_whole_is_unverified() -> None:
    """There is nothing to hold the next run against, and that must be told and not pass for a check."""
    found = expectation_of("date", "", ("", "Fri Nov 27 01:02:03 UTC 2026"), literal=True)
    assert found.expect == {}
    assert found.unverified == ((2, "Fri Nov 27 01:02:03 UTC 2026"),)


@pytest.mark.parametrize(
    ("command", "comment", "passes", "fails"),
    [
        ("curl -sI x", "HTTP/1.1 200 OK", "HTTP/2 200 \r\nserver: x", "HTTP/2 500 \r\nContent-Length: 200"),
        ("curl -sI x", "Should return 200", "HTTP/1.1 200 OK\r\n", "HTTP/1.1 404 Not Found\r\nX-Took: 200"),
        ("curl -si x | head -1", "Expected: 200", "HTTP/1.1 200 OK", "HTTP/1.1 302 Found 200"),
        ("curl -sv x", "Expected: 200", "* Connected\n< HTTP/1.1 200 OK", "* Port 200\n< HTTP/1.1 502 Bad"),
        ("curl -s -w '%{http_code}\\n' x", "Expected: 200", "<p>ok</p>200\n", "took 200 ms\n500\n"),
        ("curl -w '%{http_code} %{size_download}' x", "Expected: 200", "200 512", "500 200"),
        ("curl -w '%{http_code}' x | tail -n 1", "Expected: 200", "200", "1200"),
        ("./health.sh", "Expected: HTTP 200 OK", "GET / HTTP/1.1 200 OK", "HTTP/1.1 500 in 200 ms"),
    ],
)
def test_a_status_is_read_where_it_is_printed(command: str, comment: str, passes: str, fails: str) -> None:
    """`Content-Length: 200` under an error page is no success."""
    found = _expect(command, comment)
    pattern = found.get("stdout", found.get("output"))["matches"]
    assert re.search(pattern, passes, re.MULTILINE)
    assert not re.search(pattern, fails, re.MULTILINE)


def test_an_option_of_another_program_asks_for_no_status() -> None:
    """`grep -i` prints no headers: the status is not there to be checked."""
    found = expectation_of("curl -s https://x.test | grep -i shop", "200 OK", (), literal=False)
    assert found.expect == {}
    assert found.unverified == ((0, "200 OK"),)
