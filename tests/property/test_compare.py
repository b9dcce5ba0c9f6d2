"""Laws of comparing two measurements of a state."""

from hypothesis import given
from hypothesis import strategies as st

from wetrun.course.compare import compare, glob_expression
from wetrun.course.differences import MOST_DIFFERENCES, Change, judge_differences
from wetrun.course.results import Verdict
from wetrun.course.state_values import UNREADABLE, StateKind, StateValue, digest, pack, unpack
from wetrun.plan.expectations import JsonValue
from wetrun.plan.state import Allowed

_scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8)
_json: st.SearchStrategy[JsonValue] = st.recursive(
    _scalars,
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(st.text(max_size=4), inner, max_size=5),
    max_leaves=20,
)
_names = st.text("ab/.*", min_size=1, max_size=5)
_UNREAD = (f"f 600 3 {UNREADABLE}", f"d 700 {UNREADABLE}")
_entries = st.sampled_from(["f 644 1 aa", "f 644 1 bb", "d 755", "l there", "l what?", "l d ?", *_UNREAD])
_trees = st.dictionaries(_names, _entries, max_size=6).map(lambda tree: StateValue(StateKind.TREE, {**tree}))
_texts = (
    st.lists(st.sampled_from(["a", "b", "c", ""]), max_size=8)
    .map("\n".join)
    .map(lambda text: StateValue(StateKind.TEXT, text))
)
_whole = st.one_of(_trees, _texts, _json.map(lambda value: StateValue(StateKind.JSON, value)))
_broken = st.builds(
    StateValue, st.sampled_from(StateKind), st.none() | st.text(max_size=3), st.text(min_size=1, max_size=5)
)
_values = st.one_of(_whole, _broken)
_allowed = st.builds(
    Allowed,
    reason=st.just("because"),
    paths=st.lists(st.sampled_from(["*", "a", "a*", "**", "?", "b.*", "[ab]"]), max_size=2).map(tuple),
    tolerance=st.none() | st.floats(0, 10),
)


@given(_whole)
def test_a_value_that_was_measured_equals_itself(value: StateValue) -> None:
    """Nothing changed must mean no difference, or no rollback could ever be proven."""
    readable = not (
        value.kind is StateKind.TREE
        and isinstance(value.value, dict)
        and any(entry in _UNREAD for entry in value.value.values())
    )
    assert bool(compare(value, value)) is not readable


@given(_broken, _values)
def test_what_was_not_measured_equals_nothing(broken: StateValue, other: StateValue) -> None:
    """Missing data never counts as restored, on whichever side it is missing."""
    assert compare(broken, broken)
    assert compare(broken, other)
    assert compare(other, broken)


@given(_values, _values)
def test_a_difference_shows_from_both_sides(one: StateValue, other: StateValue) -> None:
    """Whether there is a difference cannot depend on which measurement came first."""
    assert bool(compare(one, other)) is bool(compare(other, one))


@given(_whole, _whole)
def test_different_values_never_compare_as_equal(one: StateValue, other: StateValue) -> None:
    """The other half of the proof: equal means equal."""
    if not compare(one, other):
        assert one.kind is other.kind
        assert one.value == other.value or digest(one) == digest(other) or _numbers_apart(one.value, other.value)


def _numbers_apart(one: JsonValue, other: JsonValue) -> bool:
    """1 and 1.0, 0.0 and -0.0 and NaN are the only values that are equal and look different."""
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(_numbers_apart(one[key], other[key]) for key in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(_numbers_apart, one, other))
    return one == other or (one != one and other != other)  # noqa: PLR0124 (NaN)


@given(_values, _values, _allowed)
def test_what_is_allowed_is_marked_and_hides_nothing(one: StateValue, other: StateValue, allowed: Allowed) -> None:
    """A declared difference may excuse itself, and no other one; the report still shows both."""
    plain, marked = compare(one, other), compare(one, other, allowed)
    if allowed.tolerance is None:
        assert {(each.change, each.entry, each.before, each.after) for each in plain} == {
            (each.change, each.entry, each.before, each.after) for each in marked
        }
    else:
        assert len(marked) <= len(plain)
    if plain and judge_differences(plain) is Verdict.PASSED:
        raise AssertionError
    if plain and allowed.tolerance is None:
        assert judge_differences(marked) is not Verdict.PASSED


@given(st.dictionaries(_names, _entries, max_size=6), st.text("cd", min_size=1, max_size=3))
def test_an_allowed_path_excuses_only_itself(tree: dict[str, str], name: str) -> None:
    """A cache that may differ must not cover for the file beside it."""
    before = StateValue(StateKind.TREE, {**tree})
    after = StateValue(StateKind.TREE, {**tree, f"{name}/x": "f 644 1 cc", f"{name}x": "f 644 1 cc"})
    found = compare(before, after, Allowed("cache", (name,)))
    reasons = {each.entry: each.reason for each in found}
    assert reasons[f"{name}/x"] == "cache"
    assert reasons[f"{name}x"] is None


@given(st.integers(0, 30), st.integers(0, 30))
def test_the_list_is_bounded_and_its_verdict_is_not_weakened(excused: int, counting: int) -> None:
    """Fifty thousand allowed differences must neither fill the report nor push the one that counts out of it."""
    many = {f"cache/{number}": "d 755" for number in range(excused * 100)}
    few = {f"src/{number}": "d 755" for number in range(counting)}
    found = compare(
        StateValue(StateKind.TREE, {}), StateValue(StateKind.TREE, {**many, **few}), Allowed("c", ("cache",))
    )
    assert len(found) <= MOST_DIFFERENCES + 1
    assert sum(each.reason is None for each in found) == counting
    expected = Verdict.FAILED if counting else Verdict.ACCEPTABLE if excused else Verdict.PASSED
    assert judge_differences(found) is expected


@given(_values)
def test_a_packed_value_comes_back(value: StateValue) -> None:
    """The baseline is kept on disk: what is read again must be what was measured."""
    assert digest(unpack(pack(value))) == digest(value)
    assert unpack(pack(value)).kind is value.kind


@given(st.integers(-100, 100), st.integers(-100, 100), st.integers(0, 50))
def test_a_tolerance_is_a_distance(one: int, other: int, tolerance: int) -> None:
    """`±50 rows` means fifty, in texts as in numbers."""
    allowed = Allowed("visitors", (), float(tolerance))
    equal = abs(one - other) <= tolerance
    for kind, before, after in (
        (StateKind.NUMBER, one, other),
        (StateKind.TEXT, str(one), str(other)),
        (StateKind.JSON, [{"count": one}], [{"count": other}]),
    ):
        found = compare(StateValue(kind, before), StateValue(kind, after), allowed)  # type: ignore[arg-type]
        assert (not found) is equal
        assert judge_differences(found) is (Verdict.PASSED if equal else Verdict.FAILED)


@given(st.text("ab/", max_size=6), st.text("ab/", max_size=6))
def test_a_glob_without_wildcards_matches_itself_and_what_is_below(pattern: str, path: str) -> None:
    """An ignored folder is ignored with its content, and nothing whose name only begins the same."""
    wanted = pattern.removesuffix("/")
    assert (glob_expression(pattern).fullmatch(path) is not None) is (path == wanted or path.startswith(f"{wanted}/"))


def test_a_file_that_cannot_be_read_is_inconclusive_alone() -> None:
    """One closed file must neither pass nor take the rest of the tree with it."""
    before = StateValue(StateKind.TREE, {"closed": f"f 600 3 {UNREADABLE}", "open": "f 644 1 aa"})
    after = StateValue(StateKind.TREE, {"closed": f"f 600 3 {UNREADABLE}", "open": "f 644 1 bb"})
    assert [(each.change, each.entry) for each in compare(before, after)] == [
        (Change.CHANGED, "open"),
        (Change.INCONCLUSIVE, "closed"),
    ]


def test_a_link_may_lead_to_a_question() -> None:
    """A target ends as it likes; a link that nobody touched must not spoil the proof of a rollback."""
    before = StateValue(StateKind.TREE, {"link": "l /srv/what?"})
    assert compare(before, before) == ()
    [found] = compare(before, StateValue(StateKind.TREE, {"link": "l /srv/what"}))
    assert found.change is Change.CHANGED
