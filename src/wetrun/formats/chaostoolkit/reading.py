"""Experiment → plan: the steady state before and after, the method between, the rollbacks as the way back.

What the method breaks in a way that wetrun can bring about and measure itself is a scenario: the steady state has to
hold while the fault is there. All its other activities are steps.
"""

import re
from collections.abc import Iterator, Mapping, Sequence

from wetrun.errors import Place, PlanError, PlanProblem
from wetrun.formats.chaostoolkit.acting import Actor
from wetrun.formats.chaostoolkit.asking import Asked
from wetrun.formats.chaostoolkit.environment import environment_of
from wetrun.formats.chaostoolkit.striking import Strike, scenario_of, service_of
from wetrun.formats.decode.nearest import listed
from wetrun.formats.decode.tree import Entries
from wetrun.formats.decode.yaml_tree import compose
from wetrun.formats.problems import in_order
from wetrun.formats.writing.names import Names, slug
from wetrun.formats.writing.reading import plan_of
from wetrun.formats.writing.tree import Branch, Draft, Leaf, Listing
from wetrun.lean import dataclass
from wetrun.plan.faults import FaultParameters
from wetrun.plan.plan import Plan

__all__ = ["Experiment", "is_experiment", "read_experiment"]

_TOP: Mapping[str, str | None] = {
    **dict.fromkeys(("version", "title", "description", "tags", "configuration", "secrets", "method", "rollbacks")),
    **dict.fromkeys(("steady-state-hypothesis", "controls", "runtime", "extensions", "contributions")),
}

_UNUSED = ("controls", "runtime", "extensions", "contributions", "tags")


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
    return bool(keys & {"method", "steady-state-hypothesis"}) and not keys & {"phases", "name"}


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
    actor = Actor(compatible)
    made = _draft(Asked(root, "", noted), actor)
    if noted:
        raise PlanError(in_order(noted))
    return Experiment(plan_of(made, fault_kinds), made, tuple(_remarks(Asked(root, "", []), actor)))


def _draft(top: Asked, actor: Actor) -> Branch:
    top.allow(_TOP)
    if not top.has("method"):
        top.note("an experiment needs a `method`", "`method: []` only looks at the steady state")
    place = top.place
    hypothesis = top.inner("steady-state-hypothesis")
    actor.named = _named(top, hypothesis)
    if hypothesis is not None:
        hypothesis.allow({"title": None, "probes": None, "controls": None})
    before = _looked(actor, hypothesis, first=True)
    method, strikes = _method(top, actor, alone=hypothesis is None)
    services, scenarios = _struck(strikes, method)
    parts = {"Steady state before": before, "Method": method}
    parts["Steady state after"] = _looked(actor, hypothesis, first=False)
    phases: list[Draft] = [
        Branch({"name": Leaf(name, place, stated=False), "steps": Listing(steps, place)}, place)
        for name, steps in parts.items()
        if steps
    ]
    if not phases and not top.problems:
        top.note("the experiment has no activity that could be run")
    actor.taken.clear()
    rollback = actor.steps(top.each("rollbacks"), back=True)
    title = top.node_of("title")
    name = Leaf(slug(top.text("title", "experiment")), title.place if title else place, stated=title is not None)
    entries: dict[str, Draft] = {"name": name, **environment_of(top)}
    named = {"services": services, "state": _state(actor, hypothesis)}
    entries |= {key: Branch(values, place) for key, values in named.items() if values}
    entries["phases"] = Listing(phases, place)
    if scenarios:
        entries["scenarios"] = Branch(scenarios, place)
    if rollback:
        entries["rollback"] = Branch({"steps": Listing(rollback, place)}, place)
    return Branch(entries, place)


def _named(top: Asked, hypothesis: Asked | None) -> dict[str, Entries]:
    """The activities that others may refer to: those of the method and of the steady state, as in Chaos Toolkit."""
    silent = Asked(top.node, "", [])
    probes = iter(()) if hypothesis is None else Asked(hypothesis.node, "", []).each("probes")
    return {
        activity.text("name"): activity.node
        for activity in (*silent.each("method"), *probes)
        if activity.has("name") and isinstance(activity.node, Entries)
    }


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
        seen = actor.referred(probe)
        observed = actor.observed(seen)
        if observed is not None:
            state.setdefault(slug(seen.text("name", "probe")), observed)
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
        if strike.service:
            services.setdefault(strike.service, service_of(strike))
        scenarios[given.free(slug(strike.name), scenarios)] = scenario_of(strike, where)
    return services, scenarios


def _fresh(asked: Asked, key: str, *, first: bool) -> Iterator[Asked]:
    """The mappings of a list; problems are noted the first time only."""
    return asked.each(key) if first else Asked(asked.node, asked.path, []).each(key)


def _remarks(top: Asked, actor: Actor) -> list[str]:
    found = [f"`{key}` of the experiment is not used." for key in _UNUSED if top.has(key)]
    found += [f"`{key}` of its activities is not used." for key in actor.unused]
    if actor.compatible:
        found.append("As in Chaos Toolkit only the steady state is held against its tolerances.")
        found.append("As in Chaos Toolkit a failing action does not end the run; it is noted.")
    else:
        found.append(
            "Unlike in Chaos Toolkit a failing action or rollback is a failure, and a failure plays the rollback."
        )
    if actor.kept:
        found.append(
            f"Actions that stay steps, since nothing would measure that they took effect: {listed(actor.kept)}. "
            "To rehearse one as a scenario, write its scripts for the fault `script` (`begin`, `check`, `end`)."
        )
    return found
