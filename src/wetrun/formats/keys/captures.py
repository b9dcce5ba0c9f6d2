"""How captures are written: `{release: stdout}`, `{count: json.results.length}`, `{id: {stdout: /commit (.+)/}}`."""

from wetrun.formats.decode.containers import Named
from wetrun.formats.decode.context import Cursor, Rejected, Variable
from wetrun.formats.decode.nearest import did_you_mean, listed
from wetrun.formats.decode.shapes import SCALAR_SCHEMA, Schema, SchemaBook, Shape, Text
from wetrun.formats.decode.tree import Entries, Scalar, describe
from wetrun.formats.keys.texts import VARIABLE_NAME, VARIABLE_NAME_HINT, check_regex, slashed
from wetrun.plan.expectations import Subject
from wetrun.plan.steps import Capture

__all__ = ["CAPTURES", "capture_subjects"]

_SUBJECTS = {subject.value: subject for subject in Subject}
_OF_ACTION = {
    "run": (Subject.STDOUT, Subject.STDERR, Subject.OUTPUT, Subject.EXIT, Subject.JSON, Subject.TIME),
    "http": (Subject.BODY, Subject.STATUS, Subject.HEADER, Subject.JSON, Subject.TIME),
    "sql": (Subject.VALUE, Subject.ROWS, Subject.JSON, Subject.TIME),
    "wait": (),
    "approve": (),
}
# Names that the shell itself lives by: a captured value must not replace them.
_RESERVED = frozenset(
    {"PATH", "HOME", "IFS", "SHELL", "PWD", "OLDPWD", "BASH_ENV", "ENV", "LD_PRELOAD", "USER", "SHLVL"}
)
_HINT = r"write `stdout`, `json.results.length`, `header.ETag` or `{stdout: /commit (\w+)/}`"


def capture_subjects(action: str) -> tuple[Subject, ...]:
    """What can be captured of the result of an action, by the step's leading key."""
    return _OF_ACTION[action]


class _Source(Shape[tuple[Subject, str | None]]):
    """Where a captured value is read."""

    def read(self, here: Cursor) -> tuple[Subject, str | None]:
        match here.node:
            case Scalar(value=None):
                raise here.wrong("nothing where a source is wanted", _HINT)
            case Scalar(text=text):
                word, _, selector = text.partition(".")
                return self._subject(here, word), self._selector(here, word, selector or None)
            case Entries(entries=(entry,)):
                inner = here.entry(entry)
                subject = self._subject(here.key(entry), entry.key)
                return subject, self._selector(inner, entry.key, Text("selector").read(inner))
            case _:
                raise here.wrong(f"{describe(here.node)} where one source is wanted", _HINT)

    def _subject(self, here: Cursor, word: str) -> Subject:
        if word not in _SUBJECTS:
            raise here.wrong(f"nothing to capture is called `{word}`", did_you_mean(word, _SUBJECTS))
        return _SUBJECTS[word]

    def _selector(self, here: Cursor, word: str, selector: str | None) -> str | None:
        subject = _SUBJECTS[word]
        if subject in {Subject.JSON, Subject.HEADER}:
            if selector is None and subject is Subject.HEADER:
                raise here.wrong("`header` needs the header's name", "write `header.ETag`, say")
            return selector
        if selector is None:
            return None
        if subject not in {Subject.STDOUT, Subject.STDERR, Subject.OUTPUT, Subject.BODY, Subject.VALUE}:
            raise here.wrong(f"`{word}` has no parts to choose from", f"write `{word}` alone")
        pattern = slashed(selector)
        if pattern is None:
            raise here.wrong(
                f"`{selector[:60]}` is not a pattern", "write a regular expression between slashes: `/commit (\\w+)/`"
            )
        return check_regex(here, pattern)

    def schema(self, book: SchemaBook) -> Schema:
        del book
        parts = {"type": "object", "minProperties": 1, "maxProperties": 1, "propertyNames": {"enum": list(_SUBJECTS)}}
        return {"anyOf": [{"type": "string"}, {**parts, "additionalProperties": SCALAR_SCHEMA}]}

    def words(self) -> str:
        return "a source such as `stdout` or `json.results.length`"


class _Captures(Shape[tuple[Capture, ...]]):
    """Names with their sources."""

    _named = Named(_Source(), "sources", pattern=VARIABLE_NAME, pattern_hint=VARIABLE_NAME_HINT, least=1)

    def read(self, here: Cursor) -> tuple[Capture, ...]:
        sources = self._named.read(here)
        for entry in here.node.entries if isinstance(here.node, Entries) else ():
            key = here.key(entry)
            if entry.key in _RESERVED:
                key.note(
                    f"`{entry.key}` is a variable that the shell itself needs",
                    f"any name but {listed(sorted(_RESERVED))}",
                )
                raise Rejected
            here.context.variables.append(Variable(entry.key, key.place, key.path, captured=True))
        return tuple(Capture(name, subject, selector) for name, (subject, selector) in sources.items())

    def schema(self, book: SchemaBook) -> Schema:
        return self._named.schema(book)

    def words(self) -> str:
        return "a mapping of names to what they keep"


CAPTURES = _Captures()
