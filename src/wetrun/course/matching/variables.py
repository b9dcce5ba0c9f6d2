"""`${name}` in the texts of expectations."""

from collections.abc import Callable, Mapping

from wetrun.lean import pattern

__all__ = ["expand", "sole_reference"]

_REFERENCE = pattern(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")


def expand(text: str, variables: Mapping[str, str], quote: Callable[[str], str] = str) -> str:
    """Put values in the place of `${name}`; a name without a value stays as it is written.

    Args:
        text: The text.
        variables: Captured values and the environment, by name.
        quote: Applied to each value, so that it is taken literally where it is put (`re.escape` in a pattern).
    """
    return _REFERENCE.sub(
        lambda found: quote(variables[found[1]]) if found[1] in variables else found[0],
        text,
    )


def sole_reference(text: str) -> str | None:
    """The name when the text is one `${name}` and nothing else."""
    found = _REFERENCE.fullmatch(text)
    return found[1] if found else None
