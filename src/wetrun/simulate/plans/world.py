"""What a forecast remembers beside the run: which scenarios have struck, which were noticed, what users feel.

It remembers a scenario only between its draw and its last use, and nothing that no later answer asks for: that is what
keeps the graph small.
"""

from collections.abc import Iterable
from typing import NamedTuple

__all__ = ["Said", "World"]


class Said(NamedTuple):
    """Something worth telling that has just happened, in words; `added` is the occurrence whose own time it costs."""

    words: str
    added: int | None = None


class World(NamedTuple):
    """The world of a run; occurrences by index, each tuple in ascending order.

    Attributes:
        todo: What is to be decided before the step starts: occurrences that may strike now.
        shown: Open, and it is to be decided whether the step that would notice does so.
        open: Struck, and nobody has noticed.
        known: Noticed, and not gone on with yet: what a mitigation that begins now is to help against.
        coming: Members of a group of which it is decided that they will strike.
        memory: Struck, and the odds of a later scenario depend on it.
        down: Struck, and users feel it.
        unfelt: Struck, and users will feel it later.
        blind: Something has struck that its check has missed.
        ground: How far the way back does not hold (`Ground.value`).
        rule: The occurrence whose rule may put a question, or None.
        helpless: The mitigation under way has turned out not to help.
        watched: The watch has begun once.
        owed: How many steps have passed since their phase began that take their time together, later.
        pause: Seconds to wait before the step, a retry's back-off.
        said: What has just happened, told before the run goes on.
    """

    todo: tuple[int, ...] = ()
    shown: tuple[int, ...] = ()
    open: tuple[int, ...] = ()
    known: tuple[int, ...] = ()
    coming: tuple[int, ...] = ()
    memory: tuple[int, ...] = ()
    down: tuple[int, ...] = ()
    unfelt: tuple[int, ...] = ()
    blind: bool = False
    ground: int = 0
    rule: int | None = None
    helpless: bool = False
    watched: bool = False
    owed: int = 0
    pause: float = 0.0
    said: Said | None = None

    def noticed(self, indices: Iterable[int], *, stays: bool) -> "World":
        """The world after these were noticed; `stays`: they go on showing."""
        gone = set(indices)
        if not gone:
            return self
        known = tuple(sorted({*self.known, *(index for index in self.open if index in gone)})) if stays else self.known
        return self._replace(open=tuple(index for index in self.open if index not in gone), known=known)

    def healed(self, indices: Iterable[int]) -> "World":
        """The world after these are gone for good."""
        gone = set(indices)
        if not gone:
            return self
        return self._replace(
            open=tuple(index for index in self.open if index not in gone),
            known=tuple(index for index in self.known if index not in gone),
            down=tuple(index for index in self.down if index not in gone),
            unfelt=tuple(index for index in self.unfelt if index not in gone),
        )
