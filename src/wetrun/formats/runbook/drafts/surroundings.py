"""Where a runbook's commands run: the machines behind `ssh`, the services, the hosts that are asked."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import field

from wetrun.errors import Place
from wetrun.formats.runbook.commands.listed import Listed
from wetrun.formats.runbook.contents.material import Material, Part
from wetrun.formats.runbook.drafts.stepping import only_looks
from wetrun.formats.writing.names import slug
from wetrun.formats.writing.tree import Branch, Draft, Leaf, drafted
from wetrun.lean import dataclass
from wetrun.shell.commands import calls_of

__all__ = ["Machines", "hosts_of", "services_of"]

# What stands for a name that is filled in: `<host>`, `[host]`, `{host}`, `$HOST`.
_FILLED_IN = r"<[\w.-]{1,60}>|\[[\w.-]{1,60}\]|\{{1,2}[\w.-]{1,60}\}{1,2}|\$\w{1,60}|\$\{\w{1,60}\}"
_SSH = re.compile(
    r"^ssh\s+(?:-(?:[46AaCTtXYqvNn]+|[iFJloRLDo]\s+\S+|p\s+(?P<port>\d{1,5}))\s+)*"
    rf"(?:(?P<user>[A-Za-z_][\w.-]*|{_FILLED_IN})@)(?P<host>[A-Za-z0-9][\w.:-]*|{_FILLED_IN})"
    r"(?:\s+-p\s+(?P<port2>\d{1,5}))?\s*$"
)
_LEAVE = frozenset({"exit", "logout"})
_URL = re.compile(r"https?://(?:[^\s/@\"'<>]*@)?(?P<host>[A-Za-z0-9][A-Za-z0-9.-]*)(?::(?P<port>\d+))?")
_ROW = re.compile(r"^[│|]\s*\d+\s*[│|]\s*(?P<name>[\w.-]+)\s*[│|]", re.MULTILINE)
_MANAGERS: Mapping[str, tuple[str, ...]] = {
    "pm2": ("restart", "reload", "stop", "start", "logs", "describe", "show"),
    "systemctl": ("restart", "reload", "stop", "start", "status"),
    "supervisorctl": ("restart", "stop", "start", "status"),
}
_MANAGED = re.compile("|".join((*_MANAGERS, "['\"]")))


@dataclass(slots=True)
class Machines:
    """Follows `ssh user@host` at the beginning of blocks: it changes the target of what comes after it."""

    file: str
    targets: dict[str, Branch] = field(default_factory=dict[str, Branch])
    _names: dict[str, str] = field(default_factory=dict[str, str])
    _current: str | None = None
    _main: str | None = None
    _changed: str | None = None  # where the last command ran that changes something
    _fresh: bool = False
    _here: bool = False  # whether a command ran before the first login

    def runs_on(self, listed: Listed) -> tuple[bool, str | None]:
        """Follow one command.

        Returns:
            Whether it is a step (a login is none), and the target if it is not the first.
        """
        match = _SSH.match(listed.text)
        if match is not None:
            self._log_in(match, listed)
            return False, None
        if listed.text.strip() in _LEAVE and self._current is not None:
            self._current = "local"
            return False, None
        moved = re.match(r"^cd (?P<folder>/[\w./-]+)$", listed.text) if self._fresh else None
        if moved is not None and self._current is not None and self._current != "local":
            place = Place(self.file, listed.line + 1, listed.column + 1)
            self.targets[self._current].entries["directory"] = Leaf(moved["folder"], place)
        self._fresh = False
        self._here = self._here or self._current is None
        if self._current == "local" and "local" not in self.targets:
            place = Place(self.file, listed.line + 1, listed.column + 1)
            self.targets["local"] = Branch({}, place, "`exit` ends the login, and this stands behind it")
        if self._current is not None and not only_looks(listed.text):
            self._changed = self._current
        return True, None if self._current is None or self._current == next(iter(self.targets)) else self._current

    def settle(self) -> None:
        """The happy path is over: what follows begins on the machine that it changed last, else where it last ran."""
        ended = self._current if self._current in self.targets else None  # nothing ran behind the last `exit`
        self._main = self._changed or ended

    @property
    def main(self) -> str | None:
        """The machine that the happy path changes last, when that is not the plan's first target."""
        return self._main if self.targets and self._main != next(iter(self.targets)) else None

    def begin(self) -> None:
        """A procedure begins."""
        self._current = self._main
        self._fresh = False

    def _log_in(self, match: re.Match[str], listed: Listed) -> None:
        port = match["port"] or match["port2"]
        address = f"{match['user']}@{match['host']}" + (f":{port}" if port else "")
        if address not in self._names:
            if self._here and not self.targets:
                self.targets["local"] = Branch(
                    {}, Place(self.file, 1, 1), "commands stand before the first login", stated=False
                )
            name = slug(match["host"]) if self._names else "production"
            while name in self.targets:
                name += "-2"
            place = Place(self.file, listed.line + 1, listed.column + 1)
            self._names[address] = name
            self.targets[name] = Branch({"ssh": Leaf(address, place)}, place)
        self._current = self._names[address]
        self._fresh = True


def services_of(material: Material, file: str) -> dict[str, Branch]:
    """The services that a process manager is asked for by name."""
    found: dict[str, Branch] = {}
    for part in _parts(material):
        for listed in part:
            for name, manager in _named(listed):
                if name not in found:
                    place = Place(file, listed.line + 1, listed.column + 1)
                    guess = "its processes are recognised by this pattern in their command line"
                    entries: dict[str, Draft] = {"process": Leaf(re.escape(name), place, guess)}
                    entries |= {word: Leaf(f"{manager} {word} {name}", place) for word in ("stop", "start")}
                    found[name] = Branch(entries, place)
    return found


def _named(listed: Listed) -> Iterable[tuple[str, str]]:
    # A program's name stands in its command, if perhaps in quotes, which take a grammar to see through.
    if _MANAGED.search(listed.text) is None:
        return
    for call in calls_of(listed.text):
        words = _MANAGERS.get(call.program, ())
        operands = call.operands if words else ()
        if len(operands) >= 2 and operands[0] in words:
            name = operands[1]
            if (
                re.fullmatch(r"[A-Za-z][\w.@-]*", name)
                and name != "all"
                and not re.search(r"\.(?:js|cjs|json|ya?ml)$", name)
            ):
                yield name, call.program
        if call.program == "pm2":
            for said in listed.said:
                yield from ((match["name"], "pm2") for match in _ROW.finditer("\n".join(said.below)))


def _parts(material: Material) -> Iterable[list[Listed]]:
    every: list[Part] = [
        *material.phases,
        *material.rollbacks,
        *material.recoveries,
        *material.procedures,
        *material.tests,
    ]
    yield from (part.commands for part in every)
    for told in material.scenarios:
        yield from (told.shown, told.mitigation, told.rollback)


def hosts_of(material: Material, targets: Mapping[str, Branch], file: str) -> Draft | None:
    """Every host that the commands ask, as hosts of the double."""
    found: dict[str, Place] = {}
    for target in targets.values():
        address = target.entries.get("ssh")
        if isinstance(address, Leaf):
            found.setdefault(str(address.value).split("@", 1)[-1].rsplit(":", 1)[0], address.place)
    for commands in _parts(material):
        for listed in commands:
            for match in _URL.finditer(listed.text):
                found.setdefault(match["host"].lower(), Place(file, listed.line + 1, listed.column + 1))
    names = {
        name: place
        for name, place in found.items()
        if name != "localhost" and not name.startswith(("127.", "0.")) and _is_host(name)
    }
    if not names:
        return None
    first = next(iter(names.values()))
    return Branch(
        {name: drafted("sandbox", place) for name, place in names.items()}, first, "the sandbox stands in for them"
    )


def _is_host(name: str) -> bool:
    return len(name) <= 253 and all(
        re.fullmatch(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?", part) for part in name.split(".")
    )
