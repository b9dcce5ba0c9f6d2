"""Where a command stands: in a pipe, a list, a condition, a substitution; found by one walk from the root down.

A node of the grammar's tree finds its parent and its neighbours by searching from the root, which takes minutes for a
thousand commands in one line.
"""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tree_sitter import Node

__all__ = ["Place", "commands_below"]

_SUBSTITUTIONS = frozenset({"command_substitution", "process_substitution"})
_CARRIERS = frozenset({"command", "variable_assignment"})


class Place:
    """A node and what stands around it.

    Attributes:
        node: The node.
        kind: Its type.
        parent: Where its parent stands; None for the root.
        siblings: All children of the parent, this one among them.
        index: Which of them it is.
        inside: Whether it stands in a substitution, or is one.
        background: Whether it, or what it is a part of, ends with `&`; up to the innermost substitution.
        carrier: The innermost command or assignment that it stands in, or is.
        holder: The command or assignment among whose words the innermost substitution stands; None outside of any.
        program: What it calls, once somebody has found out.
    """

    __slots__ = ("background", "carrier", "holder", "index", "inside", "kind", "node", "parent", "program", "siblings")

    def __init__(self, node: "Node", parent: "Place | None", siblings: "Sequence[Node]", index: int) -> None:
        self.node = node
        self.kind = kind = node.type
        self.parent = parent
        self.siblings = siblings
        self.index = index
        self.program: str | None = None
        if parent is None:
            self.inside = self.background = False
            self.carrier: Place | None = None
            self.holder: Place | None = None
        elif kind in _SUBSTITUTIONS:
            self.inside, self.background = True, False
            self.carrier = self.holder = parent.carrier
        else:
            self.inside, self.carrier, self.holder = parent.inside, parent.carrier, parent.holder
            following = self.after()
            self.background = parent.background or (following is not None and following.type == "&")
        if kind in _CARRIERS:
            self.carrier = self

    def after(self) -> "Node | None":
        """What follows on it, with its parent's other children."""
        return self.siblings[self.index + 1] if self.index + 1 < len(self.siblings) else None

    def named_neighbours(self) -> "tuple[Node | None, Node | None]":
        """The named nodes before and behind it."""
        before = (self.siblings[at] for at in range(self.index - 1, -1, -1))
        behind = (self.siblings[at] for at in range(self.index + 1, len(self.siblings)))
        return next((one for one in before if one.is_named), None), next((one for one in behind if one.is_named), None)

    def within(self, *kinds: str) -> "Place":
        """The outermost part that it is, going up through parents of these kinds only."""
        place = self
        while place.parent is not None and place.parent.kind in kinds:
            place = place.parent
        return place


def commands_below(root: "Node") -> Iterator[Place]:
    """Every simple command, in no order."""
    waiting = [_Found(root, None, (), 0)]
    while waiting:
        found = waiting.pop()
        if found.node.type == "command":
            yield found.place()
        children = found.node.children
        waiting += [_Found(child, found, children, index) for index, child in enumerate(children)]


class _Found:
    """A node as the walk came to it; most are words and signs, whose place nobody asks for."""

    __slots__ = ("index", "known", "node", "parent", "siblings")

    def __init__(self, node: "Node", parent: "_Found | None", siblings: "Sequence[Node]", index: int) -> None:
        self.node, self.parent, self.siblings, self.index = node, parent, siblings, index
        self.known: Place | None = None

    def place(self) -> Place:
        """Where it stands; what is known of its parents is not found out again."""
        path: list[_Found] = [self]
        while path[-1].known is None and path[-1].parent is not None:
            path.append(path[-1].parent)
        place = path[-1].known
        for one in reversed(path):
            if one.known is None:
                one.known = Place(one.node, place, one.siblings, one.index)
            place = one.known
        assert place is not None  # noqa: S101 - the path has a part
        return place
