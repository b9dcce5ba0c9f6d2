"""Steps: how one is written, what holds when nothing is said, and how it gets its name."""

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from wetrun.formats.decode.containers import ListOf
from wetrun.formats.decode.context import Cursor
from wetrun.formats.decode.nearest import listed
from wetrun.formats.decode.objects import ByForm, Fields, Key, Object
from wetrun.formats.decode.shapes import Choice, Flag, Parsed, RefTo, Schema, SchemaBook, Shape, Text
from wetrun.formats.decode.tree import Entries, Entry, Items, Node, Scalar
from wetrun.formats.keys.actions import ACTION_KEYS, HTTP, RUN, SQL, read_action
from wetrun.formats.keys.captures import CAPTURES, capture_subjects
from wetrun.formats.keys.expect import EXPECT, defaults, refuse_foreign_subjects
from wetrun.formats.keys.quantities import DURATION, PERIOD, PROBABILITY, SECONDS, integer, number
from wetrun.formats.keys.responses import NOBODY_ASKED, ON_FAILURE
from wetrun.formats.writing.names import Names
from wetrun.plan.responses import Simple, asks
from wetrun.plan.steps import Action, Approve, Http, OnUnknown, Retry, Run, Sql, Step, Until, Wait
from wetrun.units import Seconds

__all__ = ["STEPS"]

_LIMIT = Seconds(600.0)
_APPROVAL_LIMIT = Seconds(86400.0)
_LONGEST_NAME = 72

_TIMES = Key("times", integer("a number of attempts", 0, 1000), "Further attempts after the first.", required=True)
_DELAY = Key("delay", SECONDS, "The pause before the first of them.", default="`1s`")
_FACTOR = Key("factor", number("a factor", 1.0), "The pause grows by this from one attempt to the next.", default="2")
_HELPS = Key(
    "succeeds", PROBABILITY, "How likely a further attempt is to pass; for the simulation.", also=("probability",)
)
_RETRY: ByForm[Retry] = ByForm(
    scalar=Parsed[Retry](
        "number of attempts", lambda here, _: Retry(_TIMES.shape.read(here)), {"type": "integer", "minimum": 0}
    ),
    entries=Object[Retry](
        "retry",
        "Try a failed step again.",
        (_TIMES, _DELAY, _FACTOR, _HELPS),
        lambda _, f: Retry(f.want(_TIMES), f.get_or(_DELAY, Seconds(1.0)), f.get_or(_FACTOR, 2.0), f.get(_HELPS)),
    ),
    what="a number of further attempts, or `{times, delay, factor, succeeds}`",
)
_DEADLINE = Key("deadline", PERIOD, "How long to go on trying.", required=True, also=("timeout", "limit"))
_EVERY = Key("every", PERIOD, "The pause between two attempts.", default="`1s`", also=("interval", "period"))
_UNTIL: ByForm[Until] = ByForm(
    scalar=Parsed[Until]("deadline", lambda here, _: Until(PERIOD.read(here)), dict(PERIOD.as_schema)),
    entries=Object[Until](
        "until",
        "Repeat a step until it passes or the deadline is over.",
        (_DEADLINE, _EVERY),
        lambda _, f: Until(f.want(_DEADLINE), f.get_or(_EVERY, Seconds(1.0))),
    ),
    what="a deadline such as `30s`, or `{deadline, every}`",
)

_NAME = Key(
    "name",
    Text("name"),
    "What the step is called; unique within its section.",
    default="its first line",
    also=("title", "id"),
)
_WAIT = Key("wait", PERIOD, "Let this much time pass.", also=("sleep", "pause"))
_APPROVE = Key("approve", Text("question"), "Ask a person this question.", also=("confirm", "ask"))
_OUTLIVE = Key(
    "outlive", Flag(), "Whether the command may go on when wetrun is gone.", beside=("run",), default="`false`"
)
_EXPECT = Key("expect", EXPECT, "What the result must look like.", also=("expects", "assert", "check", "verify"))
_EXPECTED = Key("expected", DURATION, "How long it should take; for the simulation.", also=("takes", "duration"))
_STEP_LIMIT = Key(
    "limit", PERIOD, "After this the step and all its processes are ended.", default="`10m`", also=("timeout",)
)
_RETRY_KEY = Key("retry", _RETRY, "Try a failed step again.", also=("retries", "attempts"))
_UNTIL_KEY = Key("until", _UNTIL, "Repeat the step until it passes or the deadline is over.")
_ON_FAILURE = Key(
    "on_failure", ON_FAILURE, "What to do when it fails.", default="`rollback`", also=("on_error", "otherwise")
)
_ON_UNKNOWN = Key(
    "on_unknown", Choice(OnUnknown), "What to do when nobody saw its end (after a crash).", default="`ask`"
)
_CHANGES = Key(
    "changes",
    Flag(),
    "Whether it changes the system; after the first step that does, a failure needs the rollback.",
    default="`true` for `run` and for `sql` other than `select`, else `false`",
)
_GOES_ON = Key(
    "goes_on",
    PROBABILITY,
    "How likely the person goes on who is asked here, by `approve` or `hold`; for the simulation.",
)
_DOWN = Key("down", Flag(), "Whether users feel the step itself while it runs, as with a restart.", default="`false`")
_TARGET = Key("target", RefTo("target"), "Where it runs.", default="the first target", also=("host", "on"))
_CAPTURE = Key(
    "capture",
    CAPTURES,
    "Keep parts of the result under names, for later steps (`${name}`).",
    also=("register", "save", "set"),
)
# `capture` comes last: what a step captures does not exist yet while the step is carried out.
_KEYS: tuple[Key[Any], ...] = (
    _NAME,
    *ACTION_KEYS,
    _WAIT,
    _APPROVE,
    _OUTLIVE,
    _EXPECT,
    _EXPECTED,
    _STEP_LIMIT,
    _RETRY_KEY,
    _UNTIL_KEY,
    _ON_FAILURE,
    _ON_UNKNOWN,
    _CHANGES,
    _GOES_ON,
    _DOWN,
    _TARGET,
    _CAPTURE,
)
# These keys are attributes of a step under the same names; what is not given is the step's own default.
_ATTRIBUTES = frozenset(
    key.name
    for key in (
        *(_EXPECTED, _STEP_LIMIT, _RETRY_KEY, _UNTIL_KEY, _CAPTURE, _ON_FAILURE, _ON_UNKNOWN, _CHANGES, _GOES_ON),
        *(_DOWN, _TARGET),
    )
)
_LEADING: tuple[Key[Any], ...] = (RUN, HTTP, SQL, _WAIT, _APPROVE)


def _action(here: Cursor, fields: Fields) -> Action:
    action = read_action(here, fields)
    if isinstance(action, Run) and fields.has(_OUTLIVE):
        return replace(action, outlive=fields.get_or(_OUTLIVE, default=False))
    if action is not None:
        return action
    wait = fields.get(_WAIT)
    return Wait(wait) if wait is not None else Approve(fields.want(_APPROVE))


def _changes(action: Action) -> bool:
    match action:
        case Run():
            return True
        case Sql(statement=statement):
            return re.match(r"\s*(?:--[^\n]*\n\s*)*(?:select|show|explain)\b", statement, re.IGNORECASE) is None
        case Http() | Wait() | Approve():
            return False


def _default_limit(action: Action) -> Seconds:
    match action:
        case Approve():
            return _APPROVAL_LIMIT
        case Wait(duration=duration):
            return Seconds(max(_LIMIT, 2 * duration))
        case _:
            return _LIMIT


def _build(here: Cursor, fields: Fields) -> Step:
    leader = next(key.name for key in _LEADING if fields.has(key))
    action = _action(here, fields)
    if fields.has(_EXPECT):
        refuse_foreign_subjects(fields.at(_EXPECT), leader)
    captures = fields.get_or(_CAPTURE, ())
    allowed = capture_subjects(leader)
    for capture in captures:
        if capture.subject not in allowed:
            hint = f"there are {listed(subject.value for subject in allowed)}" if allowed else "remove it"
            fields.at(_CAPTURE).note(f"the result of `{leader}` has no `{capture.subject.value}`", hint)
    on_failure = fields.get_or(_ON_FAILURE, Simple.ROLLBACK)
    if fields.has(_GOES_ON) and not isinstance(action, Approve) and not asks(on_failure):
        fields.key_at(_GOES_ON).note(*NOBODY_ASKED)
    given: dict[str, Any] = {
        _TARGET.name: here.context.default_target,
        _STEP_LIMIT.name: _default_limit(action),
        _CHANGES.name: _changes(action),
        **fields.given(_ATTRIBUTES),
    }
    return Step(
        name=fields.get(_NAME) or _name_of(action),
        action=action,
        expect=defaults(leader, fields.get_or(_EXPECT, ()), here.place),
        place=here.place,
        **given,
    )


def _entries(node: Node) -> tuple[Entry, ...]:
    return node.entries if isinstance(node, Entries) else ()


def _items(here: Cursor) -> tuple[Node, ...]:
    return here.node.items if isinstance(here.node, Items) else ()


def _command(here: Cursor, node: Scalar) -> Step:
    action = Run(RUN.shape.read(here))
    del node
    return Step(
        name=_name_of(action),
        action=action,
        target=here.context.default_target,
        expect=defaults("run", (), here.place),
        place=here.place,
    )


def _looks_like_command(word: str) -> str | None:
    if " " in word.strip():
        return "quote a command that contains `: `, or write it below `run: |`"
    return None


_STEP: ByForm[Step] = ByForm(
    scalar=Parsed[Step]("command", _command, {"type": ["string", "boolean", "number"], "minLength": 1}),
    entries=Object[Step](
        "step",
        "One thing to do. A plain text is a command; other steps are mappings.",
        _KEYS,
        _build,
        one_of=tuple(key.name for key in _LEADING),
        stranger=_looks_like_command,
    ),
    what="a command or a step",
)


class _Steps(Shape[tuple[Step, ...]]):
    """Steps with names that are unique among them."""

    _list = ListOf(_STEP, "steps", least=1)

    def read(self, here: Cursor) -> tuple[Step, ...]:
        steps = self._list.read(here)
        given = [any(entry.key == _NAME.name for entry in _entries(node)) for node in _items(here)]
        taken = {""}
        for index, step in enumerate(steps):
            if not given[index]:
                continue
            if step.name in taken:
                self._note_duplicate(here, index, step.name)
            taken.add(step.name)
        # A long runbook runs one command a thousand times: the names remember how far they have counted.
        names = Names("{name} ({number})")
        named: list[Step] = []
        for step, is_given in zip(steps, given, strict=True):
            name = step.name if is_given else names.free(step.name, taken)
            taken.add(name)
            named.append(step if step.name == name else replace(step, name=name))
        return tuple(named)

    def _note_duplicate(self, here: Cursor, index: int, name: str) -> None:
        step = here.item(index, _items(here)[index])
        entry = next(entry for entry in _entries(step.node) if entry.key == _NAME.name)
        step.entry(entry).note(f"two steps are called `{name}` here", "give each step of a section its own name")

    def schema(self, book: SchemaBook) -> Schema:
        return self._list.schema(book)

    def words(self) -> str:
        return self._list.words()

    def parts(self) -> Iterator[Shape[object]]:
        yield self._list


def _name_of(action: Action) -> str:
    match action:
        case Run(command=text) | Sql(statement=text):
            if text.isprintable():  # one line
                return _shortened(text.strip())
            lines = [line.strip() for line in text.splitlines()]
            return _shortened(next((line for line in lines if line and not line.startswith(("#", "--"))), lines[0]))
        case Http(url=url, method=method):
            return _shortened(url if method == "GET" else f"{method} {url}")
        case Wait(duration=duration):
            return f"wait {duration:g}s"
        case Approve(question=question):
            return _shortened(question.strip().splitlines()[0])


def _shortened(text: str) -> str:
    return text if len(text) <= _LONGEST_NAME else text[: _LONGEST_NAME - 1].rstrip() + "…"


STEPS = _Steps()
