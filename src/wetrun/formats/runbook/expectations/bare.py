"""Bare comments below a command that show, without saying so, what it prints."""

import re

from wetrun.formats.runbook.expectations.meant_json import meant_json
from wetrun.formats.runbook.expectations.remarks import Marker, Tone

__all__ = ["asks_for_state", "shown_by"]

_STATES = re.compile(
    r"(?:in)?active|PONG|pong|healthy|running|online|enabled|disabled|true|false|yes|no|OK|ok|SERVING|Ready|Running|UP"
)
_ASKS = re.compile(
    r"\b(?:is-\w+|status|ping|get|show|inspect|health\w*|(?:pg_is)?ready|check|cat|echo|curl|wget|grep|test|jq|psql)\b"
)
_NUMBER = re.compile(r"\d{1,12}")
_LIMIT = re.compile(r"(?:at least|at most|(?:no )?(?:more|fewer|less) than) \d{1,12}", re.IGNORECASE)
_COUNTS = re.compile(r"\bwc\b|\s-c\b|count|length|http_code|response_code", re.IGNORECASE)
_VERSION = re.compile(
    r"(?:[A-Za-z][\w.]{0,20}\s)?v?\d{1,4}(?:\.\d{1,4}){0,3}(?:(?:\.[xX]){1,3}|\+|\s+or\s+(?:higher|later|newer|above))"
)
_HEADER = re.compile(r"[A-Z][A-Z()%-]++(?>(?:\s{2,}+[A-Z][A-Z()%-]*+(?>(?: [A-Z][A-Z()%-]*+)*))+)\s*+")


def asks_for_state(command: str, text: str) -> bool:
    """Whether a text is one of the words for a state, as `active`, and the command one that prints such a word."""
    return _STATES.fullmatch(text) is not None and _ASKS.search(command) is not None


def shown_by(command: str, text: str) -> Marker | None:
    """What a comment shows; None when it is the author's words, as nearly all comments are.

    Args:
        command: The command above it.
        text: The comment, without its `#`.
    """
    plain = text.strip()
    if _STATES.fullmatch(plain):
        if _ASKS.search(command):
            return Marker(Tone.EXPECTED, f"`{plain}`", bare=True)
        return Marker(Tone.LOOK, plain)  # of what starts something it tells what is so then
    if _NUMBER.fullmatch(plain) and (len(plain) > 2 or _COUNTS.search(command)):
        return Marker(Tone.EXPECTED, plain, bare=True)  # `# 2` heads the second part
    if _LIMIT.fullmatch(plain) and _COUNTS.search(command):
        return Marker(Tone.EXPECTED, plain, bare=True)
    if _VERSION.fullmatch(plain):
        return Marker(Tone.EXPECTED, plain, bare=True)
    if plain[:1] in {"{", "["} and plain[-1:] in {"}", "]"} and meant_json(plain) is not None:
        return Marker(Tone.EXPECTED, plain, literal=True, bare=True)
    if _HEADER.fullmatch(plain):
        return Marker(Tone.EXPECTED, "", block=True, bare=True)
    return None
