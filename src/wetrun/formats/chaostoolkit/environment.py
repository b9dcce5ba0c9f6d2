"""Configuration and secrets of an experiment: variables of the environment, and secrets by name."""

from collections.abc import Iterator

from wetrun.formats.chaostoolkit.asking import Asked, plain
from wetrun.formats.decode.tree import Node
from wetrun.formats.writing.tree import Branch, Draft, Leaf, drafted
from wetrun.lean import pattern

__all__ = ["environment_of"]

_VARIABLE = pattern(r"[A-Za-z_][A-Za-z0-9_]*")
_WHERE = "`${…}` in the activities would be empty"


def environment_of(top: Asked) -> dict[str, Draft]:
    """The `environment` and the `secrets` of the plan; what cannot be one of them is a problem.

    Args:
        top: The experiment.
    """
    variables: dict[str, Draft] = {}
    secrets: dict[str, Draft] = {}
    for name, node, asked in _values(top.inner("configuration")):
        _configured(name, node, asked, variables, secrets)
    groups = top.inner("secrets")
    for group in groups.keys() if groups is not None else ():
        for name, node, asked in _values(groups.inner(group) if groups is not None else None):
            value = plain(node)
            if isinstance(value, dict) and value.get("type") == "env":
                secrets[name] = drafted({"env": f"{value.get('key', name)}"}, node.place)
            else:
                kind = f"of the type `{value.get('type')}`" if isinstance(value, dict) else "written out"
                hint = f"`{{type: env, key: …}}` is one that can; {_WHERE}"
                asked.note(f"the secret `{name}` is {kind}, and cannot be imported", hint, node.place)
    hidden = {name: secret for name, secret in secrets.items() if name not in variables}
    parts = {"environment": variables, "secrets": hidden}
    return {key: Branch(entries, top.place) for key, entries in parts.items() if entries}


def _configured(name: str, node: Node, asked: Asked, variables: dict[str, Draft], secrets: dict[str, Draft]) -> None:
    value = plain(node)
    match value:
        case {"default": str() | int() | float() as default}:
            guess = "the default; the experiment asks the environment first"
            variables[name] = Leaf(f"{default}", node.place, guess)
        case dict() if value.get("type") == "env":
            secrets[name] = drafted({"env": f"{value.get('key', name)}"}, node.place)
        case str() | int() | float() if f"{value}":
            variables[name] = Leaf(f"{value}", node.place)
        case str() | None:
            pass  # an empty variable is none
        case _:
            hint = f"write a text or a number, or `{{type: env, key: …}}`; {_WHERE}"
            asked.note(f"the configuration `{name}` cannot be imported", hint, node.place)


def _values(asked: Asked | None) -> Iterator[tuple[str, Node, Asked]]:
    """The entries of a mapping; a name that no variable of a shell can have is a problem."""
    for name in asked.keys() if asked is not None else ():
        node = asked.node_of(name) if asked is not None else None
        if node is None or asked is None:
            continue
        if _VARIABLE.fullmatch(name):
            yield name, node, asked
        else:
            asked.note(f"`{name}` is no name that a variable can have", "letters, digits and `_`", node.place)
