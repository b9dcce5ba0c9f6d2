"""The tree under a plan: places, scalars of YAML 1.2, aliases, merges, and what is refused."""

import math

import pytest

from wetrun.errors import PlanError
from wetrun.formats.decode.scalars import resolve_plain, resolve_tagged
from wetrun.formats.decode.tree import Entries, Items, Node, Scalar
from wetrun.formats.decode.yaml_tree import compose


def _tree(text: str) -> Node:
    root, problems = compose(text, "plan.yaml")
    assert problems == ()
    assert root is not None
    return root


def _value(node: Node) -> object:
    match node:
        case Scalar():
            return node.value
        case Items():
            return [_value(item) for item in node.items]
        case Entries():
            return {entry.key: _value(entry.value) for entry in node.entries}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("no", "no"),
        ("on", "on"),
        ("Yes", "Yes"),
        ("12:30", "12:30"),
        ("1_000", "1_000"),
        ("2024-01-01", "2024-01-01"),
        ("true", True),
        ("FALSE", False),
        ("", None),
        ("~", None),
        ("null", None),
        ("012", 12),
        ("0o17", 15),
        ("0x1F", 31),
        ("-7", -7),
        ("1.50", 1.5),
        ("1e3", 1000.0),
        (".5", 0.5),
        ("-.inf", -math.inf),
        ("1.2.3", "1.2.3"),
        ("9" * 301, "9" * 301),
    ],
)
def test_plain_scalars_mean_what_yaml_1_2_says(text: str, value: object) -> None:
    """`country: no` that becomes `false` and `12:30` that becomes 750 are how YAML got its name for surprises."""
    assert resolve_plain(text) == value
    assert type(resolve_plain(text)) is type(value)


def test_not_a_number_is_not_a_number() -> None:
    """`.nan` equals nothing, so the table above cannot hold it."""
    value = resolve_plain(".nan")
    assert isinstance(value, float)
    assert math.isnan(value)


@pytest.mark.parametrize(
    ("tag", "text", "value"), [("str", "5", "5"), ("int", "5", 5), ("float", "5", 5.0), ("null", "", None)]
)
def test_explicit_tags_are_kept(tag: str, text: str, value: object) -> None:
    """`!!str 5` is YAML's own way to say that this is a text."""
    assert resolve_tagged(tag, text) == value


@pytest.mark.parametrize(("tag", "text"), [("int", "x"), ("bool", "5"), ("timestamp", "2024-01-01"), ("int", "true")])
def test_tags_that_do_not_fit_are_refused(tag: str, text: str) -> None:
    """A tag that is passed over silently would make the text mean something else than it says."""
    with pytest.raises(ValueError, match=text):
        resolve_tagged(tag, text)


def test_every_node_knows_its_place() -> None:
    """Editors jump to line and column; off by one is the wrong line."""
    root = _tree("a: 1\nb:\n  - x\n  - {c: 'y'}\n")
    assert isinstance(root, Entries)
    second = root.entries[1]
    assert str(second.place) == "plan.yaml:2:1"
    assert isinstance(second.value, Items)
    inner = second.value.items[1]
    assert isinstance(inner, Entries)
    assert str(inner.entries[0].place) == "plan.yaml:4:6"
    assert str(inner.entries[0].value.place) == "plan.yaml:4:9"


def test_columns_count_letters_not_bytes() -> None:
    """`Prüfung: x` must not shift everything behind it to the right."""
    root = _tree("äöü: x")
    assert isinstance(root, Entries)
    assert root.entries[0].value.place.column == 6


def test_own_keys_win_over_merged_ones_and_earlier_merges_over_later() -> None:
    """Merge keys are specified to work so; a plan that overrides a default relies on it."""
    text = "a: &a {x: 1, y: 1}\nb: &b {x: 2, z: 2}\nc: {<<: [*a, *b], y: 3}\n"
    root = _value(_tree(text))
    assert isinstance(root, dict)
    assert root["c"] == {"y": 3, "x": 1, "z": 2}


def test_a_quoted_merge_sign_is_a_key() -> None:
    """Quotes are the way to say that a sign means itself."""
    assert _value(_tree("'<<': 1")) == {"<<": 1}


def test_a_bomb_of_aliases_is_refused_before_it_is_built() -> None:
    """Nine lines of text can stand for a billion nodes."""
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 12)]
    with pytest.raises(PlanError, match="aliases expanded"):
        compose("\n".join(lines), "plan.yaml")


@pytest.mark.parametrize("text", ["[" * 100_000, "{a: " * 50_000, "- " * 50_000, "? " * 50_000])
def test_depth_is_bounded(text: str) -> None:
    """Recursion without a bound is a crash that anybody can write."""
    with pytest.raises(PlanError):
        compose(text, "plan.yaml")


@pytest.mark.parametrize("text", ["\x00", "a: \x07", "\ud800", "a\ufffe"])
def test_what_is_not_text_is_refused(text: str) -> None:
    """Somebody will give the program a picture."""
    with pytest.raises(PlanError) as caught:
        compose(text, "plan.yaml")
    assert caught.value.problems[0].hint


def test_duplicate_keys_are_told_with_their_path_and_the_first_line() -> None:
    """The parser would keep the last one, and the reviewer reads the first."""
    _, problems = compose("a:\n  b: 1\n  b: 2\n", "plan.yaml")
    assert [(problem.path, str(problem.place), problem.hint) for problem in problems] == [
        ("a/b", "plan.yaml:3:3", "the first one is on line 2")
    ]
