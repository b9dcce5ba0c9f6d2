"""Where a scenario of a runbook strikes: what it says, else the step whose command it shows, else what it names."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import field

from wetrun.formats.runbook.commands.listed import Words
from wetrun.formats.runbook.contents.material import Told
from wetrun.formats.runbook.drafts.happy import Happy
from wetrun.formats.runbook.drafts.mentions import commands_in, keys_of, stems, verbs_of
from wetrun.lean import dataclass

__all__ = ["AFTERWARDS", "Strikes", "Struck", "labels_of"]

# What is said of noticing and of the way back says nothing of where the fault strikes.
_ELSEWHERE = re.compile(r"detect|notice|discover|roll(?:ing|ed|s)?[ -]?back|recover|mitigat|revert", re.IGNORECASE)
_CLAUSES = re.compile(r";|\.\s")
_NUMBERED = re.compile(
    r"(?:\b(?P<lead>during|in|at|before|after|from|while|until) (?:the )?"
    r"|^(?:- )?(?:when|where|strikes?|occurs?|happens|timing|trigger(?:ed)?)\s*:\s*(?:\w+ ){0,2})"
    r"(?:phase|step|stage|part) (?P<number>\d{1,4})(?:\.\d{1,4})*\b",
    re.IGNORECASE,
)
_LEAD = re.compile(
    r"\b(?P<lead>during|while|before|after|in|at|from)\b"
    r"|^(?:- )?(?:when|where|strikes?|occurs?|happens|timing|trigger(?:ed)?)\s*:",
    re.IGNORECASE,
)
_NEEDS_NOUN = frozenset({"in", "at", "from"})  # "in production" names no phase, "in the production phase" does
_NOUNS = frozenset({"phase", "step", "stage"})
_LABEL = re.compile(
    r"^(?:phase|step|stage|part) (?P<number>\d{1,4})(?:\.\d{1,4})*\s*(?:[:.)\u2013\u2014-]|$)", re.IGNORECASE
)
AFTERWARDS = re.compile(r"post-?deploy|after (?:the )?(?:deploy|release|roll-?out)", re.IGNORECASE)
"""What is said of the time when the deployment is done."""
_BEFORE = re.compile(r"pre-?deploy|before (?:the )?(?:deploy|release|roll-?out)", re.IGNORECASE)
_DATABASE = re.compile(
    r"\b(?:psql|pg_\w+|mysql\w*|mongo\w*|redis-cli|prisma|alembic|flyway|liquibase|knex|sequelize)\b|migrat|\bdb:",
    re.IGNORECASE,
)
_NEAR = 4  # the heading and three lines: further down any word may stand
_TO_SERVICE = frozenset({"service-stop", "service-kill", "service-freeze"})
_STARTS = re.compile(r"\b(?:re)?start\b|\breload\b|\bup -d\b|\brollout\b", re.IGNORECASE)
_TO_DATABASE = frozenset({"network-delay", "network-refuse", "network-blackhole", "connection-reset"})


@dataclass(frozen=True, slots=True)
class Struck:
    """Where a scenario strikes.

    Attributes:
        where: The phase, or the phase and the step, before which it does.
        line: From where that is known, from 0.
        guess: Why it is not certain; None where the scenario says it.
        shown: The step whose failure the scenario shows, or None.
        exact: Whether that step runs the very command that is shown.
    """

    where: str
    line: int
    guess: str | None = None
    shown: str | None = None
    exact: bool = False


@dataclass(slots=True)
class Strikes:
    """Finds where scenarios strike; knows the phases and steps by what a scenario may call them.

    A runbook may have thousands of steps and of scenarios: everything is looked up, nothing is searched for.
    """

    happy: Happy
    labels: Mapping[str, tuple[str, int]]
    names: dict[str, int] = field(init=False)
    order: list[str] = field(init=False)
    commands: dict[str, str] = field(init=False)
    words: dict[str, str] = field(init=False)
    of_database: str | None = field(init=False, default=None)
    after_start: str | None = field(init=False, default=None)
    starts: bool = field(init=False, default=False)

    def __post_init__(self) -> None:
        """Sort phases and steps by their names, commands and words; of several the first counts."""
        self.order = self.happy.order()
        self.names, self.commands, self.words = {}, {}, {}
        for index, phase in enumerate(self.order):
            self.names.setdefault(" ".join(_plain(phase)), index)
            for stem in stems(phase):
                self.words.setdefault(stem, phase)
        for command, (phase, _) in self.happy.steps.items():
            if self.of_database is None and _DATABASE.search(command):
                self.of_database = command
            if _STARTS.search(command):
                self.starts, self.after_start = True, None
            elif self.starts and self.after_start is None:
                self.after_start = command
            for key in keys_of(command):
                self.commands.setdefault(key, command)
            for stem in stems(" ".join(verbs_of(command))):
                self.words.setdefault(stem, phase)

    def of(self, told: Told, kind: str) -> Struck:
        """Where a scenario strikes.

        Args:
            told: The scenario.
            kind: The kind of its fault.
        """
        shown = self._shown(told)
        stated = self._stated(told)
        if kind == "bad-release":
            found = Struck(
                self.happy.first, told.section.line, "what is wrong with a release is so before it is fetched"
            )
        elif stated is not None:
            inside = shown is not None and shown.where.split("/", 1)[0] == stated.where
            found = Struck(shown.where, stated.line) if shown is not None and inside else stated
        elif shown is not None and shown.exact:
            found = shown
        else:
            found = self._labelled(told) or shown or self._told(told, kind)
        if shown is None:
            return found
        return Struck(found.where, found.line, found.guess, shown.shown, shown.exact)

    def _shown(self, told: Told) -> Struck | None:
        """The step that runs what the scenario shows, or nearly what it shows."""
        for listed in told.shown:
            named = self.happy.named(listed.text)
            if named is not None:
                why = "before the step that runs what the scenario shows"
                return Struck("/".join(named), listed.line, why, named[1], exact=True)
        for listed in told.shown:
            command = next((self.commands[key] for key in keys_of(listed.text) if key in self.commands), None)
            if command is not None and (named := self.happy.named(command)) is not None:
                return Struck("/".join(named), listed.line, "before the step that runs nearly what it shows", named[1])
        return None

    def _stated(self, told: Told) -> Struck | None:
        """A phase that the scenario says in so many words: by its number, or by its name."""
        for words in _setting(told):
            for clause in _CLAUSES.split(words.text):
                if _ELSEWHERE.search(clause):
                    continue
                where = self._numbered(clause.strip()) or self._called(clause.strip())
                if where is not None:
                    return Struck(where, words.line)
        return None

    def _numbered(self, clause: str) -> str | None:
        match = _NUMBERED.search(clause)
        if match is None or match["number"] not in self.happy.numbers:
            return None
        return self._at(self.names[" ".join(_plain(self.happy.numbers[match["number"]]))], match["lead"])

    def _called(self, clause: str) -> str | None:
        for match in _LEAD.finditer(clause):
            following = _plain(clause[match.end() : match.end() + 120].removeprefix(" the "))
            lead = (match["lead"] or "").lower()
            for length in range(min(8, len(following)), 0, -1):
                index = self.names.get(" ".join(following[:length]))
                noun = following[length : length + 1]
                if index is not None and (lead not in _NEEDS_NOUN or (noun and noun[0] in _NOUNS)):
                    return self._at(index, lead)
        return None

    def _at(self, index: int, lead: str | None) -> str:
        """What is said to come after a phase strikes before the next one."""
        after = (lead or "").lower() == "after"
        return self.order[min(index + 1, len(self.order) - 1) if after else index]

    def _labelled(self, told: Told) -> Struck | None:
        """The phase whose number stands above a command that the scenario shows, here or in another scenario."""
        for listed in told.shown:
            phase, line = self.labels.get(listed.text, ("", 0))
            if phase in self.happy.numbers:
                return Struck(self.happy.numbers[phase], line, f"the runbook puts what it shows into phase {phase}")
        return None

    def _told(self, told: Told, kind: str) -> Struck:
        setting = list(_setting(told))
        for words in setting:
            for mention in commands_in(words.text):
                if (named := self._named(self.commands.get(mention))) is not None:
                    return Struck(named, words.line, "before the step whose command the scenario names")
        if kind == "memory-leak" or any(AFTERWARDS.search(words.text) for words in setting):
            return Struck(self.order[-1], told.section.line, "after the deployment, so before the last phase")
        if any(_BEFORE.search(words.text) for words in setting):
            return Struck(self.order[0], told.section.line, "before the deployment, so before the first phase")
        for words in setting[:_NEAR]:
            shared = Counter(self.words[stem] for stem in stems(words.text) if stem in self.words)
            if shared:
                phase = shared.most_common(1)[0][0]
                return Struck(phase, words.line, "before the phase that shares a word with the scenario")
        return self._by_nature(told, kind)

    def _by_nature(self, told: Told, kind: str) -> Struck:
        line = told.section.line
        if kind in _TO_DATABASE and (named := self._named(self.of_database)):
            return Struck(named, line, "before the first step that needs the database")
        if kind in _TO_SERVICE and self.starts:
            # A service that broke before its start would come back by it.
            if (named := self._named(self.after_start)) is not None:
                return Struck(named, line, "after the service is started")
            return Struck(self.order[-1], line, "nothing comes after the start of the service; this is the last phase")
        why = "nothing says where it strikes; this is the first phase that changes something"
        return Struck(self.happy.changing, line, why)

    def _named(self, command: str | None) -> str | None:
        named = None if command is None else self.happy.named(command)
        return None if named is None else "/".join(named)


def _setting(told: Told) -> Iterator[Words]:
    """What is told before anything is done about it, the heading first."""
    yield Words(told.section.heading, told.section.line)
    yield from told.setting


def labels_of(scenarios: list[Told]) -> dict[str, tuple[str, int]]:
    """Which phase number the runbook writes above a command that a scenario shows, and in which line."""
    found: dict[str, tuple[str, int]] = {}
    for told in scenarios:
        marked = [
            (listed.text, match["number"], words.line)
            for listed in told.shown
            for words in listed.above
            if (match := _LABEL.match(words.text)) is not None
        ]
        # 1, 2, 3 … are the scenario's own steps, and not the deployment's.
        numbers = [number for _, number, _ in marked]
        own = len(numbers) > 1 and numbers == [str(index + 1) for index in range(len(numbers))]
        for text, number, line in marked if not own else ():
            found.setdefault(text, (number, line))
    return found


def _plain(text: str) -> list[str]:
    return re.findall(r"[^\W_]+", text.lower().replace("&", " and ").replace("/", " and "))
