"""A model as JSON → graph: every mistake with its place, several in one go."""

from collections.abc import Callable, Mapping
from fractions import Fraction

from wetrun.errors import PlanError
from wetrun.formats.decode.context import Context, Cursor
from wetrun.formats.decode.json_tree import compose_json
from wetrun.formats.decode.nearest import did_you_mean, listed
from wetrun.formats.decode.tree import Entries, Items, Scalar, describe
from wetrun.formats.problems import in_order
from wetrun.lean import pattern
from wetrun.simulate.models.graph import Choice, Graph, State
from wetrun.simulate.models.reading_laws import read_law

__all__ = ["read_graph"]

_TOLERATED = Fraction(1, 10**9)
_PROBABILITY = pattern(r"[0-9]{1,300}(?:\.[0-9]{1,300})?(?:[eE][-+]?[0-9]{1,3})?|[0-9]{1,300}/[0-9]{1,300}")
_Ways = dict[str, Fraction]


def read_graph(text: str, file: str) -> Graph:
    """Read a model.

    Args:
        text: JSON: `{"start": …, "unit": …, "states": {name: {"time": …, "tags": […], "next": {name: probability}}}}`.
        file: The name that places carry.

    Returns:
        The graph. Each state with several next ones has a choice of the state's own name, labelled by their names; the
        time of a state is called `STATE.time`, unless a way or another state is called so.

    Raises:
        PlanError: The text is no such model, with every mistake that was found.
    """
    root, problems = compose_json(text, file)
    context = Context(problems=problems)
    graph = _Model(Cursor(root, (), context)).graph()
    if context.problems or graph is None:
        raise PlanError(in_order(context.problems))
    return graph


def _keys(here: Cursor, known: tuple[str, ...], what: str) -> dict[str, Cursor]:
    """The values of a mapping, after a word about keys that it cannot have."""
    if not isinstance(here.node, Entries):
        here.note(f"{describe(here.node)} where {what} is wanted", f"its keys are {listed(known)}")
        return {}
    for entry in here.node.entries:
        if entry.key not in known:
            here.key(entry).note(f"unknown key `{entry.key}`", did_you_mean(entry.key, known))
    return {entry.key: here.entry(entry) for entry in here.node.entries}


def _text(here: Cursor | None, default: str) -> str:
    if here is None:
        return default
    if isinstance(here.node, Scalar) and isinstance(here.node.value, str) and here.node.text:
        return here.node.text
    here.note(f"{describe(here.node)} where a text is wanted", "write it in double quotes")
    return default


def _probability(here: Cursor) -> Fraction | None:
    hint = 'a probability is a number from 0 to 1, or a text such as "1/3"'
    node = here.node
    if not isinstance(node, Scalar) or isinstance(node.value, bool) or not _PROBABILITY.fullmatch(node.text):
        here.note(f"{describe(node)} is no probability", hint)
        return None
    try:
        value = Fraction(node.text)
    except ZeroDivisionError:
        value = Fraction(2)
    if value > 1:
        here.note(f"{describe(node)} is no probability", hint)
        return None
    return value


class _Model:
    """One model while it is read."""

    def __init__(self, root: Cursor) -> None:
        self.root = root
        self.keys = _keys(root, ("start", "unit", "states"), "a model")
        self.places: dict[str, Cursor] = {}
        self.states: dict[str, State] = {}
        self.choices: dict[str, Choice] = {}

    def graph(self) -> Graph | None:
        if "states" not in self.keys or not isinstance(self.keys["states"].node, Entries):
            where = self.keys.get("states", self.root)
            where.note("a model needs `states`", 'write `"states": {"a": {"next": {"b": 1}}, "b": {}}`')
            return None
        inside = self.keys["states"]
        entries = self.keys["states"].node.entries
        if not entries:
            inside.note("a model needs at least one state")
            return None
        self.places = {entry.key: inside.key(entry) for entry in entries}
        for entry in entries:
            self._state(entry.key, inside.entry(entry))
        start = self._start(entries[0].key)
        # What a way is missing for, or leads to nowhere, has been told; what follows from it would only confuse.
        if start is not None and not self.root.context.problems:
            self._walks(start)
        return Graph(start or "", _text(self.keys.get("unit"), "s"), self.states, self.choices)

    def _start(self, first: str) -> str | None:
        if "start" not in self.keys:
            self.root.note("a model needs `start`", f'name the first state: `"start": "{first}"`')
            return None
        start = _text(self.keys["start"], "")
        if start and start not in self.states:
            self.keys["start"].note(f"unknown state `{start}`", did_you_mean(start, self.states))
        return start if start in self.states else None

    def _state(self, name: str, here: Cursor) -> None:
        keys = _keys(here, ("time", "tags", "next"), "a state")
        ways = self._ways(keys["next"]) if "next" in keys else {}
        time = read_law(keys["time"]) if "time" in keys else None
        if time is not None and not ways:
            keys["time"].note(
                "a state without `next` is an end, and takes no time", "put the time into a state before it"
            )
        choice = name if len(ways) > 1 else None
        if choice is not None:
            self.choices[name] = Choice(name, ways)
        tags = frozenset(self._tags(keys["tags"]) if "tags" in keys else ())
        timed = f"{name}.time"
        known = time is not None and "time" not in ways and timed not in self.places
        self.states[name] = State(
            name, time, tags, choice, {target: target for target in ways}, duration=timed if known else None
        )

    def _tags(self, here: Cursor) -> list[str]:
        if not isinstance(here.node, Items):
            here.note(f"{describe(here.node)} where a list of tags is wanted", 'write `["down"]`')
            return []
        return [_text(here.item(at, node), "") for at, node in enumerate(here.node.items)]

    def _ways(self, here: Cursor) -> _Ways:
        if not isinstance(here.node, Entries):
            here.note(f"{describe(here.node)} where the next states are wanted", 'write `{"ok": 0.97, "bad": 0.03}`')
            return {}
        ways: _Ways = {}
        sound = True
        for entry in here.node.entries:
            if entry.key not in self.places:
                here.key(entry).note(f"unknown state `{entry.key}`", did_you_mean(entry.key, self.places))
            value = _probability(here.entry(entry))
            sound = sound and value is not None
            ways[entry.key] = Fraction(0) if value is None else value
        total = sum(ways.values(), Fraction(0))
        if sound and ways and abs(total - 1) > _TOLERATED:
            hint = "what is missing needs a next state of its own" if total < 1 else "only one of them can come next"
            here.note(f"the probabilities sum to {float(total):.12g}, not to 1", hint)
        elif sound and ways:
            ways = {target: value / total for target, value in ways.items()}
        return ways

    def _walks(self, start: str) -> None:
        """Look for states that the walk never meets, and for those from which it never ends."""
        met = _spread([start], lambda name: self.states[name].next)
        lost = [name for name in self.states if name not in met]
        self._tell(lost, "can never be reached", "lead to it from another state, or remove it")
        back: dict[str, list[str]] = {name: [] for name in self.states}
        for name, state in self.states.items():
            chances = self.choices[name].probabilities if state.choice else None
            for target in state.next:
                if chances is None or chances[target]:
                    back[target].append(name)
        ending = _spread([name for name, state in self.states.items() if not state.next], lambda name: back[name])
        stuck = [name for name in self.states if name not in ending and name in met]
        self._tell(stuck, "can never end", "give it a way, with a probability above 0, to a state without `next`")

    def _tell(self, names: list[str], what: str, hint: str) -> None:
        for name in names[:20]:
            self.places[name].note(f"`{name}` {what}", hint)
        if len(names) > 20:
            self.places[names[20]].note(f"{len(names) - 20} more states {what}")


def _spread(start: list[str], ways: Callable[[str], Mapping[str, str] | list[str]]) -> set[str]:
    found = set(start)
    waiting = list(start)
    while waiting:
        for target in ways(waiting.pop()):
            if target not in found:
                found.add(target)
                waiting.append(target)
    return found
