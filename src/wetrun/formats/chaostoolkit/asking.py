"""Looking at an experiment's tree: keys by name, and problems at the place where they are."""

from collections.abc import Iterator, Mapping

from wetrun.errors import Place, PlanProblem
from wetrun.formats.decode.nearest import did_you_mean
from wetrun.formats.decode.tree import Entries, Entry, Items, Node, Scalar, describe
from wetrun.plan.expectations import JsonValue

__all__ = ["Asked", "plain"]


class Asked:
    """A mapping of an experiment, with its key path; notes problems in a list that all share."""

    def __init__(self, node: Node, path: str, problems: list[PlanProblem]) -> None:
        self.node = node
        self.path = path
        self.problems = problems
        entries = node.entries if isinstance(node, Entries) else ()
        self._entries = {entry.key: entry for entry in entries}
        if not isinstance(node, Entries):
            self.note(f"{describe(node)} where a mapping is wanted")

    @property
    def place(self) -> Place:
        """Where it begins."""
        return self.node.place

    def note(self, message: str, hint: str | None = None, place: Place | None = None) -> None:
        """Write down a problem."""
        self.problems.append(PlanProblem(message, place or self.node.place, self.path, hint))

    def allow(self, keys: Mapping[str, str | None]) -> None:
        """Note keys that are unknown; a key that is known and cannot be used is noted with its reason."""
        for name, entry in self._entries.items():
            if name not in keys:
                hint = did_you_mean(name, keys)
                self.problems.append(PlanProblem(f"unknown key `{name}`", entry.place, self._inside(name), hint))
            elif (reason := keys[name]) is not None:
                self.problems.append(
                    PlanProblem(f"`{name}` cannot be imported: {reason}", entry.place, self._inside(name))
                )

    def has(self, key: str) -> bool:
        """Whether a key is given."""
        return key in self._entries

    def node_of(self, key: str) -> Node | None:
        """The value of a key."""
        entry = self._entries.get(key)
        return None if entry is None else entry.value

    def text(self, key: str, default: str = "") -> str:
        """The text of a key; a problem when it is no text."""
        node = self.node_of(key)
        if node is None:
            return default
        if isinstance(node, Scalar) and node.value is not None:
            return node.text
        self.problems.append(PlanProblem(f"{describe(node)} where a text is wanted", node.place, self._inside(key)))
        return default

    def inner(self, key: str) -> "Asked | None":
        """The mapping of a key."""
        node = self.node_of(key)
        return None if node is None else Asked(node, self._inside(key), self.problems)

    def each(self, key: str) -> Iterator["Asked"]:
        """The mappings in the list of a key."""
        node = self.node_of(key)
        if node is None or (isinstance(node, Scalar) and node.value is None):
            return
        if not isinstance(node, Items):
            self.problems.append(PlanProblem(f"{describe(node)} where a list is wanted", node.place, self._inside(key)))
            return
        for index, item in enumerate(node.items):
            yield Asked(item, f"{self._inside(key)}/{index}", self.problems)

    def entries(self) -> Iterator[Entry]:
        """Its keys with their values."""
        yield from self._entries.values()

    def keys(self) -> list[str]:
        """The keys that are given."""
        return list(self._entries)

    def _inside(self, key: str) -> str:
        return f"{self.path}/{key}" if self.path else key


def plain(node: Node) -> JsonValue:
    """A node as plain values."""
    match node:
        case Scalar(value=value):
            return value
        case Items(items=items):
            return [plain(item) for item in items]
        case Entries(entries=entries):
            return {entry.key: plain(entry.value) for entry in entries}
