"""Requests of an experiment: `arguments` go where Chaos Toolkit sends them, which depends on method and type.

Source: `run_http_activity` of chaostoolkit-lib 1.44 (`params` with GET; with other methods `json` where the
`Content-Type` is `application/json`, else `data`), and what requests 2 makes of the three.
"""

import json
from collections.abc import Iterable, Mapping
from urllib.parse import quote_plus

from wetrun.formats.chaostoolkit.asking import Asked, plain
from wetrun.formats.writing.tree import Draft, Leaf, drafted
from wetrun.lean import pattern
from wetrun.plan.expectations import JsonValue

__all__ = ["http_entries"]

_VARIABLE = pattern(r"(\$\{\w+\})")
_PAIR = 2
_TYPE, _JSON, _FORM = "Content-Type", "application/json", "application/x-www-form-urlencoded"


def http_entries(provider: Asked) -> dict[str, Draft] | None:
    """The keys of a step for a request; None, with a problem noted, when there is no telling what is meant."""
    url = provider.text("url")
    if not url:
        provider.note("a request needs a `url`")
        return None
    method = provider.text("method", "GET").upper()
    given = plain(node) if (node := provider.node_of("headers")) is not None else None
    headers = {str(name): str(value) for name, value in given.items()} if isinstance(given, dict) else {}
    entries: dict[str, Draft] = {"http": Leaf(url, provider.place)}
    if method != "GET":
        entries["method"] = Leaf(method, provider.place)
    arguments = plain(node) if (node := provider.node_of("arguments")) is not None else None
    if arguments is not None:
        form = json.dumps(arguments) if _is_json(method, headers) else _form(arguments)
        if form is None:
            provider.note("`arguments` of a request must be a mapping, a list of pairs or a text")
            return None
        if method == "GET":
            entries["http"] = Leaf(_with_query(url, form), provider.place)
        elif form:
            entries["body"] = Leaf(form, provider.place)
            if not isinstance(arguments, str) and _TYPE.lower() not in {name.lower() for name in headers}:
                headers[_TYPE] = _FORM
    if headers:
        entries["headers"] = drafted(headers, provider.place)
    return entries


def _is_json(method: str, headers: Mapping[str, str]) -> bool:
    return method != "GET" and headers.get(_TYPE) == _JSON


def _form(arguments: JsonValue) -> str | None:
    """Arguments as a form or a query has them; None when they are neither pairs nor a text."""
    match arguments:
        case str(text):
            return text
        case dict():
            return _encoded(arguments.items())
        case list() if all(isinstance(pair, list) and len(pair) == _PAIR for pair in arguments):
            return _encoded((str(pair[0]), pair[1]) for pair in arguments if isinstance(pair, list))
        case _:
            return None


def _encoded(pairs: Iterable[tuple[str, JsonValue]]) -> str:
    """Names and values as `application/x-www-form-urlencoded`; a list is several values, and null is none."""
    flat: list[tuple[str, JsonValue]] = []
    for name, value in pairs:
        values: Iterable[JsonValue] = value if isinstance(value, list | dict) else (value,)
        flat += [(name, one) for one in values if one is not None]
    return "&".join(f"{_quoted(name)}={_quoted(str(value))}" for name, value in flat)


def _quoted(text: str) -> str:
    """A name or a value, in which variables stay what they are."""
    parts = _VARIABLE.split(text)
    return "".join(part if at % 2 else quote_plus(part) for at, part in enumerate(parts))


def _with_query(url: str, query: str) -> str:
    if not query:
        return url
    address, hash_sign, fragment = url.partition("#")
    joint = "" if address.endswith(("?", "&")) else "&" if "?" in address else "?"
    return f"{address}{joint}{query}{hash_sign}{fragment}"
