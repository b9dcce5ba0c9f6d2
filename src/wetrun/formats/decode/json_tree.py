"""JSON text → tree, with the place of every value; numbers keep their text, so that 0.97 can be exactly 97/100."""

import json
import re
from bisect import bisect_right
from typing import NoReturn

from wetrun.errors import Place, PlanError, PlanProblem
from wetrun.formats.decode.tree import Entries, Entry, Items, Node, Scalar, ScalarValue
from wetrun.lean import pattern

__all__ = ["compose_json"]

_TOKEN = pattern(
    r"""[ \t\r\n]*(?:
    (?P<mark>[{}\[\]:,])
    | (?P<string>"(?:[^"\\\x00-\x1f]|\\.)*")
    | (?P<number>-?[0-9]+(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?(?![0-9A-Za-z.]))
    | (?P<word>-?[A-Za-z]+)
    | (?P<end>\Z)
    )""",
    re.VERBOSE,
)
_WORDS: dict[str, ScalarValue] = {
    "null": None,
    "true": True,
    "false": False,
    "NaN": float("nan"),
    "Infinity": float("inf"),
    "-Infinity": float("-inf"),
}
_LONGEST_NUMBER = 300
_DEEPEST = 60


def compose_json(text: str, file: str) -> tuple[Node, tuple[PlanProblem, ...]]:
    """Read a JSON document into a tree.

    Args:
        text: The document. `NaN` and `Infinity`, which some writers give out, are read as the numbers they mean.
        file: The name that places carry.

    Returns:
        The tree, and the problems that did not stop the reading (duplicate keys).

    Raises:
        PlanError: The text is not JSON, or nested too deeply.
    """
    reader = _Reader(text, file)
    root = reader.value(0)
    reader.expect_end()
    return root, tuple(reader.problems)


class _Reader:
    def __init__(self, text: str, file: str) -> None:
        self.text = text
        self.file = file
        self.problems: list[PlanProblem] = []
        self._lines = [0, *(found.end() for found in re.finditer("\n", text))]
        self._path: list[str] = []
        self._kind, self._word, self._at, self._next = "", "", 0, 0
        self._advance()

    def place(self, at: int) -> Place:
        line = bisect_right(self._lines, at)
        return Place(self.file, line, at - self._lines[line - 1] + 1)

    def value(self, depth: int) -> Node:
        if depth > _DEEPEST:
            self._fail(f"nested deeper than {_DEEPEST} levels", "no model needs that")
        kind, word, at = self._kind, self._word, self._at
        if kind == "mark" and word == "{":
            return self._mapping(depth)
        if kind == "mark" and word == "[":
            return self._list(depth)
        if kind == "string":
            plain = self._string()
            return Scalar(plain, plain, self.place(at))
        if kind == "number":
            self._advance()
            return Scalar(_number(word), word, self.place(at))
        if kind == "word" and word in _WORDS:
            self._advance()
            return Scalar(_WORDS[word], word, self.place(at))
        return self._fail("a value is missing here", "write a number, a text in double quotes, a list or a mapping")

    def expect_end(self) -> None:
        if self._kind != "end":
            self._fail("there is more text after the end of the document", "a model is one JSON value")

    def _advance(self) -> None:
        found = _TOKEN.match(self.text, self._next)
        if found is None:
            blank = re.compile(r"[ \t\r\n]*").match(self.text, self._next)
            self._at = blank.end() if blank else self._next
            self._fail("this is not JSON", "texts stand in double quotes, and numbers are written like 0.97 or 1e-3")
        self._kind = str(found.lastgroup)
        self._word = found[self._kind]
        self._at, self._next = found.start(self._kind), found.end()

    def _fail(self, message: str, hint: str) -> NoReturn:
        path = "/".join(self._path if len(self._path) <= 12 else [*self._path[:10], "…"])
        raise PlanError((*self.problems, PlanProblem(message, self.place(self._at), path, hint)))

    def _string(self) -> str:
        try:
            plain = str(json.loads(self._word))
        except ValueError:
            self._fail("a backslash begins no known escape here", "write `\\\\` for a backslash")
        self._advance()
        return plain

    def _mark(self, *wanted: str) -> str:
        if self._kind != "mark" or self._word not in wanted:
            words = " or ".join(f"`{mark}`" for mark in wanted)
            self._fail(f"{words} is missing here", "every key is followed by `:`, and entries are parted by `,`")
        word = self._word
        self._advance()
        return word

    def _list(self, depth: int) -> Items:
        place = self.place(self._at)
        self._mark("[")
        items: list[Node] = []
        if self._kind == "mark" and self._word == "]":
            self._advance()
            return Items((), place)
        while True:
            self._path.append(str(len(items)))
            items.append(self.value(depth + 1))
            self._path.pop()
            if self._mark(",", "]") == "]":
                return Items(tuple(items), place)

    def _mapping(self, depth: int) -> Entries:
        place = self.place(self._at)
        self._mark("{")
        entries: dict[str, Entry] = {}
        if self._kind == "mark" and self._word == "}":
            self._advance()
            return Entries((), place)
        while True:
            if self._kind != "string":
                self._fail("a key is missing here", "a key stands in double quotes; no `,` after the last entry")
            here = self.place(self._at)
            key = self._string()
            self._mark(":")
            self._path.append(key)
            value = self.value(depth + 1)
            if key in entries:
                hint = f"the first one is on line {entries[key].place.line}"
                self.problems.append(PlanProblem(f"duplicate key `{key}`", here, "/".join(self._path), hint))
            else:
                entries[key] = Entry(key, here, value)
            self._path.pop()
            if self._mark(",", "}") == "}":
                return Entries(tuple(entries.values()), place)


def _number(word: str) -> ScalarValue:
    if len(word) > _LONGEST_NUMBER:
        return word
    return int(word) if word.lstrip("-").isdigit() else float(word)
