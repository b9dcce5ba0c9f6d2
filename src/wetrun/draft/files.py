"""Reading files that may be missing, huge or not text; and writing YAML scalars."""

import json
from pathlib import Path
from typing import cast

from wetrun.lean import pattern

__all__ = ["json_object", "mapping_of", "text_of", "yaml_text"]

_LARGEST = 2_000_000
_PLAIN = pattern(r"[A-Za-z./_][A-Za-z0-9 ./_=@%+-]*(?<! )")
_NO_TEXT = frozenset({"true", "false", "null", "yes", "no", "on", "off", "y", "n"})


def text_of(path: Path) -> str | None:
    """A file's text, or None when there is no such file or it is not one to read."""
    try:
        if not path.is_file() or path.stat().st_size > _LARGEST:
            return None
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return None


def json_object(path: Path) -> dict[str, object] | None:
    """A file's JSON object, or None when it holds none."""
    text = text_of(path)
    if text is None:
        return None
    try:
        value: object = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return mapping_of(value)


def mapping_of(value: object) -> dict[str, object] | None:
    """A parsed value as a mapping with texts as keys, or None when it is no mapping."""
    if not isinstance(value, dict):
        return None
    return {str(key): item for key, item in cast("dict[object, object]", value).items()}


def yaml_text(text: str) -> str:
    """Write a text as a YAML scalar that reads back as the same text, also inside `{…}`."""
    if _PLAIN.fullmatch(text) and text.lower() not in _NO_TEXT and not text.startswith((". ", "---", "...")):
        return text
    if text.isprintable():
        return "'" + text.replace("'", "''") + "'"
    escaped = "".join(
        letter if letter.isprintable() and letter not in '"\\' else f"\\U{ord(letter):08x}" for letter in text
    )
    return f'"{escaped}"'
