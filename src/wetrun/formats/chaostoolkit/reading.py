"""Experiment → plan: the steady state before and after, the method between, the rollbacks as the way back.

What the method breaks in a way that wetrun can bring about and measure itself is a scenario: the steady state has to
hold while the fault is there. All its other activities are steps.
"""

import re
from collections.abc import Iterator, Mapping, Sequence

from wetrun.errors import Place, PlanError, PlanProblem
from wetrun.formats.chaostoolkit.acting import Actor
from wetrun.formats.chaostoolkit.asking import Asked, plain
from wetrun.formats.chaostoolkit.striking import Strike, scenario_of, service_of
from wetrun.formats.decode.tree import Entries, Node
from wetrun.formats.decode.yaml_tree import compose
from wetrun.formats.problems import in_order
from wetrun.formats.writing.names import Names, slug
from wetrun.formats.writing.reading import plan_of
from wetrun.formats.writing.tree import Branch, Draft, Leaf, Listing, drafted
from wetrun.lean import dataclass
from wetrun.plan.faults import FaultParameters
from wetrun.plan.plan import Plan

__all__ = ["Experiment", "is_experiment", "read_experiment"]

_TOP: Mapping[str, str | None] = {
    **dict.fromkeys(("version", "title", "description", "tags", "configuration", "secrets", "method", "rollbacks")),
    **dict.fromkeys(("steady-state-hypothesis", "controls", "runtime", "extensions", "contributions")),
}
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


@dataclass(frozen=True, slots=True)
class Experiment:
    """An experiment that was read.

    Attributes:
        draft: The plan in the making.
        remarks: What a reader must know: what was left out, and what differs from Chaos Toolkit.
    """

    plan: Plan
    draft: Branch
    remarks: tuple[str, ...]


def is_experiment(text: str) -> bool:
    """Whether a text, JSON or YAML, is an experiment and no plan."""
    root, _ = compose(_without_tabs(text), "")
    return isinstance(root, Entries) and _is_experiment(root)


def _without_tabs(text: str) -> str:
    """JSON may be indented with tabs, which YAML refuses."""
    return re.sub(r"(?m)^[\t ]+", lambda match: match[0].replace("\t", "  "), text)


def _is_experiment(root: Entries) -> bool:
    keys = {entry.key for entry in root.entries}
    return "method" in keys and bool(keys & {"steady-state-hypothesis", "title", "rollbacks"}) and "phases" not in keys


def read_experiment(
    text: str, file: str, fault_kinds: Mapping[str, FaultParameters] | None = None, *, compatible: bool = False
) -> Experiment:
    """Read an experiment.

    Args:
        text: JSON or YAML.
        file: Its name, for places.
        fault_kinds: The known kinds of faults; None accepts any.
        compatible: Keep what Chaos Toolkit does where a plan is stricter: a failing action does not end the run,
            background activities run in the foreground, Python providers are called with python3 on the target.

    Raises:
        PlanError: It cannot be used; holds all problems.
    """
    root, problems = compose(_without_tabs(text), file)
    if not isinstance(root, Entries) or not _is_experiment(root):
        hint = "wanted is a Markdown runbook (`.md`), or a Chaos Toolkit experiment with `title` and `method`"
        place = root.place if root else Place(file, 1, 1)
        raise PlanError(in_order((*problems, PlanProblem("this is no experiment", place, hint=hint))))
    noted = list(problems)
    made = _draft(Asked(root, "", noted), Actor(compatible))
    if noted:
        raise PlanError(in_order(noted))
    return Experiment(plan_of(made, fault_kinds), made, tuple(_remarks(Asked(root, "", []), compatible=compatible)))


def _draft(top: Asked, actor: Actor) -> Branch:
    top.allow(_TOP)
    place = top.place
    hypothesis = top.inner("steady-state-hypothesis")
    if hypothesis is not None:
        hypothesis.allow({"title": None, "probes": None, "controls": None})
    before = _looked(actor, hypothesis, first=True)
    method, strikes = _method(top, actor, alone=hypothesis is None)
    services, scenarios = _struck(strikes, method)
    parts = {"Steady state before": before, "Method": method}
    parts["Steady state after"] = _looked(actor, hypothesis, first=False)
    phases: list[Draft] = [
        Branch({"name": Leaf(name, place), "steps": Listing(steps, place)}, place)
        for name, steps in parts.items()
        if steps
    ]
    if not phases:
        top.note("the experiment has no activity that could be run")
    actor.taken.clear()
    rollback = actor.steps(top.each("rollbacks"), back=True)
    entries: dict[str, Draft] = {"name": Leaf(slug(top.text("title", "experiment")), place), **_environment(top)}
    named = {"services": services, "state": _state(actor, hypothesis)}
    entries |= {key: Branch(values, place) for key, values in named.items() if values}
    entries["phases"] = Listing(phases, place)
    if scenarios:
        entries["scenarios"] = Branch(scenarios, place)
    if rollback:
        entries["rollback"] = Branch({"steps": Listing(rollback, place)}, place)
    return Branch(entries, place)


def _looked(actor: Actor, hypothesis: Asked | None, *, first: bool) -> list[Draft]:
    """The steady state as steps that only look."""
    if hypothesis is None:
        return []
    actor.taken.clear()
    return actor.steps(_fresh(hypothesis, "probes", first=first), look=True)


def _method(top: Asked, actor: Actor, *, alone: bool) -> tuple[list[Draft], list[tuple[Strike, int]]]:
    """The method's steps and its faults; without a steady state nothing could be expected of a fault."""
    return (actor.steps(top.each("method")), []) if alone else actor.method(top.each("method"))


def _state(actor: Actor, hypothesis: Asked | None) -> dict[str, Draft]:
    state: dict[str, Draft] = {}
    for probe in _fresh(hypothesis, "probes", first=False) if hypothesis is not None else ():
        observed = actor.observed(probe)
        if observed is not None:
            state.setdefault(slug(probe.text("name", "probe")), observed)
    return state


def _struck(strikes: Sequence[tuple[Strike, int]], steps: Sequence[Draft]) -> tuple[dict[str, Draft], dict[str, Draft]]:
    """The services and the scenarios of the faults in a method: each strikes before the step that came after it."""
    services: dict[str, Draft] = {}
    scenarios: dict[str, Draft] = {}
    given = Names("{name}-{number}")
    for strike, number in strikes:
        where = ["Steady state after"]
        if number < len(steps) and isinstance(following := steps[number], Branch):
            name = following.entries.setdefault("name", Leaf(f"after {strike.name}", strike.place))
            where = ["Method", str(name.value) if isinstance(name, Leaf) else ""]
        if strike.service is not None:
            services.setdefault(strike.service, service_of(strike))
        scenarios[given.free(slug(strike.name), scenarios)] = scenario_of(strike, where)
    return services, scenarios


def _fresh(asked: Asked, key: str, *, first: bool) -> Iterator[Asked]:
    """The mappings of a list; problems are noted the first time only."""
    return asked.each(key) if first else Asked(asked.node, asked.path, []).each(key)


def _environment(top: Asked) -> dict[str, Draft]:
    """Configuration becomes variables of the environment, secrets become secrets."""
    variables: dict[str, Draft] = {}
    secrets: dict[str, Draft] = {}
    for name, node in _values(top.inner("configuration")):
        value = plain(node)
        if isinstance(value, dict):
            default = value.get("default")
            guess = "the default; the experiment asks the environment first"
            if default is not None:
                variables[name] = Leaf(f"{default}", node.place, guess)
            elif value.get("type") == "env":
                secrets[name] = drafted({"env": f"{value.get('key', name)}"}, node.place)
        elif isinstance(value, str | int | float) and f"{value}":
            variables[name] = Leaf(f"{value}", node.place)
    groups = top.inner("secrets")
    for _, group in _values(groups):
        for name, node in _values(Asked(group, "secrets", [])):
            value = plain(node)
            if isinstance(value, dict) and value.get("type") == "env":
                secrets[name] = drafted({"env": f"{value.get('key', name)}"}, node.place)
    hidden = {name: secret for name, secret in secrets.items() if name not in variables}
    parts = {"environment": variables, "secrets": hidden}
    return {key: Branch(entries, top.place) for key, entries in parts.items() if entries}


def _values(asked: Asked | None) -> Iterator[tuple[str, Node]]:
    """The entries of a mapping whose names a shell's variable can have."""
    for name in asked.keys() if asked is not None else ():
        node = asked.node_of(name) if asked is not None else None
        if node is not None and _VARIABLE.fullmatch(name):
            yield name, node


def _remarks(top: Asked, *, compatible: bool) -> list[str]:
    found = [f"`{key}` of the experiment is not used." for key in ("controls", "runtime", "extensions") if top.has(key)]
    if compatible:
        found.append("As in Chaos Toolkit a failing action does not end the run; it is noted.")
    else:
        found.append(
            "Unlike in Chaos Toolkit a failing action or rollback is a failure, and a failure plays the rollback."
        )
    return found
