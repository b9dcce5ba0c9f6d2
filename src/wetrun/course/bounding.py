"""How much of an observation the record keeps, whatever a command prints. Pure."""

from dataclasses import replace

from wetrun.course.results import Observed, Output

__all__ = ["MOST_KEPT", "bounded"]

MOST_KEPT = 40_000
"""Characters of one stream that the record keeps: half from its head, half from its tail.

Three streams of control characters, each six bytes long in JSON, still fit into one record of 1 MiB.
"""


def bounded(observed: Observed) -> Observed:
    """Cut the streams to what the record keeps; rows are dropped when they are long, their text stays."""
    body = None if observed.body is None else _cut(observed.body)
    rows = observed.rows if len(repr(observed.rows)) <= MOST_KEPT else None
    return replace(observed, stdout=_cut(observed.stdout), stderr=_cut(observed.stderr), body=body, rows=rows)


def _cut(output: Output) -> Output:
    if len(output.text) <= MOST_KEPT:
        return output
    half = MOST_KEPT // 2
    left_out = len(output.text) - 2 * half
    text = f"{output.text[:half]}\n… {left_out} characters left out …\n{output.text[-half:]}"
    return replace(output, text=text, cut=True)
