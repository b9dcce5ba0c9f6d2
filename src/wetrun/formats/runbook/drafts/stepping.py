"""A command of a runbook as a step of a plan."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import field
from typing import Any

from wetrun.errors import Place
from wetrun.formats.runbook.commands.listed import Listed, Said
from wetrun.formats.runbook.expectations.expecting import expectation_of
from wetrun.formats.runbook.expectations.remarks import Tone
from wetrun.formats.runbook.quantities.amounts import sayable, times
from wetrun.formats.writing.numbers import number_text
from wetrun.formats.writing.tree import Branch, Draft, Leaf, drafted
from wetrun.lean import dataclass
from wetrun.plan.facts import Unverified
from wetrun.shell.commands import Call, calls_of

__all__ = ["Steps", "acceptable_times", "only_looks"]

_SLEEP = re.compile(r"^sleep (?P<number>\d{1,6}(?:\.\d{1,3})?)(?P<unit>[smhd]?)$")
_LOOKERS = frozenset(
    [
        "cat",
        "cd",
        "cmp",
        "cut",
        "date",
        "df",
        "diff",
        "du",
        "echo",
        "env",
        "false",
        "file",
        "find",
        "free",
        "grep",
        "head",
        "hostname",
        "id",
        "jq",
        "last",
        "ls",
        "lsof",
        "nslookup",
        "ping",
        "printenv",
        "printf",
        "ps",
        "pwd",
        "sort",
        "stat",
        "tail",
        "test",
        "tr",
        "true",
        "uname",
        "uniq",
        "uptime",
        "wc",
        "which",
        "whoami",
    ]
)
_LOOKING_WORDS: Mapping[str, frozenset[str]] = {
    "git": frozenset({"status", "log", "diff", "show", "rev-parse", "branch", "remote", "describe", "ls-remote"}),
    "pm2": frozenset({"status", "list", "ls", "logs", "show", "describe", "monit", "info", "jlist"}),
    "docker": frozenset({"ps", "images", "logs", "inspect", "version", "info", "stats"}),
    "kubectl": frozenset({"get", "describe", "logs", "version", "top"}),
    "systemctl": frozenset({"status", "is-active", "is-enabled", "list-units", "show"}),
    "npm": frozenset({"ls", "list", "outdated", "view", "--version", "-v"}),
    "helm": frozenset({"list", "status", "history", "get"}),
    "journalctl": frozenset(),
}
_CURL_CHANGES = (
    "-X",
    "--request",
    "-d",
    "--data",
    "-F",
    "--form",
    "-T",
    "--upload-file",
    "-o",
    "-O",
    "--output",
    "--json",
)
_TIME_PRINTED = re.compile(r"time_total")


@dataclass(slots=True)
class Steps:
    """Makes steps; remembers what no machine can check.

    Attributes:
        file: The runbook's name, for places.
        acceptable: Commands whose time is called acceptable up to so many seconds elsewhere in the runbook.
    """

    file: str
    acceptable: Mapping[str, float] = field(default_factory=dict[str, float])
    unverified: list[Unverified] = field(default_factory=list[Unverified])

    def step(self, listed: Listed, target: str | None = None) -> Branch:
        """A step.

        Args:
            listed: The command.
            target: Where it runs, when that is not the plan's first target.
        """
        place = Place(self.file, listed.line + 1, listed.column + 1)
        sleep = _SLEEP.match(listed.text)
        if sleep is not None and float(sleep["number"]) > 0:
            return Branch({"wait": Leaf(sleep["number"] + (sleep["unit"] or "s"), place)}, place)
        entries: dict[str, Draft] = {"run": Leaf(listed.text, place, listed.guess)}
        branch = Branch(entries, place)
        branch.remarks += [words.text for words in listed.above]
        expect = self._expect(listed, place, branch)
        if expect is not None:
            entries["expect"] = expect
        if target is not None:
            entries["target"] = Leaf(target, place)
        if only_looks(listed.text):
            entries["changes"] = Leaf(value=False, place=place, guess="it only looks")
        return branch

    def login(self, listed: Listed) -> list[Unverified]:
        """What is expected of a login, which is no step: that it succeeds is seen when the first step runs."""
        where = f"login: {listed.text}"
        return [
            Unverified(said.marker.rest, where, Place(self.file, said.line + 1, 1))
            for said in listed.said
            if said.marker.rest
        ]

    def _expect(self, listed: Listed, place: Place, branch: Branch) -> Branch | None:
        keys: dict[str, Draft] = {}
        for said in listed.said:
            self._said(listed, said, keys, branch)
        if listed.output is not None and not {"output", "stdout", "json"} & keys.keys():
            line, lines = listed.output
            wanted = expectation_of(listed.text, "", lines, literal=True)
            for offset, text in wanted.unverified:
                self._doubt(listed, line - 1 + offset, text, branch)
            self._add(listed, line, wanted.expect, keys, wanted.guess)
        if listed.exit is not None:
            keys["exit"] = Leaf(listed.exit, place)
        self._widen(listed, keys)
        if keys.get("fails") is not None and "exit" in keys:
            del keys["exit"]
        return Branch(keys, place) if keys else None

    def _said(self, listed: Listed, said: Said, keys: dict[str, Draft], branch: Branch) -> None:
        marker = said.marker
        match marker.tone:
            case Tone.PROSE | Tone.POSSIBLE:
                branch.remarks.append(marker.rest)
            case Tone.LOOK:
                self._doubt(listed, said.line, " ".join([marker.rest, *said.below]).strip(), branch)
            case Tone.EXPECTED:
                wanted = expectation_of(listed.text, marker.rest, said.below, literal=marker.literal)
                for offset, text in wanted.unverified:
                    self._doubt(listed, said.line + offset, text, branch)
                guess = "a bare comment, taken as what is printed" if marker.bare else wanted.guess
                self._add(listed, said.line, wanted.expect, keys, guess)

    def _add(
        self, listed: Listed, line: int, expect: Mapping[str, Any], keys: dict[str, Draft], guess: str | None
    ) -> None:
        del listed
        place = Place(self.file, line + 1, 1)
        for key, value in expect.items():
            if key not in keys:
                keys[key] = drafted(value, place, guess)

    def _doubt(self, listed: Listed, line: int, text: str, branch: Branch) -> None:
        first = listed.text.split("\n", 1)[0]
        self.unverified.append(Unverified(text, first[:72], Place(self.file, line + 1, 1)))
        branch.remarks.append(f"UNVERIFIED: {text}")

    def _widen(self, listed: Listed, keys: dict[str, Draft]) -> None:
        """Two limits for a time, when the runbook says elsewhere what is still acceptable."""
        wide = self.acceptable.get(listed.text)
        printed = keys.get("stdout")
        if wide is None or not isinstance(printed, Branch) or not _TIME_PRINTED.search(listed.text):
            return
        limit = printed.entries.get("number")
        match = re.match(r"<=? (?P<good>[\d.]+)$", str(limit.value)) if isinstance(limit, Leaf) else None
        if match is not None and float(match["good"]) < wide:
            guess = "the command's own time, in place of the number that it prints"
            limits = {
                key: f"{number_text(seconds * 1000)}ms"
                for key, seconds in (("good", float(match["good"])), ("acceptable", wide))
            }
            keys["time"] = drafted(limits, printed.place, guess)
            del keys["stdout"]


def acceptable_times(commands: Sequence[Listed]) -> dict[str, float]:
    """Times that are called acceptable, in seconds, by the command that takes them."""
    found: dict[str, float] = {}
    for listed in commands:
        for said in listed.said:
            if "acceptable" in said.marker.rest.lower():
                limits = [
                    limit.high
                    for limit in times(said.marker.rest)
                    if limit.low is None and limit.high and sayable(None, limit.high)
                ]
                if limits:
                    found[listed.text] = max(limits)
    return found


def only_looks(text: str) -> bool:
    """Whether a command is known to change nothing."""
    calls = calls_of(text)
    return bool(calls) and all(map(_looks, calls))


def _looks(call: Call) -> bool:
    for redirect in call.redirects:
        if ">" in redirect and "/dev/null" not in redirect and "&" not in redirect:
            return False
    if call.program == "curl":
        return not call.has(*_CURL_CHANGES)
    if call.program == "find":
        return not {"-delete", "-exec", "-execdir"} & set(call.arguments)
    if call.arguments and set(call.arguments) <= {"--version", "-v", "-V"}:
        return True
    words = _LOOKING_WORDS.get(call.program)
    if words is None:
        return call.program in _LOOKERS
    return not words or any(argument in words for argument in call.arguments[:1])
