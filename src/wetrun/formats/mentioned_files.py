"""The files that a plan names, each with its place."""

from collections.abc import Iterator, Mapping
from enum import Enum

from wetrun.errors import Place
from wetrun.formats.decode.tree import Entries, Items, Node, Scalar
from wetrun.lean import dataclass
from wetrun.plan.faults import FaultParameters, ParameterType

__all__ = ["FileKind", "MentionedFile", "mentioned_files"]


class FileKind(Enum):
    """What a file is for; `MATERIAL` is a file or folder that the scripts of the double read."""

    SCRIPT = "script of the double"
    MATERIAL = "file of the double"
    FAULT = "file of the fault"
    MOUNT = "mounted folder"


@dataclass(frozen=True, slots=True)
class MentionedFile:
    """A path that a plan names; relative to the plan's folder, but for a mount."""

    kind: FileKind
    path: str
    place: Place


_DOUBLE = {
    "setup": FileKind.SCRIPT,
    "start": FileKind.SCRIPT,
    "files": FileKind.MATERIAL,
    "mounts": FileKind.MOUNT,
}


def mentioned_files(root: Node, fault_kinds: Mapping[str, FaultParameters]) -> tuple[MentionedFile, ...]:
    """Every file that a plan names for its double and its faults, in the order of the text.

    Args:
        root: The tree of a plan that could be read.
        fault_kinds: The known kinds of faults.
    """
    found = [*_of_double(_child(root, "double")), *_of_faults(_child(root, "scenarios"), fault_kinds)]
    return tuple(sorted(found, key=lambda one: one.place))


def _of_double(double: Node | None) -> Iterator[MentionedFile]:
    for key, kind in _DOUBLE.items():
        yield from (MentionedFile(kind, leaf.text, leaf.place) for leaf in _leaves(_child(double, key)))


def _of_faults(scenarios: Node | None, fault_kinds: Mapping[str, FaultParameters]) -> Iterator[MentionedFile]:
    for scenario in scenarios.entries if isinstance(scenarios, Entries) else ():
        fault = _child(scenario.value, "fault")
        for one in fault.entries if isinstance(fault, Entries) else ():
            for parameter in fault_kinds.get(one.key, ()):
                if parameter.type is ParameterType.FILE:
                    leaves = _leaves(_child(one.value, parameter.name))
                    yield from (MentionedFile(FileKind.FAULT, leaf.text, leaf.place) for leaf in leaves)


def _child(node: Node | None, key: str) -> Node | None:
    entries = node.entries if isinstance(node, Entries) else ()
    return next((entry.value for entry in entries if entry.key == key), None)


def _leaves(node: Node | None) -> Iterator[Scalar]:
    for one in node.items if isinstance(node, Items) else (node,):
        if isinstance(one, Scalar) and one.value is not None:
            yield one
