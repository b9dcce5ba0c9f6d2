"""A plan in the making as YAML: beside each value the line that it comes from, and every guess marked."""

from collections.abc import Iterable, Iterator

from wetrun.formats.writing.origins import DEFAULT_MARK, SOURCE_MARK
from wetrun.formats.writing.tree import Branch, Draft, Leaf, Listing
from wetrun.formats.writing.yaml_text import key_text, scalar_text

__all__ = ["to_yaml"]


def to_yaml(plan: Branch, head: Iterable[str], tail: Iterable[str]) -> str:
    """Write a plan.

    Args:
        plan: Its keys; the first level is set apart by empty lines.
        head: Comments above it.
        tail: Comments below it.

    Returns:
        YAML that `read_plan` reads as the same plan.
    """
    lines = [*_comments(head, 0)]
    for key, value in plan.entries.items():
        writer = _Lines()
        writer.entry(key, value, 0)
        lines += writer.found if isinstance(value, Leaf) else ["", *writer.found]
    lines += ["", *_comments(tail, 0)]
    return "\n".join(lines).rstrip("\n") + "\n"


def _comments(texts: Iterable[str], indent: int) -> Iterator[str]:
    for text in texts:
        for line in text.split("\n"):
            shown = "".join(letter if letter.isprintable() else " " for letter in line).rstrip()
            yield " " * indent + (f"# {shown}" if shown else "#")


class _Lines:
    """Writes values line by line, each with its origin unless a key around it said the same of all that it holds."""

    def __init__(self) -> None:
        self.found: list[str] = []

    def entry(self, key: str, value: Draft, indent: int, lead: str = "", said: str = "") -> None:
        """A key with its value.

        Args:
            key: The key.
            value: What stands there.
            indent: How many blanks the key has before it.
            lead: What stands before the key instead of blanks (`- `).
            said: The origin that a key around it gave for all that it holds; empty when none did.
        """
        start = " " * (indent - len(lead)) + lead + key_text(key) + ":"
        match value:
            case Leaf():
                self._leaf(start, value, indent, said)
            case Listing() if not value.items:
                self.found.append(f"{start} []{_remark(value, said)}")
            case Branch() if not value.entries:
                self.found.append(f"{start} {{}}{_remark(value, said)}")
            case Listing():
                self._items(value, indent, self._head(start, value, said))
            case Branch():
                inner = self._head(start, value, said)
                self.found += _comments(value.remarks, indent + 2)
                for name, item in value.entries.items():
                    self.entry(name, item, indent + 2, said=inner)

    def _head(self, start: str, value: Listing | Branch, said: str) -> str:
        """The line of a key with values below it; gives what is said of all of them."""
        uniform = bool(said) or _uniform(value)
        self.found.append(start + (_remark(value, said) if uniform or value.guess else ""))
        return said or (_origin(value) if uniform else "")

    def _items(self, value: Listing, indent: int, said: str) -> None:
        for item in value.items:
            match item:
                case Leaf():
                    self._leaf(" " * indent + "-", item, indent, said)
                case Listing():
                    self._items(item, indent + 2, self._head(" " * indent + "-", item, said))
                case Branch() if not item.entries:
                    self.found.append(" " * indent + "- {}" + _remark(item, said))
                case Branch():
                    self.found += _comments(item.remarks, indent)
                    for number, (name, inner) in enumerate(item.entries.items()):
                        self.entry(name, inner, indent + 2, "" if number else "- ", said)

    def _leaf(self, start: str, value: Leaf, indent: int, said: str) -> None:
        first, *rest = scalar_text(value.value, indent).split("\n")
        self.found.append(f"{start} {first}{_remark(value, said)}")
        self.found += rest


def _origin(value: Draft) -> str:
    return f"{SOURCE_MARK}{value.place.line}" if value.stated else DEFAULT_MARK


def _remark(value: Draft, said: str) -> str:
    if value.guess:
        return f"{_origin(value)}; a guess: {_inline(value.guess)}"
    return "" if _origin(value) == said else _origin(value)


def _uniform(value: Draft) -> bool:
    """Whether all of a value has one origin."""
    waiting = [value]
    origin = _origin(value)
    while waiting:
        inner = waiting.pop()
        if _origin(inner) != origin or (inner.guess and inner is not value):
            return False
        match inner:
            case Listing(items=items):
                waiting += items
            case Branch(entries=entries):
                waiting += entries.values()
            case Leaf():
                pass
    return True


def _inline(text: str) -> str:
    return " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())
