"""What is collected while a text is read: problems, names, references between parts, and where reading stands."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from wetrun.errors import Place, PlanProblem
from wetrun.formats.decode.tree import Entry, Node, Scalar
from wetrun.plan.faults import FaultParameters

__all__ = ["Context", "Cursor", "Name", "NameKind", "Rejected", "Variable"]

NameKind = str


class Rejected(Exception):  # noqa: N818 - it is no error that anybody sees: the problem has been noted already
    """A part could not be read; at least one problem has been noted for it."""


class Name(NamedTuple):
    """A name of one kind (`procedure`, `step`…) that the text gives, or that must exist elsewhere in it."""

    kind: NameKind
    name: str
    place: Place
    path: tuple[str, ...]


class Variable(NamedTuple):
    """A mention of a variable: used (`${name}`) or captured.

    Attributes:
        strict: The mention is in braces in a text that wetrun itself fills in, so an unknown name is a mistake.
        in_command: The mention is in a command, where the shell may know more names than wetrun.
    """

    name: str
    place: Place
    path: tuple[str, ...]
    captured: bool = False
    strict: bool = False
    in_command: bool = False


class Context:
    """The notebook of one reading.

    Attributes:
        fault_kinds: The known kinds of faults; None accepts any.
        problems: Those that the text itself has, and those that reading it has noted.
        paths: For each of them the keys that lead to it; none for those of the text itself.
        default_target: Where steps run that name no target.
        names: Names that are given.
        references: Names that must exist.
        variables: In the order in which the plan runs them.
        assigned: Names to which a command gives a value by itself.
    """

    def __init__(
        self, fault_kinds: Mapping[str, FaultParameters] | None = None, problems: Iterable[PlanProblem] = ()
    ) -> None:
        self.fault_kinds = fault_kinds
        self.default_target = "local"
        self.problems = list(problems)
        self.paths: list[tuple[str, ...]] = [()] * len(self.problems)
        self.names: list[Name] = []
        self.references: list[Name] = []
        self.variables: list[Variable] = []
        self.assigned: set[str] = set()

    def note(self, message: str, place: Place | None, path: tuple[str, ...], hint: str | None = None) -> None:
        """Write down a problem."""
        self.problems.append(PlanProblem(message, place, "/".join(path), hint))
        self.paths.append(path)


class Cursor:
    """A node that is being read, with the key path that leads to it."""

    __slots__ = ("context", "node", "path")

    def __init__(self, node: Node, path: tuple[str, ...], context: Context) -> None:
        self.node = node
        self.path = path
        self.context = context

    @property
    def place(self) -> Place:
        """Where the node begins."""
        return self.node.place

    def note(self, message: str, hint: str | None = None, *, place: Place | None = None) -> None:
        """Write down a problem of this node and go on."""
        self.context.note(message, place or self.node.place, self.path, hint)

    def wrong(self, message: str, hint: str | None = None) -> Rejected:
        """Write down a problem of this node and give the exception to raise."""
        self.note(message, hint)
        return Rejected()

    def item(self, index: int, node: Node) -> "Cursor":
        """The cursor for an item of this list."""
        return Cursor(node, (*self.path, str(index)), self.context)

    def entry(self, entry: Entry) -> "Cursor":
        """The cursor for a value of this mapping."""
        return Cursor(entry.value, (*self.path, entry.key), self.context)

    def key(self, entry: Entry) -> "Cursor":
        """The cursor for the key itself (problems then stand at the key, not at its value)."""
        return Cursor(Scalar(entry.key, entry.key, entry.place), (*self.path, entry.key), self.context)

    def declare(self, kind: NameKind, name: str) -> None:
        """Write down that this node gives a name."""
        self.context.names.append(Name(kind, name, self.place, self.path))

    def refer(self, kind: NameKind, name: str) -> None:
        """Write down that this node mentions a name that must exist."""
        self.context.references.append(Name(kind, name, self.place, self.path))
