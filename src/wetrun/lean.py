"""Dataclasses and patterns that cost little to define.

The standard decorator compiles half a dozen methods for each class while its module loads: half a millisecond each,
for hundreds of classes of which one command uses a few. This one compiles the constructor when it is first called, and
takes every other method from the standard decorator when that is first called. What has no `slots`, or is unusual in
another way, goes to the standard decorator at once. To type checkers it is the standard decorator.

In the same way `pattern` is `re.compile` that compiles when it is first used.
"""

import re
from collections.abc import Callable
from dataclasses import KW_ONLY, MISSING, Field, FrozenInstanceError, InitVar
from dataclasses import dataclass as standard
from dataclasses import fields as standard_fields
from types import FunctionType
from typing import TYPE_CHECKING, Any, ClassVar, get_origin

__all__ = ["dataclass", "pattern"]

_ORDER = {"__lt__", "__le__", "__gt__", "__ge__"}
_OWN_WAY = {"__init__", "__eq__", "__hash__", "__setattr__", "__delattr__", "__getstate__", "__setstate__", "__slots__"}


if TYPE_CHECKING:
    from dataclasses import dataclass
else:

    def dataclass(**options: bool) -> Callable[[type], type]:
        """Make a class a dataclass: `@dataclass(frozen=True, slots=True)`, as in the standard library.

        Args:
            options: Those of `dataclasses.dataclass`.
        """
        is_lean = (
            options.get("slots")
            and options.get("eq", True)
            and options.keys() <= {"frozen", "slots", "eq", "order", "kw_only"}
        )

        def decorate(cls: type) -> type:
            if is_lean and _is_usual(cls):
                return _Definition(cls, options).made
            return standard(**options)(cls)

        return decorate


def _is_usual(cls: type) -> bool:
    """Whether a class has plain fields only, and no method of its own where a dataclass has one."""
    if (_OWN_WAY | _ORDER) & cls.__dict__.keys() or any(
        "__dataclass_fields__" in base.__dict__ for base in cls.__mro__
    ):
        return False
    return all(_is_plain(kind, cls.__dict__.get(name)) for name, kind in cls.__annotations__.items())


def _is_plain(annotation: Any, default: Any) -> bool:
    if isinstance(annotation, str | InitVar) or annotation is KW_ONLY or type(default).__hash__ is None:
        return False
    if not isinstance(default, Field):
        return True
    asked: Any = default  # pyright: ignore[reportUnknownVariableType]
    return asked.init and asked.repr and asked.compare and asked.hash is None and asked.kw_only is MISSING


class _Definition:
    """What is known of a class until the standard decorator is asked; `made` is the class that takes its place."""

    def __init__(self, cls: type, options: dict[str, bool]) -> None:
        self._cls, self._options = cls, {name: on for name, on in options.items() if name != "slots"}
        self._frozen, self._kw_only = bool(options.get("frozen")), bool(options.get("kw_only"))
        self._kinds = {name: kind for name, kind in cls.__annotations__.items() if not _is_of_the_class(kind)}
        self._defaults = {name: cls.__dict__[name] for name in self._kinds if name in cls.__dict__}
        if not self._kw_only:
            _check_order(self._kinds, self._defaults)
        namespace = self._namespace()
        methods = {"__repr__", "__eq__"} | ({"__hash__"} if self._frozen else set[str]())
        methods |= _ORDER if options.get("order") else set[str]()
        self._lent = [name for name in methods if name not in cls.__dict__]
        namespace |= {name: self._stand_in(name) for name in self._lent}
        made: Any = type(cls)(cls.__name__, cls.__bases__, namespace)
        made.__qualname__ = cls.__qualname__
        made.__init__ = _Demanded(self._construct, "__init__")
        made.__dataclass_params__ = _Demanded(self._complete, "__dataclass_params__")
        made.__dataclass_fields__ = _Demanded(self._know_fields, "__dataclass_fields__")
        self.made = made

    def _namespace(self) -> dict[str, Any]:
        """The namespace of the class, with slots in place of the defaults."""
        gone = self._defaults.keys() | {"__dict__", "__weakref__"}
        kept = {name: value for name, value in self._cls.__dict__.items() if name not in gone}
        kept["__slots__"] = tuple(self._kinds)
        kept["__match_args__"] = () if self._kw_only else tuple(self._kinds)
        return kept | _FROZEN if self._frozen else kept | {"__hash__": None}

    def _stand_in(self, name: str) -> Callable[..., Any]:
        def method(instance: object, *arguments: object) -> Any:
            self._complete()
            return getattr(self.made, name)(instance, *arguments)

        return method

    def _construct(self) -> None:
        then = hasattr(self._cls, "__post_init__")
        # A slot itself is quicker than `object.__setattr__`, which would have to find it; and neither is refused.
        slots = {name: self.made.__dict__[name] for name in self._kinds} if self._frozen else {}
        self.made.__init__ = _constructor(tuple(self._kinds), self._defaults, slots, kw_only=self._kw_only, then=then)

    def _complete(self) -> None:
        twin = self._twin(**self._options)
        for name in (*self._lent, "__dataclass_params__"):
            setattr(self.made, name, getattr(twin, name))

    def _know_fields(self) -> None:
        """The standard decorator compiles nothing when it is asked for nothing but the fields."""
        twin = self._twin(init=False, repr=False, eq=False, kw_only=self._kw_only)
        self.made.__dataclass_fields__ = twin.__dataclass_fields__

    def _twin(self, **options: bool) -> Any:
        """The same fields in the hands of the standard decorator; without a docstring it would write one."""
        about = {"__module__": self._cls.__module__, "__doc__": self._cls.__doc__ or "A twin."}
        return standard(**options)(
            type(self._cls.__name__, (), {"__annotations__": self._kinds, **about, **self._defaults})
        )


def _is_of_the_class(annotation: Any) -> bool:
    return annotation is ClassVar or get_origin(annotation) is ClassVar


def _check_order(kinds: dict[str, Any], defaults: dict[str, Any]) -> None:
    """Refuse a field that could never be left out after one that may, as the standard decorator does."""
    optional = ""
    for name in kinds:
        default = defaults.get(name, MISSING)
        if isinstance(default, Field):
            asked: Any = default  # pyright: ignore[reportUnknownVariableType]
            default = MISSING if asked.default is MISSING and asked.default_factory is MISSING else asked
        if default is not MISSING:
            optional = name
        elif optional:
            message = f"non-default argument {name!r} follows default argument {optional!r}"
            raise TypeError(message)


def _constructor(
    names: tuple[str, ...], defaults: dict[str, Any], slots: dict[str, Any], *, kw_only: bool, then: bool
) -> FunctionType:
    """Compile `__init__`.

    Args:
        names: Those of the fields.
        defaults: What the class says after the `=`, by name.
        slots: What takes the values by name, where the class refuses plain assignments.
        kw_only: Whether arguments have to be named.
        then: Whether `__post_init__` is called.
    """
    known: dict[str, Any] = {"_MISSING": MISSING, **{f"_put_{name}": slot.__set__ for name, slot in slots.items()}}
    parameters = ["self", "*"] if kw_only and names else ["self"]
    lines: list[str] = []
    for name in names:
        default, value = defaults.get(name, MISSING), name
        if isinstance(default, Field):
            asked: Any = default  # pyright: ignore[reportUnknownVariableType]
            default = asked.default
            if asked.default_factory is not MISSING:
                known[f"_make_{name}"] = asked.default_factory
                value = f"_make_{name}() if {name} is _MISSING else {name}"
        optional = default is not MISSING or value != name
        known[f"_default_{name}"] = default
        parameters.append(f"{name}=_default_{name}" if optional else name)
        lines.append(f"  _put_{name}(self, {value})\n" if slots else f"  self.{name} = {value}\n")
    lines.append("  self.__post_init__()\n" if then else "  return\n")
    exec(f"def __init__({', '.join(parameters)}):\n" + "".join(lines), known)  # noqa: S102
    made: FunctionType = known["__init__"]
    return made


class _Demanded:
    """Stands on a class for what is made when it is first looked at."""

    def __init__(self, make: Callable[[], None], name: str) -> None:
        self._make, self._name = make, name

    def __get__(self, instance: object, owner: type) -> Any:
        self._make()
        return getattr(owner if instance is None else instance, self._name)


def _refuse_to_assign(_self: object, name: str, _value: object) -> None:
    message = f"cannot assign to field {name!r}"
    raise FrozenInstanceError(message)


def _refuse_to_delete(_self: object, name: str) -> None:
    message = f"cannot delete field {name!r}"
    raise FrozenInstanceError(message)


def _state(self: Any) -> list[Any]:
    return [getattr(self, field.name) for field in standard_fields(self)]


def _restore(self: Any, state: list[Any]) -> None:
    for field, value in zip(standard_fields(self), state, strict=True):
        object.__setattr__(self, field.name, value)


_FROZEN = {
    "__setattr__": _refuse_to_assign,
    "__delattr__": _refuse_to_delete,
    "__getstate__": _state,
    "__setstate__": _restore,
}


if TYPE_CHECKING:
    from re import compile as pattern
else:

    class pattern:  # noqa: N801 - it is called like a function
        """A regular expression that is compiled when it is first asked for anything.

        Args:
            text: As for `re.compile`; a mistake in it shows when it is first used.
            flags: As for `re.compile`.
        """

        def __init__(self, text: str | bytes, flags: int = 0) -> None:
            self._made = text, flags

        def __getattr__(self, name: str) -> Any:
            compiled = re.compile(*self._made)
            value = getattr(compiled, name)
            setattr(self, name, value)
            return value
