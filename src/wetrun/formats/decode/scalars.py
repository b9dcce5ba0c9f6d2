"""What a plain YAML scalar means: the core schema of YAML 1.2, in which `no`, `on` and `12:30` are texts.

Source: YAML 1.2.2, section 10.3.2 (tag resolution of the core schema).
"""

from wetrun.formats.decode.tree import ScalarValue
from wetrun.lean import pattern

__all__ = ["resolve_plain", "resolve_tagged"]

_NULLS = frozenset({"", "~", "null", "Null", "NULL"})
_TRUE = frozenset({"true", "True", "TRUE"})
_FALSE = frozenset({"false", "False", "FALSE"})
_DECIMAL = pattern(r"[-+]?[0-9]+")
_OCTAL = pattern(r"0o[0-7]+")
_HEX = pattern(r"0x[0-9a-fA-F]+")
_FLOAT = pattern(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_INFINITE = pattern(r"[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)")
# Longer digit strings are no quantities: they are identifiers, and Python refuses to convert very long ones.
_LONGEST_NUMBER = 300


def resolve_plain(text: str) -> ScalarValue:
    """Say what an unquoted, untagged scalar means."""
    if text in _NULLS:
        return None
    if text in _TRUE or text in _FALSE:
        return text in _TRUE
    # Most scalars are words: one look at the first character spares them five patterns.
    if text[0] not in "+-.0123456789" or len(text) > _LONGEST_NUMBER:
        return text
    return _number(text)


def resolve_tagged(tag: str, text: str) -> ScalarValue:
    """Say what a scalar with an explicit tag of YAML's own means.

    Args:
        tag: `str`, `int`, `float`, `bool` or `null`.
        text: The scalar's text.

    Raises:
        ValueError: The text is no such value, or there is no such tag.
    """
    plain = resolve_plain(text)
    match tag, plain:
        case "str", _:
            return text
        case ("null", None) | ("bool", bool()):
            return plain
        case "int", int() if not isinstance(plain, bool):
            return plain
        case "float", int() | float() if not isinstance(plain, bool):
            return float(plain)
        case _:
            raise ValueError(text)


def _number(text: str) -> ScalarValue:
    if _DECIMAL.fullmatch(text):
        return int(text)
    if _OCTAL.fullmatch(text):
        return int(text.removeprefix("0o"), base=8)
    if _HEX.fullmatch(text):
        return int(text.removeprefix("0x"), base=16)
    if _FLOAT.fullmatch(text):
        return float(text)
    if _INFINITE.fullmatch(text):
        return float(text.replace(".", "", 1).lower())
    return text
