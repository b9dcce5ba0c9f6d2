"""The kinds of faults, found by entry points; their parameters; and faults built from what a plan says."""

from collections.abc import Iterator, Mapping
from functools import cache

from wetrun.faults.declaring import FaultClass, declared, received
from wetrun.faults.finding import Found, installed
from wetrun.faults.problems import BadFaultParameterError, UnknownFaultError, UnusableFaultError
from wetrun.plan.faults import FaultParameters
from wetrun.plan.scenarios import FaultSpec
from wetrun.runtime.ports import Fault

__all__ = ["GROUP", "build", "catalogue", "fault_class", "is_synthetic", "kinds", "parameters_of"]

GROUP = "wetrun.faults"
"""The entry points' group; the name is the kind, the object the fault's class."""

_METHODS = ("prepare", "inject", "took_effect", "clear", "gone")


@cache
def _found() -> Mapping[str, Found]:
    points: dict[str, Found] = {}
    for point in installed(GROUP):
        other = points.setdefault(point.name, point)
        if other.value != point.value:
            raise UnusableFaultError(point.name, point.value, f"`{other.value}` has the same name")
    return points


def kinds() -> tuple[str, ...]:
    """Every kind of fault that is installed, in alphabetical order."""
    return tuple(sorted(_found()))


@cache
def fault_class(kind: str) -> FaultClass:
    """The class of a kind.

    Raises:
        UnknownFaultError: There is no such kind.
        UnusableFaultError: What is registered cannot be loaded, or is no fault.
    """
    point = _found().get(kind)
    if point is None:
        raise UnknownFaultError(kind, kinds())
    try:
        loaded = point.load()
    except (ImportError, AttributeError) as problem:
        raise UnusableFaultError(kind, point.value, str(problem)) from problem
    lacking = [name for name in (*_METHODS, "kind", "synthetic") if not hasattr(loaded, name)]
    if not isinstance(loaded, type) or lacking:
        raise UnusableFaultError(kind, point.value, f"it has no `{lacking[0]}`" if lacking else "it is no class")
    if loaded.kind != kind:  # type: ignore[attr-defined]
        raise UnusableFaultError(kind, point.value, f"its `kind` is `{loaded.kind}`")  # type: ignore[attr-defined]
    return loaded  # type: ignore[return-value]


@cache
def parameters_of(kind: str) -> FaultParameters:
    """What a plan may say about a kind of fault.

    Raises:
        UnknownFaultError: There is no such kind.
        UnusableFaultError: It cannot be used.
    """
    return declared(fault_class(kind))


class _Catalogue(Mapping[str, FaultParameters]):
    """Loads a kind when it is asked for: reading a plan shall not cost every fault there is."""

    def __getitem__(self, kind: str) -> FaultParameters:
        if kind not in _found():
            raise KeyError(kind)
        return parameters_of(kind)

    def __iter__(self) -> Iterator[str]:
        return iter(kinds())

    def __len__(self) -> int:
        return len(_found())

    def __contains__(self, kind: object) -> bool:
        return kind in _found()


def catalogue() -> Mapping[str, FaultParameters]:
    """Every kind with its parameters, as plans are read with it; each is loaded when it is looked at.

    Raises:
        UnusableFaultError: Two packages have a fault of the same name; or, when a kind is looked at, it cannot be used.
    """
    _found()
    return _Catalogue()


def build(spec: FaultSpec) -> Fault:
    """Make the fault that a plan asks for.

    Values may be ready (`0.3`) or as people write them (`300ms`).

    Raises:
        UnknownFaultError: There is no such kind.
        UnusableFaultError: It cannot be used.
        BadFaultParameterError: A parameter is unknown, missing or impossible.
    """
    chosen = fault_class(spec.kind)
    known = {parameter.name: parameter for parameter in declared(chosen)}
    for name in spec.parameters:
        if name not in known:
            raise BadFaultParameterError.unknown(spec.kind, name, known)
    for parameter in known.values():
        if parameter.required and parameter.name not in spec.parameters:
            raise BadFaultParameterError(spec.kind, f"needs the parameter `{parameter.name}`", parameter.doc or None)
    values = {name: received(spec.kind, known[name], value) for name, value in spec.parameters.items()}
    try:
        return chosen(**values)
    except ValueError as problem:
        raise BadFaultParameterError(spec.kind, str(problem)) from problem


def is_synthetic(fault: Fault) -> bool:
    """Whether a fault is a scripted failure, to be labelled as such everywhere."""
    return bool(getattr(fault, "synthetic", False))
