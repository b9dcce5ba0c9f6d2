"""What is collected while a text is read: problems, names, references between parts, and where reading stands."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from wetrun.errors import Place, PlanProblem
from wetrun.formats.decode.tree import Entry, Node, Scalar
from wetrun.plan.faults import FaultParameters

__all__ = ["Context", "Cursor", "Name", "NameKind", "Reference", "Rejected", "Variable"]

NameKind = str


class Rejected(Exception):  # noqa: N818 - it is no error that anybody sees: the problem has been noted already
    """A part could not be read; at least one problem has been noted for it."""


@dataclass(frozen=True, slots=True)
class Name:
    """A name that the text gives to something of one kind (`procedure`, `step`…)."""

    kind: NameKind
    name: str
    place: Place
    path: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Reference:
    """A name that must exist elsewhere in the text."""

    kind: NameKind
    name: str
    place: Place
    path: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Variable:
    """A mention of a variable: used (`${name}`) or captured.

    Attributes:
        strict: The mention is in braces in a text that wetrun itself fills in, so an unknown name is a mistake.
    """

    name: str
    captured: bool
    strict: bool
    place: Place
    path: tuple[str, ...]


@dataclass(slots=True)
class Context:
    """The notebook of one reading; `variables` are in the order in which the plan runs them."""

    fault_kinds: Mapping[str, FaultParameters] | None = None
    default_target: str = "local"
    problems: list[PlanProblem] = field(default_factory=list[PlanProblem])
    names: list[Name] = field(default_factory=list[Name])
    references: list[Reference] = field(default_factory=list[Reference])
    variables: list[Variable] = field(default_factory=list[Variable])

    def note(self, message: str, place: Place | None, path: tuple[str, ...], hint: str | None = None) -> None:
        """Write down a problem."""
        self.problems.append(PlanProblem(message, place, "/".join(path), hint))


@dataclass(frozen=True, slots=True)
class Cursor:
    """A node that is being read, with the key path that leads to it."""

    node: Node
    path: tuple[str, ...]
    context: Context

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
        self.context.references.append(Reference(kind, name, self.place, self.path))
