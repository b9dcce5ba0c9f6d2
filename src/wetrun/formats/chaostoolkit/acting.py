"""Probes and actions of an experiment as steps of a plan."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import field
from typing import Any, Literal

from wetrun.formats.chaostoolkit.asking import Asked, plain
from wetrun.formats.chaostoolkit.commands import package_of, process_command, python_command
from wetrun.formats.chaostoolkit.holding import Held, held_value
from wetrun.formats.chaostoolkit.requesting import http_entries
from wetrun.formats.chaostoolkit.striking import Strike, strike_of
from wetrun.formats.chaostoolkit.tolerating import Tolerance
from wetrun.formats.decode.nearest import did_you_mean
from wetrun.formats.decode.tree import Entries
from wetrun.formats.writing.names import Names
from wetrun.formats.writing.numbers import number_text
from wetrun.formats.writing.tree import Branch, Draft, Leaf, drafted
from wetrun.lean import dataclass

__all__ = ["Actor"]

_ACTIVITY: Mapping[str, str | None] = {
    **dict.fromkeys(("type", "name", "provider", "tolerance", "pauses", "background", "controls", "configuration")),
    **dict.fromkeys(("secrets", "executors", "tags", "dependsOn")),
}
_PROVIDER: Mapping[str, Mapping[str, str | None]] = {
    "process": dict.fromkeys(("type", "path", "arguments", "timeout", "env")),
    "http": dict.fromkeys(
        ("type", "url", "method", "headers", "arguments", "timeout", "verify_tls", "expected_status", "max_retries")
    ),
    "python": dict.fromkeys(("type", "module", "func", "arguments", "secrets", "timeout")),
}
_UNUSED = ("controls", "configuration", "secrets", "executors", "tags", "dependsOn", "verify_tls", "max_retries")
"""Keys of activities and providers that are known and have no counterpart in a plan."""


@dataclass(slots=True)
class Actor:
    """Makes steps.

    Attributes:
        compatible: Keep what Chaos Toolkit does where a plan would be stricter.
        named: Activities that others may refer to, by name.
        kept: Names of actions of the method that became steps although they may be meant to break something.
        unused: Keys of activities that are dropped, in the order in which they were met.
    """

    compatible: bool
    taken: set[str] = field(default_factory=set[str])
    named: Mapping[str, Entries] = field(default_factory=dict[str, Entries])
    kept: list[str] = field(default_factory=list[str])
    unused: dict[str, None] = field(default_factory=dict[str, None])

    def steps(self, activities: Iterator[Asked], *, look: bool = False, back: bool = False) -> list[Draft]:
        """Every activity as a step, with its pauses.

        Args:
            activities: Probes and actions.
            look: Whether they only look (steady state).
            back: Whether they are the way back: one that fails is a failure, whatever the experiment thinks.
        """
        found: list[Draft] = []
        for activity in map(self.referred, activities):
            before, after = self._pauses(activity)
            found += before
            step = self._step(activity, look=look, back=back)
            found += [step] if step is not None else []
            found += after
        return found

    def method(self, activities: Iterator[Asked]) -> tuple[list[Draft], list[tuple[Strike, int]]]:
        """The activities of a method: those that wetrun brings about itself as faults, all others as steps.

        Returns:
            The steps, and each fault with the number of steps that come before it.
        """
        steps: list[Draft] = []
        strikes: list[tuple[Strike, int]] = []
        for activity in map(self.referred, activities):
            before, after = self._pauses(activity)
            steps += before
            step = self._step(activity, look=False, back=False)
            strike = None if step is None or self.compatible else _fault_of(activity, step)
            if strike is not None:
                strikes.append((strike, len(steps)))
            elif step is not None:
                steps.append(step)
                meant = activity.text("type") == "action" and not self.compatible
                if meant and isinstance(name := step.entries["name"], Leaf):
                    self.kept.append(str(name.value))
            steps += after
        return steps, strikes

    def observed(self, activity: Asked) -> Draft | None:
        """A probe as a state probe, or None when its value says nothing about the state."""
        provider = activity.inner("provider")
        kind = provider.text("type") if provider is not None else ""
        if provider is None or kind not in {"process", "http"}:
            return None
        action = self._action(provider, kind, None)
        return None if action is None else Branch(action, activity.place)

    def referred(self, activity: Asked) -> Asked:
        """The activity itself, or the one that it refers to, with the tolerance that stands beside the reference."""
        if not activity.has("ref"):
            return activity
        activity.allow({"ref": None, "tolerance": None})
        name = activity.text("ref")
        found = self.named.get(name)
        if found is None:
            known = did_you_mean(name, self.named) or "the method and the steady state have the names to refer to"
            activity.note(f"`ref: {name}` names no activity", known)
            return activity
        own = tuple(entry for entry in activity.entries() if entry.key == "tolerance")
        kept = tuple(entry for entry in found.entries if entry.key != "tolerance" or not (own or self.compatible))
        return Asked(Entries((*kept, *own), found.place), activity.path, activity.problems)

    def _pauses(self, activity: Asked) -> tuple[list[Draft], list[Draft]]:
        pauses = activity.inner("pauses")
        if pauses is None:
            return [], []
        pauses.allow({"before": None, "after": None})
        found: list[list[Draft]] = []
        for key in ("before", "after"):
            value = plain(node) if (node := pauses.node_of(key)) is not None else 0
            if isinstance(value, int | float) and not isinstance(value, bool) and 0 < value < 1e6:
                found.append([Branch({"wait": Leaf(f"{number_text(value)}s", pauses.place)}, pauses.place)])
                continue
            if value:
                pauses.note(f"`{key}` of the pauses must be a number of seconds")
            found.append([])
        return found[0], found[1]

    def _step(self, activity: Asked, *, look: bool, back: bool) -> Branch | None:
        provider = self._provider(activity)
        if provider is None:
            return None
        kind = provider.text("type")
        if activity.node_of("background") is not None and plain_flag(activity, "background") and not self.compatible:
            activity.note(
                "an activity in the background has no end that a plan could wait for",
                "`--compatible` runs it in the foreground",
            )
        self.unused |= dict.fromkeys(key for asked in (activity, provider) for key in _UNUSED if asked.has(key))
        held, expect = self._tolerated(activity, kind, look=look)
        action = self._action(provider, kind, held)
        if action is None:
            return None
        place = activity.place
        entries: dict[str, Draft] = {"name": Leaf(self._name(activity.text("name", kind)), place), **action}
        if "expected_status" in provider.keys():  # noqa: SIM118 - a mapping of the experiment, no dict
            expect.setdefault("status", plain(provider.node_of("expected_status") or provider.node))
        if expect:
            tolerance = activity.node_of("tolerance")
            entries["expect"] = drafted(expect, place if tolerance is None else tolerance.place)
        limit = _limit(provider)
        if limit is not None:
            entries["limit"] = Leaf(limit, provider.place)
        if self.compatible and not back and not look:
            entries["on_failure"] = Leaf("note", place, "Chaos Toolkit goes on when an activity of the method fails")
        if kind != "http" and (look or activity.text("type") == "probe"):
            entries["changes"] = Leaf(value=False, place=place, guess="a probe only looks")
        return Branch(entries, place)

    def _provider(self, activity: Asked) -> Asked | None:
        """What an activity calls; None and a problem when that is not known."""
        if activity.has("ref"):  # it refers to nothing, which is told
            return None
        activity.allow(_ACTIVITY)
        provider = activity.inner("provider")
        if provider is None:
            activity.note("an activity needs a `provider`")
            return None
        kind = provider.text("type")
        if kind not in _PROVIDER:
            provider.note(f"unknown provider `{kind}`", "known: process, http, python")
            return None
        provider.allow(_PROVIDER[kind])
        return provider

    def _tolerated(self, activity: Asked, kind: str, *, look: bool) -> tuple[Held | None, dict[str, Any]]:
        """What is held by a Python call itself, and what is expected of the step."""
        node = activity.node_of("tolerance")
        if self.compatible and not look:
            return None, {}  # Chaos Toolkit holds the steady state only
        if node is None:
            if self.compatible:
                activity.note("a probe of the steady state needs a `tolerance`", "Chaos Toolkit refuses one without")
            return None, {}
        if kind == "python":
            held = held_value(activity, plain(node)) if self.compatible else None
            return held, {} if held is None else {"json": {"met": True}}
        provider: Literal["process", "http"] = "process" if kind == "process" else "http"
        return None, Tolerance(activity, provider, self.compatible).expectation(plain(node))

    def _name(self, text: str) -> str:
        base = " ".join("".join(c if c.isprintable() else " " for c in text).split())[:72] or "activity"
        name = Names("{name} ({number})").free(base, self.taken)
        self.taken.add(name)
        return name

    def _action(self, provider: Asked, kind: str, held: Held | None) -> dict[str, Draft] | None:
        match kind:
            case "process":
                command = process_command(provider)
                return None if command is None else {"run": Leaf(command, provider.place)}
            case "http":
                return http_entries(provider)
            case _:
                return self._python(provider, held)

    def _python(self, provider: Asked, held: Held | None) -> dict[str, Draft] | None:
        module, func = provider.text("module"), provider.text("func")
        if not (re.fullmatch(r"[A-Za-z_][\w.]*", module) and re.fullmatch(r"[A-Za-z_]\w*", func)):
            provider.note("a Python provider needs `module` and `func`")
            return None
        package = package_of(module)
        if not self.compatible:
            where = "" if package is None else f", where `{package}` must be installed"
            what = (
                "is a function of Python's standard library, and no step of a plan calls one"
                if package is None
                else f"needs the extension module `{package}`"
            )
            hint = (
                f"`--compatible` calls it with python3 on the target{where}; or write what it does as a process "
                "or a fault"
            )
            provider.note(f"`{module}.{func}` {what}", hint)
            return None
        node = provider.node_of("arguments")
        arguments = plain(node) if node is not None else {}
        needs = [f"`{name}`" for name in (package, None if held is None else held.needs) if name is not None]
        guess = f"needs python3 on the target, with {' and '.join(needs)}" if needs else "needs python3 on the target"
        return {"run": Leaf(python_command(module, func, arguments, held), provider.place, guess)}


def _fault_of(activity: Asked, step: Branch) -> Strike | None:
    run, name = step.entries.get("run"), step.entries["name"]
    if activity.text("type") != "action" or not isinstance(run, Leaf) or not isinstance(name, Leaf):
        return None
    return strike_of(str(name.value), str(run.value), run.place)


def plain_flag(asked: Asked, key: str) -> bool:
    """Whether a flag is set."""
    node = asked.node_of(key)
    return node is not None and plain(node) is True


def _limit(provider: Asked) -> str | None:
    node = provider.node_of("timeout")
    if node is None:
        return None
    value = plain(node)
    numbers = value if isinstance(value, list) else [value]
    seconds = [
        each for each in numbers if isinstance(each, int | float) and not isinstance(each, bool) and 0 < each < 1e6
    ]
    if not numbers or len(seconds) != len(numbers):
        provider.note("`timeout` must be a number of seconds")
        return None
    return f"{number_text(sum(seconds))}s"
