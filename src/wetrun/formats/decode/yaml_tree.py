"""YAML text → tree: anchors, aliases and merge keys resolved; duplicate keys, foreign tags and alias bombs refused."""

from collections.abc import Iterator
from typing import Any

import yaml

from wetrun.errors import Place, PlanError, PlanProblem
from wetrun.formats.decode.scalars import resolve_plain, resolve_tagged
from wetrun.formats.decode.tree import Entries, Entry, Items, Node, Scalar
from wetrun.formats.problems import in_order
from wetrun.lean import pattern

__all__ = ["compose"]

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_TAG = "tag:yaml.org,2002:"
_LINE_END = pattern("\r\n|[\n\r\x85\u2028\u2029]")
_DEEPEST = 60
_MOST_NODES = 100_000
_HINTS = (
    ("mapping values are not allowed", "quote a text that contains `: `, or write it below the key after `|`"),
    ("cannot start any token", "quote a text that begins with a special character, and indent with spaces, not tabs"),
    ("did not find expected ',' or", "quote texts with commas, brackets or braces inside `[…]` and `{…}`"),
    ("did not find expected key", "check the indentation of this line and the quotes before it"),
    ("undefined alias", "define it before with `&name`; quote a text that begins with `*`"),
    ("found unknown escape", "inside \"…\" a backslash is special: use '…' for regular expressions"),
)


def compose(text: str, file: str) -> tuple[Node | None, tuple[PlanProblem, ...]]:
    """Read a YAML document into a tree.

    Args:
        text: The document.
        file: The name that places carry.

    Returns:
        The tree (None when the text is empty) and the problems that did not stop the reading (duplicate keys, say).

    Raises:
        PlanError: The text is not YAML, or too deep or too large to be a plan.
    """
    composer = _Composer(_Marks(text, file))
    try:
        text.encode()
        root = composer.document(yaml.parse(text, Loader=_LOADER))
    except yaml.MarkedYAMLError as error:
        raise PlanError((_syntax_problem(error, composer.marks),)) from None
    except yaml.YAMLError as error:
        message = f"this is not a text: {' '.join(str(error).split())}"
        raise PlanError((PlanProblem(message, Place(file, 1, 1), hint="save the plan as UTF-8 text"),)) from None
    except UnicodeEncodeError as error:
        line = text.count("\n", 0, error.start) + 1
        place = Place(file, line, error.start - text.rfind("\n", 0, error.start))
        raise PlanError((PlanProblem("this is not UTF-8 text", place, hint="save the plan as UTF-8 text"),)) from None
    return root, tuple(composer.problems)


def _syntax_problem(error: yaml.MarkedYAMLError, marks: "_Marks") -> PlanProblem:
    problem = str(error.problem or error.context or "it ends too early")
    mark = error.problem_mark or error.context_mark
    place = marks.place(mark)
    hint = next((hint for words, hint in _HINTS if words in problem), None)
    return PlanProblem(f"this is not YAML: {problem}", place, hint=hint)


class _Marks:
    """The parser's marks as places."""

    def __init__(self, text: str, file: str) -> None:
        self.file = file
        lines = _LINE_END.split(text)
        self.last = Place(file, len(lines), len(lines[-1]) + 1)

    def place(self, mark: Any) -> Place:
        # At the end of a text whose last line has no end, the parser stands on a line that is not there.
        if mark is None or mark.line >= self.last.line:
            return self.last
        return Place(self.file, mark.line + 1, mark.column + 1)


class _Anchor:
    """A named node; None while it is being read. `size` counts its nodes, aliases expanded."""

    def __init__(self) -> None:
        self.node: Node | None = None
        self.size = 0


class _Composer:
    def __init__(self, marks: _Marks) -> None:
        self.marks = marks
        self.problems: list[PlanProblem] = []
        self.anchors: dict[str, _Anchor] = {}
        self.events: Iterator[yaml.Event] = iter(())
        self.path: list[str] = []
        self.nodes = 0

    def document(self, events: Iterator[yaml.Event]) -> Node | None:
        self.events = events
        root: Node | None = None
        documents = 0
        for event in events:
            if isinstance(event, yaml.DocumentStartEvent):
                documents += 1
                if documents > 1:
                    self.note("a plan is one YAML document, and here a second one begins", event, "remove the `---`")
                    break
                root = self.node(next(self.events), 0)
        return root

    def node(self, event: yaml.Event, depth: int) -> Node:
        if isinstance(event, yaml.AliasEvent):
            return self.alias(event)
        self.count(1, event)
        if depth > _DEEPEST:
            raise self.fatal(f"nested deeper than {_DEEPEST} levels", event, "no plan needs that")
        anchor = None
        name = getattr(event, "anchor", None)
        if name is not None:
            anchor = self.anchors[name] = _Anchor()
        before = self.nodes
        node = self.fresh(event, depth)
        if anchor is not None:
            anchor.node, anchor.size = node, self.nodes - before + 1
        return node

    def below(self, word: str, event: yaml.Event, depth: int) -> Node:
        self.path.append(word)
        node = self.node(event, depth + 1)
        self.path.pop()
        return node

    def fresh(self, event: yaml.Event, depth: int) -> Node:
        if isinstance(event, yaml.ScalarEvent):
            return self.scalar(event)
        self.check_tag(event)
        if isinstance(event, yaml.SequenceStartEvent):
            items: list[Node] = []
            while not isinstance(inner := next(self.events), yaml.SequenceEndEvent):
                items.append(self.below(str(len(items)), inner, depth))
            return Items(tuple(items), self.place(event))
        pairs: list[tuple[yaml.Event, Node, Node]] = []
        while not isinstance(inner := next(self.events), yaml.MappingEndEvent):
            key = self.node(inner, depth + 1)
            word = key.text if isinstance(key, Scalar) else "?"
            pairs.append((inner, key, self.below(word, next(self.events), depth)))
        return self.mapping(pairs, self.place(event))

    def scalar(self, event: yaml.ScalarEvent) -> Scalar:
        tag, text = event.tag, str(event.value)
        if tag is None or tag == "!":
            value = resolve_plain(text) if event.implicit[0] and tag is None else text
            return Scalar(value, text, self.place(event))
        try:
            value = resolve_tagged(str(tag).removeprefix(_TAG), text)
        except ValueError:
            self.note(f"`{text}` cannot have the tag `{_tag_text(str(tag))}`", event, "remove the tag")
            value = text
        return Scalar(value, text, self.place(event))

    def check_tag(self, event: yaml.Event) -> None:
        tag = getattr(event, "tag", None)
        wanted = "seq" if isinstance(event, yaml.SequenceStartEvent) else "map"
        if tag not in {None, "!", _TAG + wanted}:
            self.note(f"unknown tag `{_tag_text(str(tag))}`", event, "remove the tag: a plan needs none")

    def mapping(self, pairs: list[tuple[yaml.Event, Node, Node]], place: Place) -> Entries:
        own: dict[str, Entry] = {}
        merged: list[Entry] = []
        for event, key, value in pairs:
            if not isinstance(key, Scalar):
                self.note("a key must be a word", event, "quote a text that begins with `{` or `[`")
                continue
            here = self.place(event)
            if key.text == "<<" and isinstance(event, yaml.ScalarEvent) and event.implicit[0]:
                merged += self.merge(value, here)
            elif key.text in own:
                before = own[key.text].place
                path = "/".join((*self.path, key.text))
                hint = f"the first one is on line {before.line}"
                self.problems.append(PlanProblem(f"duplicate key `{key.text}`", here, path, hint))
            else:
                own[key.text] = Entry(key.text, here, value)
        for entry in merged:
            own.setdefault(entry.key, entry)
        return Entries(tuple(own.values()), place)

    def merge(self, value: Node, here: Place) -> list[Entry]:
        sources = value.items if isinstance(value, Items) else (value,)
        entries: list[Entry] = []
        for source in sources:
            if isinstance(source, Entries):
                entries += source.entries
            else:
                message, hint = "`<<` takes a mapping, or a list of mappings", "write `<<: *name`"
                self.problems.append(PlanProblem(message, here, "/".join((*self.path, "<<")), hint))
        return entries

    def alias(self, event: yaml.AliasEvent) -> Node:
        name = str(event.anchor)
        anchor = self.anchors.get(name)
        if anchor is None:
            raise self.fatal(
                f"unknown alias `*{name}`", event, "define it before with `&name`; quote a text that begins with `*`"
            )
        if anchor.node is None:
            raise self.fatal(f"`*{name}` stands inside what it names", event, "a plan cannot contain itself")
        self.count(anchor.size, event)
        return anchor.node

    def count(self, nodes: int, event: yaml.Event) -> None:
        self.nodes += nodes
        if self.nodes > _MOST_NODES:
            raise self.fatal(f"more than {_MOST_NODES} values, aliases expanded", event, "split the plan")

    def place(self, event: yaml.Event) -> Place:
        return self.marks.place(event.start_mark)

    def shown_path(self) -> str:
        return "/".join(self.path if len(self.path) <= 12 else [*self.path[:10], "…"])

    def note(self, message: str, event: yaml.Event, hint: str) -> None:
        self.problems.append(PlanProblem(message, self.place(event), "/".join(self.path), hint))

    def fatal(self, message: str, event: yaml.Event, hint: str) -> PlanError:
        last = PlanProblem(message, self.place(event), self.shown_path(), hint)
        return PlanError(in_order((*self.problems, last)))


def _tag_text(tag: str) -> str:
    return tag.replace(_TAG, "!!")
