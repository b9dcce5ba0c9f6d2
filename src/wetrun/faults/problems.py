"""What can be wrong with a fault before it strikes, one class per cause."""

from collections.abc import Iterable

from wetrun.errors import WetrunError

__all__ = [
    "BadFaultParameterError",
    "FaultFailedError",
    "ImpossibleFaultError",
    "UnknownFaultError",
    "UnknownServiceError",
    "UnusableFaultError",
]


def _nearest(name: str, known: Iterable[str], none: str) -> str:
    from difflib import get_close_matches  # here, since most plans are right

    names = sorted(known)
    near = get_close_matches(name, names, 1)
    return (
        f"did you mean `{near[0]}`?"
        if near
        else f"known are {', '.join(f'`{each}`' for each in names)}"
        if names
        else none
    )


class UnknownFaultError(WetrunError):
    """There is no such kind of fault."""

    def __init__(self, kind: str, known: Iterable[str]) -> None:
        super().__init__(f"unknown fault `{kind}`", hint=_nearest(kind, known, "install a package that has it"))
        self.kind = kind


class UnusableFaultError(WetrunError):
    """A fault is registered, and is none."""

    def __init__(self, kind: str, where: str, problem: str) -> None:
        super().__init__(
            f"the fault `{kind}` from `{where}` cannot be used: {problem}", hint="ask the package that brought it"
        )
        self.kind = kind


class BadFaultParameterError(WetrunError):
    """A parameter is unknown, missing, or has a value that it cannot have."""

    def __init__(self, kind: str, problem: str, hint: str | None = None) -> None:
        super().__init__(f"the fault `{kind}` {problem}", hint=hint)
        self.kind = kind

    @classmethod
    def unknown(cls, kind: str, name: str, known: Iterable[str]) -> "BadFaultParameterError":
        """A parameter that the fault does not have."""
        return cls(kind, f"has no parameter `{name}`", _nearest(name, known, "it takes none"))


class UnknownServiceError(WetrunError):
    """A fault names a service that the plan does not describe."""

    def __init__(self, service: str, known: Iterable[str]) -> None:
        hint = _nearest(service, known, "describe it under `services`, with a `process` that finds its command line")
        super().__init__(f"there is no service `{service}`", hint=hint)
        self.service = service


class ImpossibleFaultError(WetrunError):
    """A fault cannot work in this double."""

    def __init__(self, kind: str, problem: str, hint: str) -> None:
        super().__init__(f"`{kind}` cannot work here: {problem}", hint=hint)
        self.kind = kind


class FaultFailedError(WetrunError):
    """A command with which a fault is brought about or taken away failed in the double."""

    def __init__(self, kind: str, doing: str, said: str) -> None:
        super().__init__(f"`{kind}` failed to {doing}: {said.strip()[-500:] or 'no reason given'}")
        self.kind = kind
