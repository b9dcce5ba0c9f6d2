"""Observations in bounded words that a person likes to read."""

from wetrun.lean import pattern
from wetrun.units import counted

__all__ = ["counted", "exit_in_words", "last_line", "quoted"]

_ESCAPES = pattern(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?|[@-Z\\-_])")
_CONTROL = pattern(r"[\x00-\x08\x0a-\x1f\x7f-\x9f]")
_EXITS = {
    126: "cannot be executed",
    127: "command not found",
    130: "interrupted, SIGINT",
    134: "aborted, SIGABRT",
    137: "killed, SIGKILL",
    139: "crashed, SIGSEGV",
    143: "ended, SIGTERM",
}


def quoted(text: str, limit: int = 120) -> str:
    """Quote a text in one bounded line: its first line in backticks, and how many more there are.

    Terminal sequences are dropped and control characters shown as `?`.
    """
    lines = _ESCAPES.sub("", text[: 40 * limit]).strip("\r\n").split("\n")
    head = _CONTROL.sub("?", lines[0].rstrip())
    shown = head if len(head) <= limit else head[: limit - 1] + "…"
    more = text.strip("\r\n").count("\n")
    if not shown and not more:
        return "nothing" if not text.strip() else "white space"
    return f"`{shown}`" + (f" and {counted(more, 'more line')}" if more else "")


def last_line(text: str, limit: int = 120) -> str:
    """The last line that is not blank, quoted; empty when there is none."""
    stripped = text[-40 * limit :].rstrip()
    return quoted(stripped.rsplit("\n", 1)[-1], limit) if stripped else ""


def exit_in_words(code: float) -> str:
    """Write an exit code with what it usually means: `exit 127 (command not found)`."""
    meaning = _EXITS.get(int(code)) if code in _EXITS else None
    return f"exit {code:.0f}" + (f" ({meaning})" if meaning else "")
