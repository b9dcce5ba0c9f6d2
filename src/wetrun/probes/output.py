"""Bytes that were read, as a bounded output."""

from wetrun.course.results import Output

__all__ = ["output_of"]


def output_of(data: bytes, *, keep: int = 1 << 20, size: int | None = None) -> Output:
    """Make an output of bytes: the first `keep` of them, and a line that says how many were left out.

    Args:
        data: What was read.
        keep: Bytes to keep at most.
        size: How many bytes there really were, when more than `data`.
    """
    whole = len(data) if size is None else size
    kept = data[:keep].decode("utf-8", "replace")
    if whole <= len(data[:keep]):
        return Output(kept, whole)
    return Output(f"{kept}\n[… {whole - keep} bytes left out …]\n", whole, cut=True)
