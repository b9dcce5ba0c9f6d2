"""Providers that run something as commands of a shell."""

import json
import re
import sys
from collections.abc import Mapping
from shlex import quote

from wetrun.formats.chaostoolkit.asking import Asked, plain
from wetrun.formats.chaostoolkit.holding import Held
from wetrun.lean import pattern
from wetrun.plan.expectations import JsonValue

__all__ = ["package_of", "process_command", "python_command"]

_PACKAGES: Mapping[str, str] = {
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
_VARIABLE = pattern(r"\$\{([^}]*)\}")


def package_of(module: str) -> str | None:
    """The package that a module is installed with; None for the standard library."""
    top = module.split(".", 1)[0]
    return None if top in sys.stdlib_module_names else _PACKAGES.get(top, top)


def process_command(provider: Asked) -> str | None:
    """The command of a process; None and a problem when there is none."""
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
    return f"{lead}{path} {words}".strip()


def python_command(module: str, func: str, arguments: JsonValue, held: Held | None) -> str:
    """A command that calls a function of Python, and writes what it gives as JSON to standard output.

    What the function itself writes goes to standard error.

    Args:
        module: From where the function comes.
        func: Its name.
        arguments: A mapping.
        held: What Chaos Toolkit asks of the value; the answer is written as `met` then, beside the `value`.
    """
    begin = (
        "import json, sys; "
        f"from {module} import {func} as call; "
        "out, sys.stdout = sys.stdout, sys.stderr; "
        "value = call(**json.loads(sys.argv[1])); "
    )
    given, words = "value", [_quoted(json.dumps(arguments))]
    if held is not None:
        begin += f"want = json.loads(sys.argv[2]); {held.code}; "
        given = '{"value": value, "met": bool(met)}'
        words.append(_quoted(json.dumps(held.want)))
    code = f"{begin}print(json.dumps({given}, default=repr, skipkeys=True), file=out, flush=True)"
    return f"python3 -c {quote(code)} {' '.join(words)}"


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
    escaped = re.sub(r'([\\"`]|\$(?!\{))', r"\\\1", word)
    return f'"{escaped}"'
