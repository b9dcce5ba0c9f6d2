"""A plan in the making as YAML: beside each value the line that it comes from, and every guess marked."""

from collections.abc import Iterable, Iterator

from wetrun.formats.writing.tree import Branch, Draft, Leaf, Listing
from wetrun.formats.writing.yaml_text import key_text, scalar_text

__all__ = ["SOURCE_MARK", "to_yaml"]

SOURCE_MARK = "  # from line "
"""What stands before a line's number; imports compare lines without it."""


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
        lines += ["", *_entry(key, value, 0)] if not isinstance(value, Leaf) else _entry(key, value, 0)
    lines += ["", *_comments(tail, 0)]
    return "\n".join(lines).rstrip("\n") + "\n"


def _comments(texts: Iterable[str], indent: int) -> Iterator[str]:
    for text in texts:
        for line in text.split("\n"):
            shown = "".join(letter if letter.isprintable() else " " for letter in line).rstrip()
            yield " " * indent + (f"# {shown}" if shown else "#")


def _origin(value: Draft) -> str:
    guess = f"; a guess: {_inline(value.guess)}" if value.guess else ""
    return f"{SOURCE_MARK}{value.place.line}{guess}"


def _inline(text: str) -> str:
    return " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())


def _entry(key: str, value: Draft, indent: int, lead: str = "") -> Iterator[str]:
    """A key with its value; `lead` is what stands before it instead of blanks (`- `)."""
    start = " " * (indent - len(lead)) + lead + key_text(key) + ":"
    match value:
        case Leaf():
            yield from _valued(start, value, indent)
        case Listing(items=[]):
            yield f"{start} []{_origin(value)}"
        case Branch() if not value.entries:
            yield f"{start} {{}}{_origin(value)}"
        case Listing():
            yield start + (_origin(value) if value.guess else "")
            yield from _items(value, indent)
        case Branch():
            yield start + (_origin(value) if value.guess else "")
            yield from _comments(value.remarks, indent + 2)
            for name, item in value.entries.items():
                yield from _entry(name, item, indent + 2)


def _valued(start: str, value: Leaf, indent: int) -> Iterator[str]:
    text = scalar_text(value.value, indent)
    first, *rest = text.split("\n")
    yield f"{start} {first}{_origin(value)}"
    yield from rest


def _items(value: Listing, indent: int) -> Iterator[str]:
    for item in value.items:
        match item:
            case Leaf():
                yield from _valued(" " * indent + "-", item, indent)
            case Listing():
                yield " " * indent + "-" + _origin(item)
                yield from _items(item, indent + 2)
            case Branch():
                yield from _comments(item.remarks, indent)
                for number, (name, inner) in enumerate(item.entries.items()):
                    yield from _entry(name, inner, indent + 2, "" if number else "- ")
