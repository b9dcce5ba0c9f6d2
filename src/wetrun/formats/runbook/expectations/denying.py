"""What must not stand in a command's output, as somebody writes it."""

import re

from wetrun.formats.runbook.expectations.wanted import Wanted

__all__ = ["denied"]

_DENIED = re.compile(
    r"^(?:(?:should|must|will|shall|does|do)\s+not|never|shouldn't|mustn't)\s+(?:contain|include|show|print|display|have|mention|say|output)\s+"
    r"(?:any\s+|the\s+)?(?:(?:words?|text|string|line)\s+)?"
    r"(?:(?P<quote>[`\"'“])(?P<quoted>[^`\"'“”]{1,200})[`\"'”]|(?P<word>[\w-]{1,60}))(?:\s+(?:in|anywhere)\b[^.]{0,60})?\.?$",
    re.IGNORECASE,
)


def denied(command: str, text: str) -> Wanted | None:
    """`Should not contain "error"` as an expectation, or None; a word in small letters is meant in capitals as well."""
    del command
    match = _DENIED.match(text.strip())
    if match is None:
        return None
    words = match["quoted"] or match["word"]
    anyhow = "(?i)" if words == words.lower() else ""
    guess = "in capitals as well" if anyhow and re.search(r"[a-z]", words) else None
    return Wanted({"output": {"not": {"matches": f"{anyhow}{re.escape(words)}"}}}, guess=guess)
