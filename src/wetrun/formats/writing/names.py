"""Names for what has none in a plan yet."""

import re
from collections.abc import Container
from itertools import count

__all__ = ["Names", "slug"]


def slug(text: str) -> str:
    """A short name for a plan: `Slow Database Response` is `slow-database-response`, `Déjà vu` is `deja-vu`.

    A text of which most letters are none of ASCII's keeps them.
    """
    plain = text if text.isascii() else _plain(text)
    return re.sub(r"[\W_]+", "-", plain.lower()).strip("-")[:48].strip("-") or "unnamed"


def _plain(text: str) -> str:
    import unicodedata  # large, and for those who have other letters

    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    kept = sum(map(str.isalpha, plain))
    return unicodedata.normalize("NFC", text) if sum(map(str.isalpha, text)) > 2 * kept else plain


class Names:
    """Gives names that are free; remembers how far it had to count: a long text may use one name a thousand times."""

    def __init__(self, form: str = "{name}-{number}") -> None:
        self._form = form
        self._next: dict[str, int] = {}

    def free(self, name: str, taken: Container[str]) -> str:
        """The name itself, or with a number from 2 that makes it free."""
        if name not in taken:
            return name
        for number in count(self._next.get(name, 2)):
            candidate = self._form.format(name=name, number=number)
            if candidate not in taken:
                self._next[name] = number
                return candidate
        raise AssertionError(name)
