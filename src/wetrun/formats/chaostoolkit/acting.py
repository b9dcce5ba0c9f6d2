"""Probes and actions of an experiment as steps of a plan."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import field
from shlex import quote

from wetrun.formats.chaostoolkit.asking import Asked, plain
from wetrun.formats.chaostoolkit.striking import Strike, strike_of
from wetrun.formats.chaostoolkit.tolerating import expectation_of
from wetrun.formats.writing.names import Names
from wetrun.formats.writing.tree import Branch, Draft, Leaf, drafted
from wetrun.lean import dataclass, pattern
from wetrun.plan.expectations import JsonValue

__all__ = ["PACKAGES", "Actor"]

PACKAGES: Mapping[str, str] = {
    "chaosaws": "chaostoolkit-aws",
    "chaosazure": "chaostoolkit-azure",
    "chaosgcp": "chaostoolkit-google-cloud-platform",
    "chaosgrafana": "chaostoolkit-grafana",
    "chaosistio": "chaostoolkit-istio",
    "chaosk8s": "chaostoolkit-kubernetes",
    "chaosprometheus": "chaostoolkit-prometheus",
    "chaosreliably": "chaostoolkit-reliably",
    "chaosslack": "chaostoolkit-slack",
    "chaosspring": "chaostoolkit-spring",
    "chaostoxi": "chaostoolkit-toxiproxy",
    "chaosaddons": "chaostoolkit-addons",
    "chaoslib": "chaostoolkit-lib",
}
_ACTIVITY: Mapping[str, str | None] = {
    **dict.fromkeys(("type", "name", "provider", "tolerance", "pauses", "background", "controls", "configuration")),
    **dict.fromkeys(("secrets", "executors", "tags", "dependsOn")),
    "ref": "references have to be written out",
}
_PROVIDER: Mapping[str, Mapping[str, str | None]] = {
    "process": dict.fromkeys(("type", "path", "arguments", "timeout", "env")),
    "http": dict.fromkeys(
        ("type", "url", "method", "headers", "arguments", "timeout", "verify_tls", "expected_status", "max_retries")
    ),
    "python": dict.fromkeys(("type", "module", "func", "arguments", "secrets", "timeout")),
}
_VARIABLE = pattern(r"\$\{([^}]*)\}")


@dataclass(slots=True)
class Actor:
    """Makes steps.

    Attributes:
        compatible: Keep what Chaos Toolkit does where a plan would be stricter.
        kept: Names of actions of the method that became steps although they may be meant to break something.
    """

    compatible: bool
    taken: set[str] = field(default_factory=set[str])
    kept: list[str] = field(default_factory=list[str])

    def steps(self, activities: Iterator[Asked], *, look: bool = False, back: bool = False) -> list[Draft]:
        """Every activity as a step, with its pauses.

        Args:
            activities: Probes and actions.
            look: Whether they only look (steady state).
            back: Whether they are the way back: one that fails is a failure, whatever the experiment thinks.
        """
        found: list[Draft] = []
        for activity in activities:
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
        for activity in activities:
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
        action = self._action(provider, kind)
        return None if action is None else Branch(action, activity.place)

    def _pauses(self, activity: Asked) -> tuple[list[Draft], list[Draft]]:
        pauses = activity.inner("pauses")
        if pauses is None:
            return [], []
        pauses.allow({"before": None, "after": None})
        found: list[list[Draft]] = []
        for key in ("before", "after"):
            value = plain(node) if (node := pauses.node_of(key)) is not None else 0
            real = isinstance(value, int | float) and not isinstance(value, bool) and 0 < value < 1e6
            if value and not real:
                pauses.note(f"`{key}` of the pauses must be a number of seconds")
            found.append([Branch({"wait": Leaf(f"{value:.12g}s", pauses.place)}, pauses.place)] if real else [])
        return found[0], found[1]

    def _step(self, activity: Asked, *, look: bool, back: bool) -> Branch | None:
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
        if activity.node_of("background") is not None and plain_flag(activity, "background") and not self.compatible:
            activity.note(
                "an activity in the background has no end that a plan could wait for",
                "`--compatible` runs it in the foreground",
            )
        action = self._action(provider, kind)
        if action is None:
            return None
        place = activity.place
        entries: dict[str, Draft] = {"name": Leaf(self._name(activity.text("name", kind)), place), **action}
        expect = expectation_of(activity, kind)
        if "expected_status" in provider.keys():  # noqa: SIM118 - a mapping of the experiment, no dict
            expect.setdefault("status", plain(provider.node_of("expected_status") or provider.node))
        if expect:
            entries["expect"] = drafted(expect, place)
        limit = _limit(provider)
        if limit is not None:
            entries["limit"] = Leaf(limit, provider.place)
        if self.compatible and not back and activity.text("type") == "action":
            entries["on_failure"] = Leaf("note", place, "Chaos Toolkit goes on when an action fails")
        if kind != "http" and (look or activity.text("type") == "probe"):
            entries["changes"] = Leaf(value=False, place=place, guess="a probe only looks")
        return Branch(entries, place)

    def _name(self, text: str) -> str:
        base = " ".join("".join(c if c.isprintable() else " " for c in text).split())[:72] or "activity"
        name = Names("{name} ({number})").free(base, self.taken)
        self.taken.add(name)
        return name

    def _action(self, provider: Asked, kind: str) -> dict[str, Draft] | None:
        match kind:
            case "process":
                return self._process(provider)
            case "http":
                return _http(provider)
            case _:
                return self._python(provider)

    def _process(self, provider: Asked) -> dict[str, Draft] | None:
        path = provider.text("path").strip()
        if not path:
            provider.note("a process needs a `path`")
            return None
        node = provider.node_of("arguments")
        words = _words(plain(node)) if node is not None else ""
        environment = plain(node) if (node := provider.node_of("env")) is not None else {}
        lead = (
            "".join(f"{name}={_quoted(str(value))} " for name, value in environment.items())
            if isinstance(environment, dict)
            else ""
        )
        return {"run": Leaf(f"{lead}{path} {words}".strip(), provider.place)}

    def _python(self, provider: Asked) -> dict[str, Draft] | None:
        module, func = provider.text("module"), provider.text("func")
        package = PACKAGES.get(module.split(".", 1)[0], module.split(".", 1)[0])
        if not (re.fullmatch(r"[A-Za-z_][\w.]*", module) and re.fullmatch(r"[A-Za-z_]\w*", func)):
            provider.note("a Python provider needs `module` and `func`")
            return None
        if not self.compatible:
            hint = (
                f"`--compatible` calls it with python3 on the target, where `{package}` must be "
                "installed; or write what it does as a process or a fault"
            )
            provider.note(f"`{module}.{func}` needs the extension module `{package}`", hint)
            return None
        node = provider.node_of("arguments")
        arguments = json.dumps(plain(node) if node is not None else {})
        code = (
            f"import json; from {module} import {func}; "
            f"print(json.dumps({func}(**json.loads({arguments!r})), default=str))"
        )
        guess = f"needs the extension module `{package}` on the target"
        return {"run": Leaf(f"python3 -c {quote(code)}", provider.place, guess)}


def _fault_of(activity: Asked, step: Branch) -> Strike | None:
    run, name = step.entries.get("run"), step.entries["name"]
    if activity.text("type") != "action" or not isinstance(run, Leaf) or not isinstance(name, Leaf):
        return None
    return strike_of(str(name.value), str(run.value), run.place)


def plain_flag(asked: Asked, key: str) -> bool:
    """Whether a flag is set."""
    node = asked.node_of(key)
    return node is not None and plain(node) is True


def _http(provider: Asked) -> dict[str, Draft] | None:
    url = provider.text("url")
    if not url:
        provider.note("a request needs a `url`")
        return None
    place = provider.place
    entries: dict[str, Draft] = {"http": Leaf(url, place)}
    method = provider.text("method", "GET").upper()
    if method != "GET":
        entries["method"] = Leaf(method, place)
    headers = plain(node) if (node := provider.node_of("headers")) is not None else None
    if isinstance(headers, dict) and headers:
        entries["headers"] = drafted({str(name): str(value) for name, value in headers.items()}, place)
    node = provider.node_of("arguments")
    if node is not None:
        body = plain(node)
        entries["body"] = Leaf(body if isinstance(body, str) else json.dumps(body), place)
    return entries


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
    return f"{sum(seconds):.12g}s"


def _words(arguments: JsonValue) -> str:
    match arguments:
        case dict():
            pairs = (_quoted(str(word)) for pair in arguments.items() for word in pair if word not in (None, ""))
            return " ".join(pairs)
        case list():
            return " ".join(_quoted(str(word)) for word in arguments)
        case None:
            return ""
        case _:
            return str(arguments)


def _quoted(word: str) -> str:
    """For the shell, with `${name}` left to be replaced."""
    if not _VARIABLE.search(word):
        return quote(word)
    escaped = re.sub(r'([\\"`])', r"\\\1", word)
    return f'"{escaped}"'
