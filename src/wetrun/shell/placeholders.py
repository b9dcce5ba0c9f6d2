"""What people write where a value has to be filled in: `<sha>`, `{PROJECT}`, `YOUR_TOKEN`, `/path/to/app`."""

from collections.abc import Iterator

from wetrun.lean import dataclass, pattern

__all__ = ["Placeholder", "find_placeholders", "masked"]

_ANGLES = (
    r"<(?!<)(?P<angles>[A-Za-z][A-Za-z0-9_./:@-]*(?: [A-Za-z0-9_./-]+){0,4}(?:\|[A-Za-z0-9_./-]+){0,9})>(?![\w>&(])"
)
_BRACES = r"(?<![$%\w}\\]){{1,2}(?P<braces>[A-Z][A-Z0-9_-]{2,}|[a-z]+(?:[_-][a-z]+)+)}{1,2}"
_TEMPLATES = (
    r"(?<![$%\w{\\]){{\s*(?!(?:end|else|range|if|with|json|template|define|block)\b)"  # words of Go's own
    r"(?P<template>[A-Za-z_]\w*)\s*}}(?!})"
)
_PERCENTS = r"(?<![\w%])%(?P<percents>[A-Z][A-Z0-9_]{2,40})%(?![\w%])"
_PATHS = r"(?<![\w.~/-])/(?P<path>(?:path/to|your/path)\b(?:/[\w.-]+)*)"
_SHAPES = r"(?<![\w.@/-])(?P<shape>v?\d{1,4}\.x\.x|v?X\.Y(?:\.Z)?|[xX]{1,3}(?:\.[xX]{1,3}){3})(?![\w.])"
_YOURS = (
    r"(?<![\w$])(?P<yours>(?:YOUR|MY|INSERT|REPLACE|CHANGE)[_-][A-Z0-9_-]+|your-[a-z][a-z0-9-]+|x{4,}|X{4,}|TODO)(?!\w)"
)
_NAMES = "id|name|host(?:name)?|user(?:name)?|version|environment|env|branch|tag|namespace|pod|service|region"
_SQUARES = (
    rf"(?<=[\s=/:@])\[(?:(?P<squares>[A-Z][A-Z0-9_ -]{{2,}}|(?:your|the|insert) [a-z ]+)\](?!\])"
    rf"|(?<!/\[)(?P<named>{_NAMES})\](?![\]*+?\w/]))"
    r"|(?<=[A-Za-z0-9][._-])\[(?P<stamp>(?:time-?stamp|date)s?)\](?![\]*+?\w/])"
)
_PATTERN = pattern(f"{_ANGLES}|{_TEMPLATES}|{_BRACES}|{_PERCENTS}|{_PATHS}|{_SHAPES}|{_YOURS}|{_SQUARES}")
# HTML in a heredoc, and the words that follow `<` as a redirection of a file.
_MARKUP = frozenset(
    [
        "a",
        "b",
        "body",
        "br",
        "code",
        "div",
        "em",
        "form",
        "h1",
        "h2",
        "h3",
        "head",
        "html",
        "i",
        "img",
        "input",
        "li",
        "link",
        "meta",
        "ol",
        "p",
        "pre",
        "script",
        "span",
        "strong",
        "style",
        "table",
        "td",
        "th",
        "title",
        "tr",
        "u",
        "ul",
    ]
)


@dataclass(frozen=True, slots=True)
class Placeholder:
    """A place that a person has to fill in; `start` and `end` are character positions."""

    text: str
    start: int
    end: int


def find_placeholders(text: str) -> Iterator[Placeholder]:
    """Every placeholder of a text, in order."""
    for match in _PATTERN.finditer(text):
        name = match["angles"]
        if name is not None and (name.split(" ", 1)[0].lower() in _MARKUP or f"</{name}>" in text):
            continue
        yield Placeholder(match[0], match.start(), match.end())


def masked(text: str) -> str:
    """The text with placeholders replaced by words of the same length, so that a shell parser reads it as meant."""
    parts: list[str] = []
    position = 0
    for found in find_placeholders(text):
        parts += [text[position : found.start], "".join("_" if c.isascii() else c for c in found.text)]
        position = found.end
    return "".join((*parts, text[position:]))
