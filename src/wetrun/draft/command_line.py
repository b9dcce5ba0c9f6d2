"""How the process of a command is recognised: by what its own command line will show."""

import re
import shlex
from collections.abc import Sequence

from wetrun.lean import pattern

__all__ = ["command_pattern"]

_ASSIGNMENT = pattern(r"[A-Za-z_][A-Za-z0-9_]*=")
_UNFORESEEN = pattern(r"[$%`&|;<>\\]")
_OPTIONS_WITH_VALUE = frozenset({"-u", "--unset", "-C", "--chdir"})


def command_pattern(command: str) -> str:
    """Make a regular expression of a command's beginning, up to the first thing that is filled in elsewhere.

    Assignments and `env` before the program never show in its command line, nor do quotes.

    Args:
        command: As in a unit file or a Procfile.

    Returns:
        The pattern; empty when the program is not known: a folder alone would match whatever runs from it.
    """
    known: list[str] = []
    for word in _program(_words(command)):
        beginning = _UNFORESEEN.split(word, maxsplit=1)[0]
        known.append(beginning)
        if beginning != word:
            break
    if not known or known[0].endswith("/"):
        return ""
    return re.escape(" ".join(known).strip()).replace(r"\ ", " ")


def _words(command: str) -> list[str]:
    """Words without their quotes; a quote that is not closed ends what is known."""
    try:
        # The backslash is left to `_UNFORESEEN`: systemd and the shell do not agree on what it means.
        reader = shlex.shlex(command, posix=True, punctuation_chars=False)
        reader.whitespace_split, reader.commenters, reader.escape = True, "", ""
        return list(reader)
    except ValueError:
        return re.split(r"[\"']", command)[0].split()


def _program(words: Sequence[str]) -> Sequence[str]:
    """The words from the program on."""
    rest = list(words)
    while rest and _ASSIGNMENT.match(rest[0]):
        rest.pop(0)
    if not rest or rest[0].rpartition("/")[2] != "env":
        return rest
    rest.pop(0)
    while rest and rest[0].startswith("-"):
        option = rest.pop(0)
        if option in _OPTIONS_WITH_VALUE:
            del rest[:1]
        elif option in {"-S", "--split-string"} and rest:
            rest[:1] = _words(rest[0])
    return _program(rest)
