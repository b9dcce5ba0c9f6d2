"""The light dataclasses behave as the standard library's."""

import copy
import dataclasses
import inspect
import pickle
import re
from collections.abc import Callable
from typing import Any, ClassVar, Generic, TypeVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wetrun import lean

T = TypeVar("T")
Make = Callable[..., Callable[[type], Any]]


@lean.dataclass(frozen=True, slots=True)
class Spot:
    """A class that pickles find by its name."""

    x: int
    y: int = 2


def _plain() -> type:
    class Plain:
        """Fields with and without defaults."""

        kind: ClassVar[str] = "plain"
        x: int
        y: str = "why"
        z: list[int] = dataclasses.field(default_factory=list)
        w: float = dataclasses.field(default=1.5)

    return Plain


def _checked() -> type:
    class Checked:
        """A class that looks at what it is given, and has a property and words of its own."""

        x: int
        y: int = 0

        def __post_init__(self) -> None:
            if self.x < self.y:
                raise ValueError(self.x)

        @property
        def both(self) -> int:
            return self.x + self.y

        def __repr__(self) -> str:
            return f"<{self.x}>"

    return Checked


def _generic() -> type:
    class Several(Generic[T]):
        """A generic class without a default."""

        x: T
        y: T

    return Several


def _empty() -> type:
    class Empty:
        """Nothing at all."""

    return Empty


SHAPES = [_plain, _checked, _generic, _empty]
OPTIONS: list[dict[str, bool]] = [
    {},
    {"kw_only": True},
    {"eq": False},
    {"eq": False, "kw_only": True},
    {"frozen": False},
    {"frozen": False, "kw_only": True},
    {"order": True},
    {"frozen": False, "order": True},
]


def _pair(shape: Callable[[], type], options: dict[str, bool]) -> tuple[Any, Any]:
    light: Any = lean.dataclass  # to type checkers it is the other one
    both: list[Make] = [light, dataclasses.dataclass]
    ours, theirs = (make(**{"frozen": True, "slots": True} | options)(shape()) for make in both)
    return ours, theirs


def _made(kind: Any, values: dict[str, Any]) -> Any:
    try:
        return kind(**values)
    except (TypeError, ValueError) as error:
        return type(error)


def _told(kind: Any) -> Any:
    return [(f.name, f.type, f.default, f.default_factory, f.kw_only) for f in dataclasses.fields(kind)]


@pytest.mark.parametrize("options", OPTIONS, ids=str)
@pytest.mark.parametrize("shape", SHAPES)
@given(
    first=st.dictionaries(st.sampled_from(["x", "y", "z", "w", "no"]), st.integers(0, 2)),
    second=st.dictionaries(st.sampled_from(["x", "y", "z", "w"]), st.integers(0, 2)),
)
def test_values_are_made_compared_and_shown_alike(
    shape: Callable[[], type], options: dict[str, bool], first: dict[str, int], second: dict[str, int]
) -> None:
    """Whoever reads `@dataclass` expects what the standard library documents, down to the errors."""
    ours, theirs = _pair(shape, options)
    pairs = [(_made(ours, values), _made(theirs, values)) for values in (first, second)]
    for mine, other in pairs:
        assert isinstance(mine, type) == isinstance(other, type)
        if isinstance(mine, type):
            assert mine == other
            return
        assert repr(mine) == repr(other) or "object at" in repr(mine)
        assert _hash(mine, options) == _hash(other, options)
        assert [getattr(mine, f.name) for f in dataclasses.fields(mine)] == [
            getattr(other, f.name) for f in dataclasses.fields(other)
        ]
    (a, c), (b, d) = pairs
    assert (a == b) == (c == d)
    assert (a == a) == (c == c)  # noqa: PLR0124
    assert _ordered(a, b) == _ordered(c, d)
    assert a.__eq__("other") is NotImplemented


def _ordered(one: Any, other: Any) -> object:
    try:
        return one < other, one <= other, one > other, one >= other
    except TypeError:
        return None


def _hash(value: Any, options: dict[str, bool]) -> object:
    if not options.get("eq", True):
        return None  # that of the object, which differs between any two
    try:
        return hash(value)
    except TypeError as error:
        return str(error)


@pytest.mark.parametrize("options", OPTIONS, ids=str)
@pytest.mark.parametrize("shape", SHAPES)
def test_classes_are_told_alike(shape: Callable[[], type], options: dict[str, bool]) -> None:
    """Codecs and fault parameters ask a class for its fields; patterns ask for the order of the positional ones."""
    ours, theirs = _pair(shape, options)
    assert _told(ours) == _told(theirs)
    assert ours.__match_args__ == theirs.__match_args__
    assert ours.__slots__ == theirs.__slots__
    assert ours.__qualname__ == theirs.__qualname__
    assert ours.__dataclass_params__.frozen == theirs.__dataclass_params__.frozen
    assert list(inspect.signature(ours).parameters) == list(inspect.signature(theirs).parameters)
    values = dict.fromkeys(ours.__slots__, 3)
    assert not hasattr(ours(**values), "__dict__")


def test_values_cannot_be_changed() -> None:
    """Frozen is frozen, by assignment and by deletion."""
    spot: Any = Spot(1)
    with pytest.raises(dataclasses.FrozenInstanceError, match="cannot assign to field 'x'"):
        spot.x = 3
    with pytest.raises(dataclasses.FrozenInstanceError, match="cannot delete field 'x'"):
        del spot.x
    assert spot == Spot(1, 2)


def test_values_are_copied_replaced_and_pickled() -> None:
    """States are copied on the way between processes, and `replace` makes every next state."""
    spot = Spot(1)
    assert copy.deepcopy(spot) == spot == pickle.loads(pickle.dumps(spot))  # noqa: S301
    assert dataclasses.replace(spot, y=5) == Spot(1, 5)
    assert dataclasses.asdict(spot) == {"x": 1, "y": 2}
    match spot:
        case Spot(x, y):
            assert (x, y) == (1, 2)


def test_a_dataclass_can_be_built_upon() -> None:
    """A class below a light one has the fields of both, and may not thaw them."""

    @dataclasses.dataclass(frozen=True, slots=True)
    class Deep(Spot):
        z: int = 3

    assert repr(Deep(1)).endswith("Deep(x=1, y=2, z=3)")
    assert Deep(1) != Spot(1)
    with pytest.raises(TypeError, match="non-frozen"):

        @dataclasses.dataclass
        class Thawed(Spot):  # type: ignore[misc]
            z: int = 3


@pytest.mark.parametrize(
    ("namespace", "options"),
    [
        ({"__annotations__": {"x": list[int]}, "x": []}, {}),
        ({"__annotations__": {"x": int, "y": int}, "x": 1}, {}),
        ({"__annotations__": {"x": int}}, {"eq": False, "order": True}),
        ({"__annotations__": {"x": int}, "__lt__": lambda one, other: one.x < other.x}, {"order": True}),
    ],
)
def test_mistakes_are_told_when_the_class_is_defined(namespace: dict[str, Any], options: dict[str, bool]) -> None:
    """A default that all values would share, and a field that could never be left out, are mistakes of the class."""
    light: Any = lean.dataclass
    with pytest.raises(
        (ValueError, TypeError, SyntaxError), match=r"mutable default|default argument|eq must be true|Cannot overwrite"
    ):
        light(frozen=True, slots=True, **options)(type("Wrong", (), dict(namespace)))


def test_what_is_not_frozen_can_be_changed() -> None:
    """A class that is not frozen takes values and has no hash, as the standard library has it."""

    @lean.dataclass(slots=True)
    class Count:
        number: int = 0

    count = Count()
    count.number += 2
    assert count == Count(2)
    assert copy.copy(count) == count
    with pytest.raises(TypeError, match="unhashable"):
        hash(count)


def test_constructors_are_inherited() -> None:
    """A class below a light one that adds no fields is made in the same way, whichever is made first."""

    class Place(Spot):
        """The same fields."""

    assert Place(3).y == 2
    assert repr(Place(3)).endswith("Place(x=3, y=2)")
    assert Spot(3) != Place(3)


@given(st.text("ab", max_size=6))
def test_a_pattern_is_one_of_the_standard_library(text: str) -> None:
    """Patterns are compiled when they are first used, and answer like those that are compiled at once."""
    late, early = lean.pattern("(?P<x>a+)b", re.IGNORECASE), re.compile("(?P<x>a+)b", re.IGNORECASE)
    assert late.sub("-", text) == early.sub("-", text)
    assert late.findall(text) == early.findall(text)
    assert (late.match(text) is None) == (early.match(text) is None)
    assert (late.pattern, late.flags, late.groupindex) == (early.pattern, early.flags, early.groupindex)


def test_what_is_unusual_goes_to_the_standard_decorator() -> None:
    """Fields that are left out are rare; they are not made a second time here."""

    @lean.dataclass(slots=True)
    class Mutable:
        x: int
        y: int = dataclasses.field(default=0, compare=False)

    changed = Mutable(1, 5)
    changed.x = 2
    assert changed == Mutable(2)
