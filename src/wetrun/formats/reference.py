"""The reference of a plan's keys in Markdown; printed by `python -m wetrun.formats.reference`."""

import sys
from collections.abc import Iterator
from typing import Any

from wetrun.formats.decode.objects import Key, Object
from wetrun.formats.decode.shapes import Shape
from wetrun.formats.keys.top import PLAN

__all__ = ["markdown"]

_HEAD = """# The plan's keys

Generated from the tables that read the plan; do not edit. For editors there is `wetrun.schema.json`: put
`# yaml-language-server: $schema=…` with its path into the first line of a plan.
"""


def markdown() -> str:
    """Describe every object of a plan with its keys."""
    sections = [_section(item) for item in _objects(PLAN)]
    return _HEAD + "\n" + "\n".join(sections)


def _objects(root: Shape[Any]) -> Iterator[Object[Any]]:
    """Every object that can be reached, once, outer ones first."""
    seen: set[str] = set()
    waiting: list[Shape[Any]] = [root]
    while waiting:
        shape = waiting.pop(0)
        if isinstance(shape, Object):
            if shape.title in seen:
                continue
            seen.add(shape.title)
            yield shape
        waiting.extend(shape.parts())


def _section(item: Object[Any]) -> str:
    rows = "\n".join(_row(key, leads=key.name in item.one_of) for key in item.keys)
    title = item.title[0].upper() + item.title[1:]
    lead = f"\n\nExactly one of {', '.join(f'`{name}`' for name in item.one_of)}." if item.one_of else ""
    return f"## {title}\n\n{item.doc}{lead}\n\n| key | is | meaning | default |\n|---|---|---|---|\n{rows}\n"


def _row(key: Key[Any], *, leads: bool) -> str:
    default = "*required*" if key.required else key.default or ("" if leads else "–")
    meaning = key.doc + (f" Beside {', '.join(f'`{name}`' for name in key.beside)}." if key.beside else "")
    cells = (f"`{key.name}`", key.shape.words(), meaning, default)
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


if __name__ == "__main__":
    sys.stdout.write(markdown())
