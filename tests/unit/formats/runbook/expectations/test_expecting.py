"""What somebody writes about a result, and the expectation that it becomes."""

import re
from typing import Any

import pytest

from wetrun.course.matching.lines import lines_match
from wetrun.formats.runbook.expectations.expecting import expectation_of
from wetrun.formats.runbook.expectations.remarks import Tone, read_marker

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
        ("x", "Expected: above 5", {"stdout": {"number": "> 5"}}),
        ("x", "Expected: fewer than 10", {"stdout": {"number": "< 10"}}),
        ("x", "Expected: no more than 10", {"stdout": {"number": "<= 10"}}),
        ("x", "Expected: not less than 10", {"stdout": {"number": ">= 10"}}),
        ("x", "Expected: approx. 100", {"stdout": {"number": "80-120"}}),
        ("curl -w '%{http_code}' x", "Should return 401 or 403", {"stdout": {"matches": r"(?:401|403)\s*\Z"}}),
        ("curl -I x", "HTTP/2 301/302", {"stdout": {"matches": r"^HTTP/\S+ (?:301|302)\b"}}),
        ("curl -I x", "Expected: HTTP 2xx", {"stdout": {"matches": r"^HTTP/\S+ 2\d\d\b"}}),
        ("redis-cli ping", "Expected: PONG", {"output": {"matches": r"(?<![\w.-])PONG(?![\w-])"}}),
        ("x", "Expected: creators: 56", {"output": {"matches": r"(?<![\w.-])creators: 56(?![\w-])(?!\.\w)"}}),
        ("systemctl is-active x", "should be active", {"output": {"matches": r"(?<![\w.-])active(?![\w-])"}}),
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
        "Expect `200 OK` with a body, not `401`",
        "Expected: (re",
        "Expected: 204",
        "Should return 200",
        "status: 200",
        "Expected: ~500MB",
        "You should see the new version",
        "The service should be up",
        "All rows should be there",
        "Expected: 200, 204 or 304",
        "Expected: 2xx OK",
        "Expected: > 20%",
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
        ("up 5 days, load average: 0.10, 0.20, 0.15", "up 5 days, load average: 1.40, 0.90, 0.75"),
        ("shop   12m   210Mi", "shop   900m   1Gi"),
        ("shop  Running  0  3d4h", "shop  Running  0  17d"),
        ("├─1234 nginx: master process", "├─77 nginx: master process"),
    ],
)
def test_what_varies_by_nature_is_left_open(line: str, other: str) -> None:
    """An expectation that fails on every other day is switched off on the second."""
    lines = expectation_of("x", "", (line,), literal=True).expect["output"]["lines"]
    assert lines != ["...", line, "..."]
    assert lines_match(lines, other)
    assert not lines_match(lines, "something else")


def test_a_row_of_an_answer_is_no_changed_file() -> None:
    """A number behind a bar is a count of changed lines only where pluses or minuses follow it."""
    lines = expectation_of("psql -c 'select …'", "", (" Berlin | 310",), literal=True).expect["output"]["lines"]
    assert lines_match(lines, " Berlin | 310")
    assert not lines_match(lines, " Berlin | 309")


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
    pattern = (found.get("stdout") or found["output"])["matches"]
    assert re.search(pattern, passes, re.MULTILINE)
    assert not re.search(pattern, fails, re.MULTILINE)


def test_an_option_of_another_program_asks_for_no_status() -> None:
    """`grep -i` prints no headers: the status is not there to be checked."""
    found = expectation_of("curl -s https://x.test | grep -i shop", "200 OK", (), literal=False)
    assert found.expect == {}
    assert found.unverified == ((0, "200 OK"),)


def _holds(expect: dict[str, Any], output: str) -> bool:
    """Whether an output meets what is expected of it, as the matchers of a plan have it."""
    (wanted,) = expect.values()
    denied = wanted.get("not") if isinstance(wanted, dict) else None
    pattern = (denied or wanted)["matches"]
    return (re.search(pattern, output, re.MULTILINE) is not None) is (denied is None)


@pytest.mark.parametrize(
    ("command", "comment", "passes", "fails"),
    [
        (
            "items",
            "Expected: >= 100 rows",
            ["(100 rows)", "1,234 rows", "100", "1 row group, 250 rows"],
            ["99 rows", "12 rows of 400", "0"],
        ),
        (
            "items",
            "Expected: more than 100 items",
            ["101 items", "1 item of 200 items"],
            ["100 items", "100", "7,5 items"],
        ),
        ("items", "Expected: less than 5 errors", ["0 errors", "4 errors", "3"], ["5 errors", "12 errors", "many"]),
        ("items", "Should show at most 80 users", ["80 users", "9 users"], ["81 users", "800 users", "180 users"]),
        (
            "items",
            "Expected: between 3 and 12 pods",
            ["3 pods", "12 pods", "9 pods"],
            ["2 pods", "13 pods", "120 pods"],
        ),
        ("items", "Expected: 100+ rows", ["100 rows", "1000 rows"], ["10 rows"]),
        ("npm audit", "Expected: found 0 vulnerabilities", ["found 0 vulnerabilities"], ["found 10 vulnerabilities"]),
        (
            "df -h /",
            "Expected: less than 80% used",
            ["/dev/sda1  40G  20G  79% /", "5.5% used"],
            ["80% /", "10% /\n91% /var", "100%", "no"],
        ),
        ("df -h /", "Expected: at most 80% used", ["80% /"], ["81%", "80.5%"]),
        ("du -sh .", "Expected: 1.2G", ["1.2G\t.", "980M\t.", "4.0K\tx"], ["du: cannot access", ""]),
        ("cat log", 'Should not contain "error"', ["all is well", ""], ["Error: x", "an error"]),
        ("cat log", "must not show `FATAL`", ["fatal"], ["FATAL: x"]),
        (
            "systemctl status x",
            "Expected: Active: active (running)",
            ["   Active: active (running) since"],
            ["Active: inactive (dead)", "Active: active (exited)"],
        ),
        (
            "git rev-parse HEAD",
            "Expected: 3f2c1d9",
            ["9e107d9d372bb6826bd81d3542a419d6fb1b7a2e", "abc1234"],
            ["fatal: no", "HEAD"],
        ),
        ("release --date", "Expected: 2026-11-27", ["2027-01-02"], ["unknown", "12:30"]),
        ("sha256sum x", "Expected: 9e107d9d372bb682", ["9e107d9d372bb682  x"], ["0000000000000000  x"]),
        ("node -v", "Expected: v18 or higher", ["v18.2.0", "v20.1.0"], ["v16.20.2"]),
    ],
)
def test_limits_sizes_and_values_that_vary(command: str, comment: str, passes: list[str], fails: list[str]) -> None:
    """Taken as printed text, none of these could ever hold; left to people, none would be looked at."""
    expect = _expect(command, comment)
    assert [output for output in passes if not _holds(expect, output)] == []
    assert [output for output in fails if _holds(expect, output)] == []


@pytest.mark.parametrize(
    "comment", ["Expected: at least 90% coverage", "Expected: about 5% packets", "Expected: Note: it is back"]
)
def test_what_is_still_a_matter_of_judgement(comment: str) -> None:
    """Of several percentages nobody says which one has to be high, and a sentence is no line of output."""
    marker = read_marker(comment)
    found = expectation_of("x", marker.rest, (), literal=marker.literal)
    assert (found.expect, len(found.unverified)) == ({}, 1)


@pytest.mark.parametrize("number", [0, 1, 7, 9, 10, 18, 80, 99, 100, 109, 310, 999])
def test_limits_are_compared_as_numbers(number: int) -> None:
    """Every number up to 2000, held against what Python says of it."""
    for comment, holding in (
        (f"Expected: >= {number} rows", range(number, 2000)),
        (f"Expected: > {number} rows", range(number + 1, 2000)),
        (f"Expected: <= {number} rows", range(number + 1)),
        (f"Expected: {number}-{number + 25} rows", range(number, number + 26)),
    ):
        pattern = re.compile(_expect("x", comment)["output"]["matches"], re.MULTILINE)
        found = [each for each in range(2000) if pattern.search(f"{each} rows") is not None]
        assert (comment, found) == (comment, list(holding))


def test_thousands_in_a_count_are_no_decimals() -> None:
    """`1,247` was 1.247 to whoever counted lines."""
    assert _expect("wc -l x", "Expected: 1,247 lines") == {"stdout": {"number": 1247.0}}


LISTING = (
    "total 12",
    "-rw-r--r-- 1 deploy www 4096 Nov 27 14:00 app.js",
    "drwxr-xr-x 22 deploy www 8.0K Jan  3  2025 lib",
)


@pytest.mark.parametrize(
    ("output", "holds"),
    [
        (
            ("total 9", "-rw-r--r-- 1 deploy www 7 May  1  2027 app.js", "drwxr-xr-x 3 deploy www 40 Dec 24 09:00 lib"),
            True,
        ),
        (("-rw-r--r-- 1 root root 4096 Nov 27 14:00 app.js", "drwxr-xr-x 22 deploy www 8.0K Jan  3  2025 lib"), False),
        (("-rw------- 1 deploy www 4096 Nov 27 14:00 app.js", "drwxr-xr-x 22 deploy www 8.0K Jan  3  2025 lib"), False),
        (("-rw-r--r-- 1 deploy www 4096 Nov 27 14:00 app.js",), False),
    ],
)
def test_a_listing_of_files_is_held_by_mode_owner_and_name(output: tuple[str, ...], *, holds: bool) -> None:
    """Sizes, dates and totals differ on every other day; who may read a file does not."""
    lines = expectation_of("ls -l", "", LISTING, literal=True).expect["output"]["lines"]
    assert lines_match(lines, "\n".join(output)) is holds


def test_a_count_of_none_is_meant() -> None:
    """How many packages there are grows by itself; that none was added does not."""
    lines = expectation_of("npm i", "", ("added 0 packages, and audited 12 packages in 3s",), literal=True)
    expected = lines.expect["output"]["lines"]
    assert lines_match(expected, "added 0 packages, and audited 15 packages in 9s")
    assert not lines_match(expected, "added 7 packages, and audited 15 packages in 9s")


@pytest.mark.parametrize(
    ("words", "guessed"),
    [("OK", True), ("No errors", True), ("should work", True), ("should succeed", False), ("exit 0", False)],
)
def test_words_that_only_suggest_an_exit_code_are_a_guess(words: str, guessed: bool) -> None:  # noqa: FBT001
    """`No errors` may speak of a log; that a command must exit with 0 is what wetrun makes of it, and says so."""
    wanted = expectation_of("x", words, (), literal=False)
    assert wanted.expect == {"exit": 0}
    assert (wanted.guess is not None) is guessed


@pytest.mark.parametrize("comment", ["Should be < 80%", "Expected: below 80 %", "Expected: less than 80% used"])
def test_a_share_is_compared_where_it_is_printed(comment: str) -> None:
    """How full a disk is decides whether to go on, and is written in all of these ways."""
    marker = read_marker(comment)
    pattern = expectation_of("df /", marker.rest, (), literal=False).expect["output"]["matches"]
    assert re.search(pattern, "/dev/sda1 45% /")
    assert not re.search(pattern, "/dev/sda1 45% /\n/dev/sdb1 91% /var")
    assert not re.search(pattern, "df: no such file")


def test_a_state_is_no_output_of_what_starts_something() -> None:
    """`systemctl restart` prints nothing: expecting `active` of it could never pass."""
    wanted = expectation_of("systemctl restart x", "active", (), literal=False)
    assert wanted.expect == {}
    assert len(wanted.unverified) == 1
