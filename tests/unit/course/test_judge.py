"""What a step's result is judged to be."""

import pytest

from wetrun.course.judge import judge, worst
from wetrun.course.results import Ending, Judgement, Observed, Output, Verdict
from wetrun.plan.expectations import (
    Contains,
    Exact,
    ExitCode,
    Expectation,
    JsonSubset,
    JsonValue,
    Limits,
    Lines,
    Matcher,
    Not,
    OneOf,
    Quantity,
    Range,
    Regex,
    Subject,
)
from wetrun.plan.steps import Action, Approve, Capture, Http, Run, Sql, Step, Wait
from wetrun.units import Seconds

COMMAND = Run("npm ci")
REQUEST = Http("https://notes.test/api/notes")
QUERY = Sql("select count(*) from notes", "notes.db")


def step(action: Action, *expect: Expectation, capture: tuple[Capture, ...] = ()) -> Step:
    return Step(name="the step", action=action, target="production", expect=expect, capture=capture)


def ran(
    stdout: str = "", *, code: int | None = 0, stderr: str = "", cut: bool = False, seconds: float = 0.1
) -> Observed:
    return Observed(
        exit_code=code, stdout=Output(stdout, len(stdout), cut), stderr=Output(stderr, len(stderr)), seconds=seconds
    )


def answered(body: str = "", *, status: int = 200, headers: dict[str, str] | None = None) -> Observed:
    return Observed(status=status, body=Output(body, len(body)), headers=headers or {}, seconds=0.1)


def judged(
    observed: Observed, subject: Subject, matcher: Matcher, selector: str | None = None, **variables: str
) -> Judgement:
    action: Action = REQUEST if observed.status is not None else QUERY if observed.rows is not None else COMMAND
    return judge(step(action, Expectation(subject, matcher, selector)), observed, variables)


def verdict_of_json(value: JsonValue, body: str, **variables: str) -> Verdict:
    return judged(answered(body), Subject.JSON, JsonSubset(value), **variables).verdict


class TestDefaults:
    def test_a_failing_command_fails_although_the_plan_expects_nothing(self) -> None:
        """A failed step must never pass for want of an expectation."""
        judgement = judge(step(COMMAND), ran(code=1, stderr="npm ERR! code ERESOLVE\n"), {})
        assert judgement.verdict is Verdict.FAILED
        assert judgement.reason == "wanted exit 0, got exit 1, stderr ends with `npm ERR! code ERESOLVE`"

    def test_output_that_fits_does_not_excuse_the_exit_code(self) -> None:
        """A stated expectation must add to the default, not replace it: `false | cat` passes in other tools."""
        assert judged(ran("done", code=1), Subject.STDOUT, Contains("done")).verdict is Verdict.FAILED

    def test_the_default_is_not_added_to_a_stated_exit_code(self) -> None:
        """A command that must exit with 3 could otherwise never pass."""
        judgement = judged(ran(code=3), Subject.EXIT, ExitCode((3, 4)))
        assert judgement.verdict is Verdict.PASSED
        assert len(judgement.findings) == 1

    @pytest.mark.parametrize(
        ("status", "verdict"), [(204, Verdict.PASSED), (302, Verdict.FAILED), (500, Verdict.FAILED)]
    )
    def test_a_request_expects_2xx(self, status: int, verdict: Verdict) -> None:
        """An error page is an answer; it must not count as success."""
        assert judge(step(REQUEST), answered(status=status), {}).verdict is verdict

    def test_the_default_is_not_added_to_a_stated_status(self) -> None:
        """A maintenance page that must answer 503 could otherwise never pass."""
        judgement = judged(answered(status=503), Subject.STATUS, Limits(Range(503, 503)))
        assert (judgement.verdict, len(judgement.findings)) == (Verdict.PASSED, 1)

    @pytest.mark.parametrize("action", [Wait(Seconds(3.0)), Approve("go on?"), QUERY])
    def test_other_actions_pass_when_they_ended(self, action: Action) -> None:
        """Waits and approvals have no result; nothing must be wanted of them."""
        assert judge(step(action), Observed(), {}).verdict is Verdict.PASSED

    def test_a_rejected_statement_fails(self) -> None:
        """A migration that the database refuses was carried out and is wrong: that is no missing measurement."""
        judgement = judge(step(QUERY), Observed(error="no such table: notes"), {})
        assert judgement.reason == "wanted a statement that succeeds, got no such table: notes"

    def test_an_unmeasured_exit_code_is_inconclusive(self) -> None:
        """No exit code is not exit 0."""
        assert judge(step(COMMAND), ran(code=None), {}).verdict is Verdict.INCONCLUSIVE


class TestEndings:
    @pytest.mark.parametrize(
        ("ending", "verdict"),
        [
            (Ending.TIME_LIMIT, Verdict.FAILED),
            (Ending.STOPPED, Verdict.FAILED),
            (Ending.UNKNOWN, Verdict.INCONCLUSIVE),
            (Ending.ERROR, Verdict.INCONCLUSIVE),
        ],
    )
    def test_endings(self, ending: Ending, verdict: Verdict) -> None:
        """Even a stated expectation that would fit does not count: the action did not come to its end."""
        wanted = Expectation(Subject.STDOUT, Contains("ok"))
        observed = Observed(ending=ending, exit_code=0, stdout=Output("ok", 2), seconds=61.0, error="why")
        assert judge(step(COMMAND, wanted), observed, {}).verdict is verdict

    def test_the_time_limit_is_said(self) -> None:
        """Whoever reads the report must see which limit it was and what it ran into."""
        judgement = judge(step(COMMAND), Observed(ending=Ending.TIME_LIMIT, seconds=600.04), {})
        assert judgement.reason == "wanted an end within 10 m 00 s, got the time limit after 10 m 00 s"

    def test_a_refused_request_fails(self) -> None:
        """Nobody listening is a measured fact about the service, so it must not hide as inconclusive."""
        judgement = judge(step(REQUEST), Observed(refused=True), {})
        assert judgement.reason == "wanted an answer, got connection refused"
        assert judgement.verdict is Verdict.FAILED

    def test_the_failing_line_of_a_long_step_is_named(self) -> None:
        """Runbook steps have many lines; without the line nobody knows where to look."""
        judgement = judge(step(COMMAND), Observed(exit_code=127, failed_at=(3, "pm2 reload shop")), {})
        assert judgement.reason == "wanted exit 0, got exit 127 (command not found) at line 3, `pm2 reload shop`"


class TestTexts:
    @pytest.mark.parametrize(
        ("matcher", "text", "passes"),
        [
            (Exact("v2"), "v2\n", True),
            (Exact("v2"), " v2", False),
            (Contains("up to date"), "Already up to date.", True),
            (Regex("^added [0-9]+ packages"), "\nadded 0 packages in 2s", True),
            (Regex("^added"), "not added", False),
            (Lines(("a*", "...", "z?")), "abc\n1\n2\nzz\n", True),
            (Lines(("a", "b")), "a\nb\nc", False),
            (Not(Contains("error")), "all well", True),
            (Not(Contains("error")), "an error", False),
            (Lines(()), "", True),
            (Lines(()), "a", False),
        ],
    )
    def test_matchers(self, matcher: Matcher, text: str, *, passes: bool) -> None:
        """Each way of comparing a text, on both sides of its edge."""
        assert judged(ran(text), Subject.STDOUT, matcher).verdict is (Verdict.PASSED if passes else Verdict.FAILED)

    def test_output_is_both_streams(self) -> None:
        """Programs write their result to either stream; the order must be known."""
        observed = ran("out", stderr="err")
        assert judged(observed, Subject.OUTPUT, Exact("out\nerr")).verdict is Verdict.PASSED

    @pytest.mark.parametrize("matcher", [Exact("x"), Contains("x"), Regex("x"), Lines(("x",)), Not(Contains("x"))])
    def test_what_was_cut_may_have_held_it(self, matcher: Matcher) -> None:
        """The record keeps head and tail only; what may have stood between them is neither there nor absent."""
        assert judged(ran("abc", cut=True), Subject.STDOUT, matcher).verdict is Verdict.INCONCLUSIVE

    @pytest.mark.parametrize("matcher", [Contains("b"), Regex("^b$"), Lines(("a", "...", "c"))])
    def test_what_is_found_in_a_cut_text_is_found(self, matcher: Matcher) -> None:
        """A long output must not make a check useless that its kept part decides."""
        assert judged(ran("a\nb\nc", cut=True), Subject.STDOUT, matcher).verdict is Verdict.PASSED

    def test_not_found_in_a_cut_text_fails_when_it_must_not_stand_there(self) -> None:
        """What is seen is seen: an error in the kept part is one."""
        assert judged(ran("an error", cut=True), Subject.STDOUT, Not(Contains("error"))).verdict is Verdict.FAILED

    def test_an_unusable_pattern_is_inconclusive(self) -> None:
        """A pattern that cannot be used measured nothing, so it neither passes nor fails the step."""
        assert judged(ran("a"), Subject.STDOUT, Regex("(")).verdict is Verdict.INCONCLUSIVE

    def test_a_pattern_sees_a_bounded_part_of_a_very_long_text(self) -> None:
        """What bounds the time of bad patterns must not turn what was not searched into not found."""
        text = "x" * 200_000
        assert judged(ran(text + "end"), Subject.STDOUT, Regex("end$")).verdict is Verdict.PASSED
        assert judged(ran(text), Subject.STDOUT, Regex("end$")).verdict is Verdict.INCONCLUSIVE

    def test_values_are_taken_literally_in_patterns(self) -> None:
        """A captured `1.2` must not match `132`, nor a captured `*` everything."""
        assert judged(ran("132"), Subject.STDOUT, Regex("^${v}$"), v="1.2").verdict is Verdict.FAILED
        assert judged(ran("1.2"), Subject.STDOUT, Regex("^${v}$"), v="1.2").verdict is Verdict.PASSED
        assert judged(ran("anything"), Subject.STDOUT, Lines(("${v}",)), v="*").verdict is Verdict.FAILED
        assert judged(ran("at abc1"), Subject.STDOUT, Exact("at ${commit}"), commit="abc1").verdict is Verdict.PASSED

    def test_words_are_bounded_and_harmless(self) -> None:
        """Findings are shown on terminals and in reports: an output must not be able to flood or to steer them."""
        judgement = judged(ran("\x1b[31mred\x1b[0m\a" + "x" * 10_000 + "\nmore"), Subject.STDOUT, Exact("y" * 10_000))
        assert len(judgement.reason) < 500
        assert "\x1b" not in judgement.reason
        assert "\a" not in judgement.reason


class TestJson:
    def test_the_subset_and_the_path(self) -> None:
        """The usual ways to look into an answer."""
        body = '{"items": [{"name": "milk", "id": 7}], "total": 1}'
        assert verdict_of_json({"items": [{"name": "milk"}]}, body) is Verdict.PASSED
        assert verdict_of_json({"items": []}, body) is Verdict.FAILED
        assert verdict_of_json({"items": ["..."]}, body) is Verdict.PASSED
        assert judged(answered(body), Subject.JSON, Limits(Range(1, 1)), "items.length").verdict is Verdict.PASSED
        assert judged(answered(body), Subject.JSON, Exact("milk"), "items[0].name").verdict is Verdict.PASSED

    def test_a_missing_path_says_what_is_there(self) -> None:
        """A wrong path is the most frequent mistake; the words must show the way to the right one."""
        judgement = judged(answered('{"data": {"notes": 3}}'), Subject.JSON, Limits(Range(3, 3)), "data.items.length")
        assert judgement.verdict is Verdict.FAILED
        assert judgement.reason.endswith("got no `data.items.length`: at `data` is an object with `notes`")

    def test_the_place_of_a_mismatch_is_named(self) -> None:
        """In a long answer the place is what one needs first."""
        judgement = judged(
            answered('{"a": [{"b": 1}, {"b": 2}]}'), Subject.JSON, JsonSubset({"a": [{"b": 1}, {"b": 3}]})
        )
        assert judgement.reason.endswith("got 2 at `a.1.b`, where `3` was wanted")

    def test_no_json_where_json_was_wanted_fails(self) -> None:
        """An error page instead of JSON is measured and wrong, also for a check that something is not there."""
        assert verdict_of_json({}, "<html>Bad Gateway</html>") is Verdict.FAILED
        body = Expectation(Subject.BODY, Not(JsonSubset({"error": "..."})))
        assert judge(step(REQUEST, body), answered("<html>"), {}).verdict is Verdict.FAILED

    def test_cut_json_is_inconclusive(self) -> None:
        """Half a document says nothing about the other half."""
        assert judged(ran('{"a": 1}', cut=True), Subject.JSON, JsonSubset({})).verdict is Verdict.INCONCLUSIVE

    def test_truth_values_are_no_numbers(self) -> None:
        """Python thinks that True is 1; an answer that changes its type is a regression."""
        assert verdict_of_json({"ok": True}, '{"ok": 1}') is Verdict.FAILED
        assert verdict_of_json({"n": 1}, '{"n": 1.0}') is Verdict.PASSED

    def test_variables_in_json(self) -> None:
        """An id captured as text must be comparable with the number that the next answer holds."""
        assert verdict_of_json({"id": "${id}"}, '{"id": 42}', id="42") is Verdict.PASSED
        assert verdict_of_json({"id": "${id}"}, '{"id": "42"}', id="42") is Verdict.PASSED
        assert verdict_of_json({"id": "${id}"}, '{"id": 43}', id="42") is Verdict.FAILED

    def test_a_value_too_deep_to_read_does_not_raise(self) -> None:
        """A hostile or broken service must not end the run."""
        deep = "[" * 100_000 + "]" * 100_000
        assert verdict_of_json([], deep) is not Verdict.PASSED


class TestNumbers:
    GOOD = Range(high=0.4, high_open=True)
    WIDE = Range(high=1.0)

    @pytest.mark.parametrize(
        ("seconds", "verdict"),
        [(0.39, Verdict.PASSED), (0.4, Verdict.ACCEPTABLE), (1.0, Verdict.ACCEPTABLE), (1.01, Verdict.FAILED)],
    )
    def test_good_and_acceptable(self, seconds: float, verdict: Verdict) -> None:
        """The edges decide between going on silently, noting, and rolling back."""
        limits = Limits(self.GOOD, self.WIDE, Quantity.SECONDS)
        assert judged(ran(seconds=seconds), Subject.TIME, limits).verdict is verdict

    @pytest.mark.parametrize(
        ("text", "quantity", "value"),
        [
            ("80MB", Quantity.BYTES, 80e6),
            ("45.2mb", Quantity.BYTES, 45.2e6),
            ("1.5G", Quantity.BYTES, 1.5 * 2**30),
            ("2 KiB", Quantity.BYTES, 2048),
            ("512", Quantity.BYTES, 512),
            ("350 ms", Quantity.SECONDS, 0.35),
            ("1.2s", Quantity.SECONDS, 1.2),
            ("1m30s", Quantity.SECONDS, 90),
            ("1,234,567", Quantity.NUMBER, 1_234_567),
            ("1 234.5", Quantity.NUMBER, 1234.5),
            ("-3e2\n", Quantity.NUMBER, -300),
            ("97%", Quantity.NUMBER, 97),
        ],
    )
    def test_numbers_as_programs_print_them(self, text: str, quantity: Quantity, value: float) -> None:
        """Limits must hold against `du`, `free`, `time` and friends as they print."""
        limits = Limits(Range(value - 1e-6 * abs(value), value + 1e-6 * abs(value)), None, quantity)
        assert judged(ran(text), Subject.STDOUT, limits).verdict is Verdict.PASSED

    @pytest.mark.parametrize(
        "text", ["", "1,5", "12,34", "added 0 packages", "20.11.1", "5 apples", "1,234 567", "5 MB"]
    )
    def test_what_is_no_number_fails(self, text: str) -> None:
        """It was measured and is wrong: a check that prints an error message must not look unmeasured."""
        assert judged(ran(text), Subject.STDOUT, Limits(Range(0))).verdict is Verdict.FAILED

    def test_nan_is_inconclusive(self) -> None:
        """NaN compares false with everything, so a careless check would pass or fail by its wording."""
        assert judged(ran("NaN"), Subject.STDOUT, Limits(Range(0))).verdict is Verdict.INCONCLUSIVE
        assert judged(answered('{"p": NaN}'), Subject.JSON, Limits(Range(0)), "p").verdict is Verdict.INCONCLUSIVE

    def test_a_number_just_beyond_its_limit_is_not_rounded_onto_it(self) -> None:
        """`wanted ≤ 80 MB, got 80 MB` would make people doubt the tool."""
        limits = Limits(Range(high=80e6), None, Quantity.BYTES)
        assert judged(ran("80000001"), Subject.STDOUT, limits).reason == "wanted stdout is ≤ 80 MB, got 80000001 B"


class TestAnswersAndRows:
    def test_headers_do_not_care_about_case(self) -> None:
        """HTTP/2 sends lower case; a plan is written either way."""
        observed = answered(headers={"Content-Type": "application/json"})
        assert judged(observed, Subject.HEADER, Contains("json"), "content-type").verdict is Verdict.PASSED
        assert judged(observed, Subject.HEADER, Contains("x"), "etag").verdict is Verdict.FAILED
        assert judged(observed, Subject.HEADER, Not(Contains("x")), "etag").verdict is Verdict.PASSED

    @pytest.mark.parametrize("rows", [[[3, "a"]], [{"n": 3, "m": "a"}]])
    def test_the_value_of_a_query_is_its_first_cell(self, rows: JsonValue) -> None:
        """Clients give rows as lists or as objects; the plan must not need to know."""
        assert judged(Observed(rows=rows), Subject.VALUE, Limits(Range(3, 3))).verdict is Verdict.PASSED

    def test_no_rows_fail_and_unmeasured_rows_are_inconclusive(self) -> None:
        """An empty table is a fact, a lost connection is not."""
        wanted = step(QUERY, Expectation(Subject.VALUE, Exact("3")))
        assert judge(wanted, Observed(rows=[]), {}).verdict is Verdict.FAILED
        assert judge(wanted, Observed(), {}).verdict is Verdict.INCONCLUSIVE


class TestCaptures:
    def capture(self, observed: Observed, subject: Subject, selector: str | None = None) -> Judgement:
        action: Action = REQUEST if observed.status is not None else COMMAND
        return judge(step(action, capture=(Capture("it", subject, selector),)), observed, {})

    def test_what_is_captured(self) -> None:
        """Each place that a value can come from."""
        assert self.capture(ran("abc123\n"), Subject.STDOUT).captured == {"it": "abc123"}
        assert self.capture(ran("at v1.2, ok"), Subject.STDOUT, r"v(\S+),").captured == {"it": "1.2"}
        assert self.capture(ran("at v1.2"), Subject.STDOUT, r"v\S+").captured == {"it": "v1.2"}
        assert self.capture(answered('{"id": 7}'), Subject.JSON, "id").captured == {"it": "7"}
        assert self.capture(answered(headers={"ETag": "x"}), Subject.HEADER, "etag").captured == {"it": "x"}

    @pytest.mark.parametrize(
        ("observed", "subject", "selector"),
        [
            (ran("\n"), Subject.STDOUT, None),
            (ran("abc"), Subject.STDOUT, "x(.*)"),
            (ran("x"), Subject.STDOUT, "x(.*)"),
            (answered('{"id": null}'), Subject.JSON, "id"),
            (answered('{"id": ""}'), Subject.JSON, "id"),
        ],
    )
    def test_a_missing_or_empty_value_fails(self, observed: Observed, subject: Subject, selector: str | None) -> None:
        """`rm -rf "/var/www/${it}"` with nothing in it is the worst thing that a plan can do."""
        judgement = self.capture(observed, subject, selector)
        assert judgement.verdict is Verdict.FAILED
        assert judgement.captured == {}

    def test_a_cut_text_cannot_be_captured_whole(self) -> None:
        """Half a value handed to a later command is worse than none."""
        assert self.capture(ran("abc", cut=True), Subject.STDOUT).verdict is Verdict.INCONCLUSIVE
        assert self.capture(ran("abc", cut=True), Subject.STDOUT, "x").verdict is Verdict.INCONCLUSIVE


def test_the_worst_of_all_decides() -> None:
    """A failure must not hide behind something that could not be measured, nor that behind something passed."""
    assert worst(Verdict) is Verdict.FAILED
    assert worst((Verdict.PASSED, Verdict.ACCEPTABLE, Verdict.INCONCLUSIVE)) is Verdict.INCONCLUSIVE
    assert worst(()) is Verdict.PASSED


def test_a_status_is_one_of_several() -> None:
    """What lies between two statuses that are wanted is not wanted."""
    for status, verdict in ((200, Verdict.PASSED), (204, Verdict.PASSED), (202, Verdict.FAILED)):
        judgement = judged(answered(status=status), Subject.STATUS, OneOf((200, 204)))
        assert judgement.verdict is verdict
        assert judgement.findings[-1].wanted == "status is 200 or 204"
        assert judgement.findings[-1].got == f"{status}"
