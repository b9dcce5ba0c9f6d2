"""Names for what has none in a plan yet."""

import re

__all__ = ["slug"]


def slug(text: str) -> str:
    """A short name for a plan: `Slow Database Response` is `slow-database-response`."""
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")[:48].strip("-") or "unnamed"
