"""Which step of a plan measures an item of a checklist: a guess, and none where nothing speaks for it."""

import re
from collections import Counter
from collections.abc import Iterator

from wetrun.formats.runbook.contents.material import Material
from wetrun.formats.runbook.drafts.happy import Happy
from wetrun.formats.runbook.drafts.mentions import keys_of, stems
from wetrun.formats.writing.tree import Branch, Draft, Leaf, Listing

__all__ = ["readiness_of"]

_SHORT = re.compile(r"\S(?:.{0,60}\S)?")
_BACK = re.compile(r"roll ?back|recover|restore", re.IGNORECASE)
_LABEL = re.compile(r"(?P<label>[^:]{3,60}):\s")
_LEAST = 1 / 3  # of the words of an item that one word has to be
_MOST = 64  # commands with the same word that are looked at
_NOTHING = "what measures it is not stated, and no command has "


def readiness_of(material: Material, happy: Happy, *, has_rollback: bool) -> Listing | None:
    """The checklist as the readiness of a plan; None when there is none.

    Args:
        material: Everything, by purpose.
        happy: The phases, as drafted.
        has_rollback: Whether the plan has a rollback.
    """
    items: list[Draft] = []
    measures = _Measures(happy) if material.checklist else None
    for item in material.checklist:
        if measures is None or not item.text.strip():
            continue
        if has_rollback and _BACK.search(item.text):
            measured, guess = "rollback", "what measures it is not stated"
        else:
            measured, guess = measures.of(item.text)
        entries: dict[str, Draft] = {
            "item": Leaf(item.text, item.place),
            "measured_by": Leaf(measured, item.place, guess),
        }
        items.append(Branch(entries, item.place))
    return Listing(items, items[0].place) if items else None


class _Measures:
    """The steps, by the words of their commands."""

    def __init__(self, happy: Happy) -> None:
        self._happy = happy
        self._order = {command: at for at, command in enumerate(happy.steps)}
        self._first: dict[str, list[str]] = {}
        self._by_word: dict[str, list[str]] = {}
        for command in happy.steps:
            self._first.setdefault(command.split(maxsplit=1)[0], []).append(command)
            for word in set(_words_of(command)):
                self._by_word.setdefault(word, []).append(command)

    def of(self, item: str) -> tuple[str, str]:
        """What measures an item, and why that is only a guess."""
        for word in item.split():
            for command in self._first.get(word.strip("`'\"(),.:"), ())[:_MOST]:
                if " " in command and command in item:
                    return self._step(command), "it names this command"
        label = _LABEL.match(item)
        wanted = set(stems(item if label is None else label["label"]))
        shared = Counter(command for word in wanted for command in self._by_word.get(word, ())[:_MOST])
        best = min(shared, key=lambda each: (-shared[each], self._order[each]), default=None)
        if best is None:
            return "nothing", f"{_NOTHING}a word of it"
        if shared[best] == 1 and len(wanted) * _LEAST > 1:
            return "nothing", f"{_NOTHING}enough of its words"
        words = "a word" if shared[best] == 1 else "the words"
        return self._step(best), f"the first step whose command has {words} of it"

    def _step(self, command: str) -> str:
        phase, step = self._happy.steps[command]
        name = step.entries.get("name") or step.entries.get("run")
        said = str(name.value) if isinstance(name, Leaf) else ""
        # Of a long command, or of several lines, only the beginning is the step's name: it gets one of its own.
        given = None if _SHORT.fullmatch(said) and said.isprintable() else self._happy.named(command)
        return f"step:{phase}/{said if given is None else given[1]}"


def _words_of(command: str) -> Iterator[str]:
    """The words by which a command is known: its program, what that does, scripts, addresses; not files it takes."""
    command = command.partition("<<")[0]  # behind it stands what is written
    for key in (*command.split(maxsplit=1)[:1], *keys_of(command)):
        yield from stems(key.replace("_", " "))
