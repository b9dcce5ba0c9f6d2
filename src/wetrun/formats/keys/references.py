"""What needs the whole plan in view: names that must exist, that collide, and that run in circles."""

from collections.abc import Iterable, Mapping

from wetrun.formats.decode.context import Context, Name, NameKind
from wetrun.formats.decode.nearest import did_you_mean, nearest
from wetrun.formats.decode.tree import Entries

__all__ = ["check_references"]

# Where names of a kind are given.
_SECTION: Mapping[NameKind, str] = {
    "target": "targets",
    "service": "services",
    "procedure": "procedures",
    "recovery": "recoveries",
    "scenario": "scenarios",
    "phase": "phases",
    "phase or step": "phases",
    "step or monitor": "phases",
    "rollback": "rollback",
    "step": "phases",
}
# Kinds whose names are only known when the items themselves could be read.
_INSIDE_ITEMS = frozenset({"phase", "phase or step", "step or monitor", "recovery", "step"})
_WITH_STEPS = {"phases", "procedures", "rollback", "recoveries"}
_UNIQUE: tuple[tuple[NameKind, str], ...] = (("phase", "phases"), ("recovery", "recoveries"))
# Kinds that share one space of names.
_SHARED: tuple[tuple[NameKind, NameKind, str], ...] = (
    ("recovery", "procedure", "a procedure and a recovery are both called"),
    ("secret", "variable", "a secret and a variable of the environment are both called"),
)


def check_references(root: Entries, context: Context) -> None:
    """Note every name that leads nowhere, twice to different things, or back to itself.

    Args:
        root: The whole plan.
        context: What reading it has collected.
    """
    _declare_implied(root, context)
    broken = {problem.path.split("/", 1)[0] for problem in context.problems}
    known: dict[NameKind, dict[str, Name]] = {}
    for name in context.names:
        known.setdefault(name.kind, {}).setdefault(name.name, name)
    for reference in context.references:
        sections = {_SECTION[reference.kind]} if reference.kind != "step" else _WITH_STEPS
        if reference.kind in _INSIDE_ITEMS and sections & broken:
            continue
        _check_one(context, reference, known.get(reference.kind, {}))
    _check_collisions(context, known)
    _check_circles(context)
    _check_variables(context, known)


def _declare_implied(root: Entries, context: Context) -> None:
    keys = {entry.key: entry for entry in root.entries}
    if "targets" not in keys:
        context.names.append(Name("target", context.default_target, root.place, ()))
    if "rollback" in keys:
        context.names.append(Name("rollback", "rollback", keys["rollback"].place, ("rollback",)))


def _check_one(context: Context, reference: Name, known: Mapping[str, Name]) -> None:
    if reference.name in known:
        return
    if reference.kind == "rollback":
        message, hint = "this plan has no rollback", "add `rollback:` with the steps that lead back"
    else:
        message = f"unknown {reference.kind} `{reference.name}`"
        none = f"name it under `{_SECTION[reference.kind]}`"
        hint = did_you_mean(reference.name, known, none=none) or none
    context.note(message, reference.place, reference.path, hint)


def _check_collisions(context: Context, known: Mapping[NameKind, Mapping[str, Name]]) -> None:
    for kind, words in _UNIQUE:
        first = known.get(kind, {})
        for name in context.names:
            if name.kind == kind and first[name.name] is not name:
                hint = f"the first one is on line {first[name.name].place.line}"
                context.note(f"two {words} are called `{name.name}`", name.place, name.path, hint)
    for later, earlier, words in _SHARED:
        for name in known.get(later, {}).values():
            if name.name in known.get(earlier, {}):
                context.note(f"{words} `{name.name}`", name.place, name.path, "rename one of them")
    for kind in ("procedure", "recovery"):
        taken = known.get(kind, {}).get("rollback")
        if taken is not None:
            hint = "that is the name of the plan's own rollback"
            context.note(f"a {kind} cannot be called `rollback`", taken.place, taken.path, hint)
    _check_monitor_names(context)


def _check_monitor_names(context: Context) -> None:
    steps = {name.name for name in context.names if name.kind == "step or monitor" and name.path[0] == "phases"}
    for name in context.names:
        if name.kind == "step or monitor" and name.path[0] == "monitors" and name.name in steps:
            hint = "rename one of them: `detected_by` could mean both"
            context.note(f"a step and a monitor are both called `{name.name}`", name.place, name.path, hint)


def _check_circles(context: Context) -> None:
    """Note each mitigation that leads back to the procedure in which it stands."""
    edges = [
        (reference.path[1], reference)
        for reference in context.references
        if reference.kind == "procedure" and reference.path[0] == "procedures"
    ]
    leads: dict[str, set[str]] = {}
    for start, reference in edges:
        leads.setdefault(start, set()).add(reference.name)
    for start, reference in edges:
        if start in _reachable(reference.name, leads):
            message = f"the procedure `{start}` leads back to itself through `{reference.name}`"
            hint = "answer a failure inside a procedure with `rollback` or `hold`"
            context.note(message, reference.place, reference.path, hint)


def _reachable(start: str, leads: Mapping[str, Iterable[str]]) -> set[str]:
    found = {start}
    waiting = [start]
    while waiting:
        for name in leads.get(waiting.pop(), ()):
            if name not in found:
                found.add(name)
                waiting.append(name)
    return found


def _check_variables(context: Context, known: Mapping[NameKind, Mapping[str, Name]]) -> None:
    """Note variables that are used before they are captured, and names in braces that nothing gives a value."""
    given = set(known.get("variable", {})) | set(known.get("secret", {}))
    captured = {variable.name for variable in context.variables if variable.captured}
    so_far: set[str] = set()
    for variable in context.variables:
        if variable.captured:
            so_far.add(variable.name)
            if variable.name in given:
                message = f"`{variable.name}` is captured, and is a variable of the environment or a secret too"
                context.note(message, variable.place, variable.path, "choose another name")
        elif variable.name in so_far or variable.name in given:
            continue
        elif variable.name in captured:
            message = f"`{variable.name}` is used before it is captured"
            context.note(message, variable.place, variable.path, "capture it in an earlier step")
        elif variable.strict and variable.name != variable.name.upper():
            found = nearest(variable.name, sorted(captured | given))
            hint = (
                f"did you mean `{found}`?" if found else "capture it in an earlier step, or name it under `environment`"
            )
            context.note(f"nothing gives `{variable.name}` a value", variable.place, variable.path, hint)
        elif (
            variable.in_command
            and variable.name not in context.assigned
            and variable.name != variable.name.upper()
            and (meant := nearest(variable.name, sorted(captured)))
        ):
            # It may be a variable of the shell; but one that is empty, and nearly called as a captured one is,
            # is how a rollback resets to nothing.
            hint = f"did you mean `{meant}`? If not, give it a value in the command, or name it under `environment`"
            context.note(f"nothing gives `{variable.name}` a value", variable.place, variable.path, hint)
