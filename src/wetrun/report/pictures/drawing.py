"""What every picture is made of: shapes as SVG text, escaped and cleaned, and the frame around them."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from importlib.resources import files
from typing import Literal
from xml.sax.saxutils import escape, quoteattr

from wetrun.lean import dataclass
from wetrun.report.cleaning import clean_line
from wetrun.report.pictures.lettering import BOLD, fitted

__all__ = [
    "NARROW",
    "WIDE",
    "Drawing",
    "Tone",
    "circle",
    "group",
    "inline",
    "line",
    "path",
    "picture_style",
    "points_of",
    "rectangle",
    "standalone",
    "text",
]

Tone = Literal["good", "fair", "bad", "unclear", "plain"]

WIDE, NARROW = 720.0, 340.0
"""Widths for which pictures are laid out: a page, and a phone."""

_HEADING = 34.0
_Attribute = str | float | None


@dataclass(frozen=True, slots=True)
class Drawing:
    """A picture before its frame: all of it lies within `width` by `height`.

    Attributes:
        name: What it is, for identifiers: lower case, unique on a page.
        title: Its title in words.
        words: What it shows, for those who cannot see it.
        body: The shapes.
    """

    name: str
    width: float
    height: float
    title: str
    words: str
    body: str


def inline(drawing: Drawing) -> str:
    """Write a drawing as part of a page that has `picture_style` in its style."""
    return _framed(drawing, ' class="picture"', "")


def standalone(drawing: Drawing) -> str:
    """Write a drawing as a whole SVG file, with its colours for light and dark."""
    style = "<style>" + escape(_asset("palette.css") + picture_style()) + "</style>"
    heading = text(10, 21, fitted(drawing.title, drawing.width - 20, BOLD), "strong")
    whole = replace(drawing, height=drawing.height + _HEADING)
    ground = rectangle(0, 0, whole.width, whole.height, "ground") + heading
    body = f'<g transform="translate(0 {_short(_HEADING)})">{drawing.body}</g>'
    header = ' xmlns="http://www.w3.org/2000/svg" class="picture alone"'
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n' + _framed(replace(whole, body=body), header, style + ground) + "\n"
    )


def picture_style() -> str:
    """The rules that pictures need, for the style of a page that has the palette."""
    return _asset("picture.css")


def _framed(drawing: Drawing, attributes: str, before: str) -> str:
    name = re.sub(r"[^a-z0-9-]+", "-", drawing.name.lower()).strip("-") or "picture"
    size = f'viewBox="0 0 {_short(drawing.width)} {_short(drawing.height)}"'
    size += f' width="{_short(drawing.width)}" height="{_short(drawing.height)}"'
    title = f'<title id="{name}-title">{_clean(drawing.title)}</title>'
    words = f'<desc id="{name}-words">{_clean(drawing.words, 4000)}</desc>'
    labels = f'role="img" aria-labelledby="{name}-title {name}-words"'
    return f"<svg{attributes} {size} {labels}>{title}{words}{before}{drawing.body}</svg>"


def _asset(name: str) -> str:
    return files("wetrun.report").joinpath("templates", name).read_text(encoding="utf-8")


def text(x: float, y: float, words: str, kind: str = "", anchor: str = "start") -> str:
    """Write words with their baseline at `y`."""
    return _element("text", kind, {"x": x, "y": y, "text-anchor": None if anchor == "start" else anchor}, words)


def rectangle(x: float, y: float, width: float, height: float, kind: str, title: str | None = None) -> str:
    """Draw a rectangle; `title` is shown where a pointer rests on it."""
    attributes = {"x": x, "y": y, "width": max(width, 0.0), "height": max(height, 0.0)}
    return _element("rect", kind, attributes, title=title)


def line(x1: float, y1: float, x2: float, y2: float, kind: str) -> str:
    """Draw a straight line."""
    return _element("line", kind, {"x1": x1, "y1": y1, "x2": x2, "y2": y2})


def circle(x: float, y: float, radius: float, kind: str, title: str | None = None) -> str:
    """Draw a disc."""
    return _element("circle", kind, {"cx": x, "cy": y, "r": radius}, title=title)


def path(points: str, kind: str, stroke: float | None = None, title: str | None = None) -> str:
    """Draw a path; `stroke` is the width of its line where that says something."""
    return _element("path", kind, {"d": points, "stroke-width": stroke}, title=title)


def group(parts: Iterable[str], kind: str) -> str:
    """Put shapes together under one class."""
    return f"<g class={quoteattr(kind)}>{''.join(parts)}</g>"


def points_of(points: Iterable[tuple[float, float]]) -> str:
    """Write points as the lines of a path."""
    return "M" + "L".join(f"{_short(x)} {_short(y)}" for x, y in points)


def _element(
    tag: str, kind: str, attributes: Mapping[str, _Attribute], words: str | None = None, title: str | None = None
) -> str:
    written = f" class={quoteattr(kind)}" if kind else ""
    for name, value in attributes.items():
        if value is not None:
            written += f' {name}="{value if isinstance(value, str) else _short(value)}"'
    inside = (f"<title>{_clean(title)}</title>" if title else "") + (_clean(words) if words else "")
    return f"<{tag}{written}>{inside}</{tag}>" if inside else f"<{tag}{written}/>"


def _clean(words: str, limit: int = 400) -> str:
    return escape(clean_line(words, limit))


def _short(value: float) -> str:
    """A coordinate: hundredths are finer than any screen."""
    written = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if written == "-0" else written
