"""Lines of bash that are words and nothing else: most of what people type, and what needs no grammar to be read."""

from wetrun.lean import pattern

__all__ = ["PLAIN_LINE", "plain_words"]

# Words with which the grammar begins something else than a command, or within which it expects more.
_RESERVED = (
    "case|coproc|declare|do|done|elif|else|esac|export|fi|for|function|if|in|local|readonly|select|then|time|typeset"
    "|unset|unsetenv|until|while"
)
_NEXT = r"[A-Za-z0-9_./:@%+,-][A-Za-z0-9_./:@%+,=-]*+"
_WORDS = rf"(?!(?:{_RESERVED})(?:[ \t\n]|\Z))[A-Za-z0-9_./][A-Za-z0-9_./-]*+(?>(?:[ \t]++{_NEXT})*)"
_REMARK = r"#[^\n\0]*+"
PLAIN_LINE = pattern(
    rf"(?P<indent>[ \t]*+)"
    rf"(?:(?P<words>{_WORDS})(?P<gap>[ \t]*+)(?:(?<=[ \t])(?P<aside>{_REMARK}))?|(?P<remark>{_REMARK}))?"
)
"""A line without quotes, variables, redirections and the like: a command (`words`), perhaps with a comment behind it
(`aside`); a comment alone (`remark`); or nothing."""
_COMMAND = pattern(_WORDS)


def plain_words(text: str) -> list[str] | None:
    """The words of a command that has nothing else; None when it takes a grammar to tell."""
    return text.split() if _COMMAND.fullmatch(text) else None
