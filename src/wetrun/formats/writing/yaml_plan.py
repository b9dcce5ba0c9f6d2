"""A plan in the making as YAML: beside each value the line that it comes from, and every guess marked."""

from collections.abc import Iterable, Iterator

from wetrun.formats.writing.origins import SOURCE_MARK
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
    """Writes values line by line; an origin that the reader has just seen is not repeated."""

    def __init__(self) -> None:
        self.found: list[str] = []
        self._shown = 0

    def entry(self, key: str, value: Draft, indent: int, lead: str = "") -> None:
        """A key with its value; `lead` is what stands before it instead of blanks (`- `)."""
        start = " " * (indent - len(lead)) + lead + key_text(key) + ":"
        match value:
            case Leaf():
                self._leaf(start, value, indent)
            case Listing() if not value.items:
                self.found.append(f"{start} []{self._origin(value)}")
            case Branch() if not value.entries:
                self.found.append(f"{start} {{}}{self._origin(value)}")
            case Listing():
                self.found.append(start + (self._origin(value) if _uniform(value) else ""))
                self._items(value, indent)
            case Branch():
                self.found.append(start + (self._origin(value) if value.guess or _uniform(value) else ""))
                self.found += _comments(value.remarks, indent + 2)
                for name, item in value.entries.items():
                    self.entry(name, item, indent + 2)

    def _items(self, value: Listing, indent: int) -> None:
        for item in value.items:
            match item:
                case Leaf():
                    self._leaf(" " * indent + "-", item, indent)
                case Listing():
                    self.found.append(" " * indent + "-" + self._origin(item))
                    self._items(item, indent + 2)
                case Branch() if not item.entries:
                    self.found.append(" " * indent + "- {}" + self._origin(item))
                case Branch():
                    self.found += _comments(item.remarks, indent)
                    for number, (name, inner) in enumerate(item.entries.items()):
                        self.entry(name, inner, indent + 2, "" if number else "- ")

    def _leaf(self, start: str, value: Leaf, indent: int) -> None:
        first, *rest = scalar_text(value.value, indent).split("\n")
        self.found.append(f"{start} {first}{self._origin(value)}")
        self.found += rest

    def _origin(self, value: Draft) -> str:
        guess = f"; a guess: {_inline(value.guess)}" if value.guess else ""
        if value.place.line == self._shown and not guess:
            return ""
        self._shown = value.place.line
        return f"{SOURCE_MARK}{value.place.line}{guess}"


def _uniform(value: Draft) -> bool:
    """Whether all of a value comes from one line."""
    waiting = [value]
    while waiting:
        inner = waiting.pop()
        if inner.place.line != value.place.line or (inner.guess and inner is not value):
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
