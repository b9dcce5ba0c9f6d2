"""The JSON Schema (2020-12) of a plan, for editors; printed by `python -m wetrun.formats.schema`."""

from typing import Any

from wetrun.formats.decode.shapes import SchemaBook
from wetrun.formats.keys.top import PLAN

__all__ = ["json_schema"]


def json_schema() -> dict[str, Any]:
    """Describe a plan in JSON Schema; references between its parts are beyond it and checked by reading."""
    book = SchemaBook()
    root = PLAN.schema(book)
    head = {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "wetrun plan", **root}
    return {**head, "$defs": dict(sorted(book.definitions.items()))}


if __name__ == "__main__":
    # Only here: reading a plan needs neither.
    import json
    import sys

    sys.stdout.write(json.dumps(json_schema(), indent=1, ensure_ascii=False) + "\n")
