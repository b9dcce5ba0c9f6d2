"""What a fault's class says about its parameters: read from its fields and docstring, or taken as it declares them."""

import dataclasses
import inspect
import re
import types
from typing import Any, ClassVar, Literal, Protocol, Union, get_args, get_origin, get_type_hints

from wetrun.faults.problems import BadFaultParameterError
from wetrun.lean import pattern
from wetrun.plan.expectations import JsonValue
from wetrun.plan.faults import FaultParameter, FaultParameters, ParameterType, PlanFile
from wetrun.runtime.ports import Fault
from wetrun.units import Bytes, Probability, Seconds, UnitError, parse_bytes, parse_probability, parse_seconds

__all__ = ["FaultClass", "declared", "received"]

_TYPES: dict[Any, ParameterType] = {
    str: ParameterType.TEXT,
    PlanFile: ParameterType.FILE,
    int: ParameterType.INTEGER,
    float: ParameterType.NUMBER,
    bool: ParameterType.FLAG,
    Seconds: ParameterType.DURATION,
    Bytes: ParameterType.BYTES,
    Probability: ParameterType.PROBABILITY,
    tuple[str, ...]: ParameterType.LIST_OF_TEXT,
    list[str]: ParameterType.LIST_OF_TEXT,
}
_UNITS = {
    ParameterType.DURATION: parse_seconds,
    ParameterType.BYTES: parse_bytes,
    ParameterType.PROBABILITY: parse_probability,
}
_SECTION = pattern(r"^Attributes:\n((?:[ \t]+.*\n?|\n)*)", re.MULTILINE)
_ATTRIBUTE = pattern(r"^ {4}(\w+): (.*(?:\n {5,}.*)*)", re.MULTILINE)


class FaultClass(Protocol):
    """A class of faults."""

    kind: ClassVar[str]
    synthetic: ClassVar[bool]

    def __call__(self, **parameters: Any) -> Fault:
        """Make one."""
        ...


def declared(chosen: FaultClass) -> FaultParameters:
    """The parameters of a class: its `parameters` when it has them, else the fields of the dataclass that it is.

    A field's type decides how the value is read (`Seconds`, `Bytes`, `Probability`, `Literal` for a choice), its
    default whether it is required, and the class docstring's `Attributes:` what it means.
    """
    given = getattr(chosen, "parameters", None)
    if given is not None:
        return tuple(given)
    if not dataclasses.is_dataclass(chosen):
        return ()
    hints = get_type_hints(chosen)
    docs = _docs(chosen)
    return tuple(
        _parameter(field.name, hints[field.name], docs, required=_required(field))
        for field in dataclasses.fields(chosen)
        if field.init
    )


def received(kind: str, parameter: FaultParameter, value: JsonValue) -> Any:
    """A parameter's value as the fault receives it.

    Raises:
        BadFaultParameterError: It is of another type, or not among the choices.
    """
    if isinstance(value, str) and parameter.type in _UNITS:
        try:
            return _UNITS[parameter.type](value)
        except UnitError as problem:
            raise BadFaultParameterError(
                kind, f"has a `{parameter.name}` that {_is_not(problem)}", problem.hint
            ) from problem
    sound, result = _fits(parameter.type, value)
    if not sound:
        raise BadFaultParameterError(
            kind, f"wants `{parameter.name}` to be of type {parameter.type.value}, not `{value}`"
        )
    if parameter.choices and value not in parameter.choices:
        raise BadFaultParameterError(
            kind, f"knows no `{parameter.name}` of `{value}`", f"one of {', '.join(parameter.choices)}"
        )
    return result


def _is_not(problem: UnitError) -> str:
    return f"is `{problem.text}`, which is not {problem.wanted}"


def _fits(wanted: ParameterType, value: JsonValue) -> tuple[bool, Any]:
    number = isinstance(value, int | float) and not isinstance(value, bool)
    match wanted:
        case ParameterType.TEXT | ParameterType.FILE:
            return isinstance(value, str), value
        case ParameterType.FLAG:
            return isinstance(value, bool), value
        case ParameterType.INTEGER | ParameterType.BYTES:
            return number and float(value) == int(value), value  # type: ignore[arg-type]
        case ParameterType.NUMBER | ParameterType.DURATION | ParameterType.PROBABILITY:
            return number, value
        case ParameterType.LIST_OF_TEXT:
            items = [value] if isinstance(value, str) else value
            sound = isinstance(items, list | tuple) and all(isinstance(item, str) for item in items)
            return sound, tuple(items) if sound else value  # type: ignore[arg-type]


def _parameter(name: str, hint: Any, docs: dict[str, str], *, required: bool) -> FaultParameter:
    plain = _without_none(hint)
    doc = docs.get(name, "")
    if get_origin(plain) is Literal:
        return FaultParameter(name, ParameterType.TEXT, required, doc, tuple(str(choice) for choice in get_args(plain)))
    return FaultParameter(name, _TYPES[plain], required, doc)


def _without_none(hint: Any) -> Any:
    if get_origin(hint) in (Union, types.UnionType):
        rest = [each for each in get_args(hint) if each is not type(None)]
        return rest[0] if len(rest) == 1 else hint
    return hint


def _required(field: "dataclasses.Field[Any]") -> bool:
    return field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING


def _docs(chosen: FaultClass) -> dict[str, str]:
    section = _SECTION.search(inspect.getdoc(chosen) or "")
    if section is None:
        return {}
    return {name: " ".join(text.split()) for name, text in _ATTRIBUTE.findall(section[1])}
