"""Two long texts that differ, cut to where they do. Pure."""

__all__ = ["focused"]

_CONTEXT = 24


def focused(before: str | None, after: str | None, width: int) -> tuple[str | None, str | None]:
    """Cut what two texts have in common at their beginning when it would push the difference out of sight.

    Args:
        before: The one, or None when there is none: then nothing is cut.
        after: The other, likewise.
        width: Characters that will be shown of each.

    Returns:
        Both, beginning with `…` when something was cut, with some context before the first difference.
    """
    if before is None or after is None or max(len(before), len(after)) <= width:
        return before, after
    common = next((at for at, (one, other) in enumerate(zip(before, after, strict=False)) if one != other), None)
    first = min(len(before), len(after)) if common is None else common
    start = first - _CONTEXT
    if start <= 0 or first < width // 2:
        return before, after
    return f"…{before[start:]}", f"…{after[start:]}"
