"""Laws of matching, held against slow and obvious reference matchers."""

import re
from functools import cache

from hypothesis import given
from hypothesis import strategies as st

from wetrun.course.judge import judge
from wetrun.course.matching.lines import glob_matches, lines_match, split_lines
from wetrun.course.matching.quantities import contains, number_in_words, range_in_words, read_number
from wetrun.course.matching.values import find_mismatch
from wetrun.course.results import Ending, Observed, Output, Verdict
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
    Quantity,
    Range,
    Regex,
    Subject,
)
from wetrun.plan.steps import Approve, Capture, Http, Run, Sql, Step, Wait
from wetrun.units import Seconds

LINES = st.lists(st.sampled_from(["a", "b", "ab", "", "a b"]), max_size=7)
PATTERNS = st.lists(st.sampled_from(["...", "a", "b", "a*", "?", "*", "", "ab"]), max_size=6)
JSON: st.SearchStrategy[JsonValue] = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-3, 3)
    | st.floats(allow_nan=False)
    | st.sampled_from(["a", "b", "...", ""]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(["k", "l", "m"]), inner, max_size=3),
    max_leaves=12,
)


def reference_lines(pattern: tuple[str, ...], lines: tuple[str, ...]) -> bool:
    """By definition: `...` takes any number of lines, every other line one."""
    if not pattern:
        return not lines
    if pattern[0] == "...":
        return any(reference_lines(pattern[1:], lines[count:]) for count in range(len(lines) + 1))
    return bool(lines) and reference_glob(pattern[0], lines[0]) and reference_lines(pattern[1:], lines[1:])


def reference_glob(pattern: str, line: str) -> bool:
    translated = "".join({"*": ".*", "?": "."}.get(character, re.escape(character)) for character in pattern)
    return re.fullmatch(translated, line, re.DOTALL) is not None


def reference_subset(wanted: JsonValue, got: JsonValue) -> bool:
    """By definition, without any cleverness."""
    if isinstance(wanted, dict):
        return isinstance(got, dict) and all(k in got and reference_subset(v, got[k]) for k, v in wanted.items())
    if isinstance(wanted, list):
        return isinstance(got, list) and reference_items(wanted, got)
    return (
        type(wanted) is type(got) and wanted == got
        if isinstance(wanted, bool | str) or isinstance(got, bool | str)
        else (not isinstance(got, dict | list) and wanted == got)
    )


def reference_items(wanted: list[JsonValue], got: list[JsonValue]) -> bool:
    if not wanted:
        return not got
    if wanted[0] == "...":
        return any(reference_items(wanted[1:], got[count:]) for count in range(len(got) + 1))
    return bool(got) and reference_subset(wanted[0], got[0]) and reference_items(wanted[1:], got[1:])


@given(PATTERNS, LINES)
def test_lines_match_as_the_reference_does(pattern: list[str], lines: list[str]) -> None:
    """Going back to the last `...` only is a claim; the reference tries everything."""
    text = "\n".join(lines)
    wanted = tuple(split_lines("\n".join(pattern)))
    assert lines_match(pattern, text) == reference_lines(wanted, tuple(split_lines(text)))


@given(st.text("ab*?", max_size=8), st.text("ab", max_size=8))
def test_globs_match_as_the_reference_does(pattern: str, line: str) -> None:
    """The glob has its own tokens and shares the search with lines; a regular expression is the reference."""
    assert glob_matches(pattern, line) == reference_glob(pattern, line)


@given(PATTERNS, LINES)
def test_gap_laws(pattern: list[str], lines: list[str]) -> None:
    """`...` alone fits everything; two in a row are one; putting one anywhere never loses a match."""
    text = "\n".join(lines)
    assert lines_match(["..."], text)
    doubled = [line for wanted in pattern for line in ([wanted, wanted] if wanted == "..." else [wanted])]
    assert lines_match(pattern, text) == lines_match(doubled, text)
    if lines_match(pattern, text):
        assert all(
            lines_match([*pattern[:i], "...", *pattern[i:]], text) for i in range(len(pattern) + 1) if _solid(pattern)
        )


def _solid(pattern: list[str]) -> bool:
    """Whether no empty line stands at the end, where it does not count but would before a `...`."""
    return not pattern or bool(pattern[-1].strip())


@given(LINES)
def test_a_text_without_wildcards_matches_itself(lines: list[str]) -> None:
    """Pasting the output of a good run must be a valid expectation."""
    assert lines_match(lines, "\n".join(lines))


@given(st.integers(0, 30))
def test_hard_patterns_take_no_exponential_time(count: int) -> None:
    """Many gaps that almost fit are what makes naive matchers hang; this one would not end if it did."""
    assert not lines_match(["...", "a"] * count + ["b"], "a\n" * 300)
    assert not glob_matches("*a" * count + "b", "a" * 300)
    ones: list[JsonValue] = [1, 1, 1]
    gap: list[JsonValue] = ["...", ["...", 1]]
    got: list[JsonValue] = [ones] * 60
    assert find_mismatch([*gap * count, 2], got) is not None


@given(JSON)
def test_every_value_contains_itself(value: JsonValue) -> None:
    """Pasting a good answer must be a valid expectation, also when it holds `...`."""
    assert find_mismatch(value, value) is None


@given(JSON, JSON)
def test_subsets_match_as_the_reference_does(wanted: JsonValue, got: JsonValue) -> None:
    """Nested lists with `...` search; the reference tries everything."""
    assert (find_mismatch(wanted, got) is None) == reference_subset(wanted, got)


@given(st.data(), JSON)
def test_less_wanted_never_fails_more(data: st.DataObject, value: JsonValue) -> None:
    """A value contains whatever is left when members are taken out of it, or items are replaced by `...`."""

    def weaker(part: JsonValue) -> JsonValue:
        if isinstance(part, dict):
            return {key: weaker(inner) for key, inner in part.items() if data.draw(st.booleans())}
        if isinstance(part, list):
            return ["..." if data.draw(st.booleans()) else weaker(inner) for inner in part]
        return part

    assert find_mismatch(weaker(value), value) is None


BOUNDS = st.none() | st.floats(-100, 100)
RANGES = st.builds(Range, BOUNDS, BOUNDS, st.booleans(), st.booleans())


@given(RANGES, RANGES, st.floats(-150, 150))
def test_good_is_never_worse_than_acceptable(good: Range, acceptable: Range, value: float) -> None:
    """With a wider range beside it a good value stays good, and only what was failed can become acceptable."""
    observed = Observed(exit_code=0, stdout=Output(repr(value)))

    def verdict(limits: Limits) -> Verdict:
        step = Step(name="s", action=Run("x"), target="t", expect=(Expectation(Subject.STDOUT, limits),))
        return judge(step, observed, {}).verdict

    narrow, wide = verdict(Limits(good)), verdict(Limits(good, acceptable))
    assert narrow is (Verdict.PASSED if contains(good, value) else Verdict.FAILED)
    if narrow is Verdict.PASSED:
        assert wide is Verdict.PASSED
    else:
        assert wide is (Verdict.ACCEPTABLE if contains(acceptable, value) else Verdict.FAILED)


@given(
    st.floats(allow_nan=False, allow_infinity=False, min_value=-1e15, max_value=1e15), RANGES, st.sampled_from(Quantity)
)
def test_numbers_are_read_as_they_were_written(value: float, limits: Range, quantity: Quantity) -> None:
    """Reading must not change a number, with or without separators; words must never fail."""
    assert read_number(repr(value), quantity) == value
    assert read_number(f"{round(value):,}", quantity) == round(value)
    assert number_in_words(value, quantity, limits)
    assert range_in_words(limits, quantity)


@cache
def outputs() -> st.SearchStrategy[Output]:
    return st.builds(
        Output, st.text() | st.sampled_from(["{}", "[1]", "12 MB", "NaN", "{"]), st.integers(0), st.booleans()
    )


MATCHERS: st.SearchStrategy[Matcher] = st.one_of(
    st.builds(Exact, st.text()),
    st.builds(Contains, st.text()),
    st.builds(Regex, st.text(max_size=5) | st.sampled_from(["(", "a|b", "${x}", "[", r"\d+"])),
    st.builds(Lines, st.lists(st.text()).map(tuple)),
    st.builds(JsonSubset, JSON),
    st.builds(Limits, RANGES, st.none() | RANGES, st.sampled_from(Quantity)),
    st.builds(ExitCode, st.lists(st.integers()).map(tuple)),
    st.builds(Not, st.builds(Exact, st.text()) | st.builds(JsonSubset, JSON)),
)
SELECTORS = st.none() | st.text(max_size=6) | st.sampled_from(["a.length", "$", "[0]", "0.1", "-1", "(x)?"])
STEPS = st.builds(
    Step,
    name=st.just("s"),
    target=st.just("t"),
    action=st.sampled_from([Run("x"), Http("https://notes.test/"), Sql("x", "y"), Wait(Seconds(1.0)), Approve("ok?")]),
    expect=st.lists(st.builds(Expectation, st.sampled_from(Subject), MATCHERS, SELECTORS), max_size=4).map(tuple),
    capture=st.lists(st.builds(Capture, st.just("x"), st.sampled_from(Subject), SELECTORS), max_size=2).map(tuple),
    limit=st.floats().map(Seconds),
)
OBSERVED = st.builds(
    Observed,
    ending=st.sampled_from([Ending.DONE] * 6 + list(Ending)),
    seconds=st.floats(),
    exit_code=st.none() | st.integers(),
    stdout=outputs(),
    stderr=outputs(),
    status=st.none() | st.integers(),
    headers=st.dictionaries(st.text(max_size=3), st.text(max_size=3)),
    body=st.none() | outputs(),
    rows=JSON,
    error=st.none() | st.text(),
    refused=st.booleans(),
    failed_at=st.none() | st.tuples(st.integers(), st.text()),
)


@given(STEPS, OBSERVED, st.dictionaries(st.just("x"), st.text()))
def test_judging_never_raises(step: Step, observed: Observed, variables: dict[str, str]) -> None:
    """An unexpected value in a check must not end a run: record and rollback would be lost with it."""
    judgement = judge(step, observed, variables)
    assert all(len(finding.wanted) + len(finding.got) < 4000 for finding in judgement.findings if not observed.error)
    if observed.ending in {Ending.UNKNOWN, Ending.ERROR}:
        assert judgement.verdict is Verdict.INCONCLUSIVE
    if observed.ending in {Ending.TIME_LIMIT, Ending.STOPPED}:
        assert judgement.verdict is Verdict.FAILED
