"""Outputs of strangers' programs, made harmless."""

import pytest

from wetrun.course.results import Output
from wetrun.report.cleaning import MOST_SHOWN, clean, clean_line, show


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("\x1b[1;31merror\x1b[0m: no", "error: no"),
        ("\x1b]0;title\x07text", "text"),
        ("\x1b]8;;https://notes.test/\x1b\\link\x1b]8;;\x1b\\", "link"),
        ("\x1b]never ended\nnext line", "\nnext line"),
        ("\x1b(Bplain\x1b7", "plain"),
        ("10%\r50%\r100%\ndone", "100%\ndone"),
        ("one\r\ntwo\r\n", "one\ntwo\n"),
        ("b\x08bo\x08ol\x08ld", "bold"),
        ("a\x00b\x07", "a\u2400b\u2407"),
        ("evil\u202egpj.exe", "evil[U+202E]gpj.exe"),
        ("\ud800", "\ufffd"),
        ("tabs\tstay", "tabs\tstay"),
        ("größer → 東京 🙂", "größer → 東京 🙂"),
    ],
)
def test_a_text_reads_as_it_did_on_a_terminal(raw: str, shown: str) -> None:
    """Colours and progress bars are noise in a report; what cannot be seen must not act either."""
    assert clean(raw) == shown


def test_a_line_is_one_line() -> None:
    """A name with line feeds in it must not forge further lines of a table."""
    assert clean_line("a\n  b\r\n\tc") == "a b c"
    assert clean_line("x" * 50, 10) == "xxxxxxxxx…"


def test_a_long_output_keeps_head_and_tail_and_says_so() -> None:
    """A report with every byte of every run would not open; one that hides the cut would lie."""
    shown = show(Output("head" + "x" * 3 * MOST_SHOWN + "tail", 3 * MOST_SHOWN + 8, cut=True))
    assert shown.text.startswith("head")
    assert shown.text.endswith("tail")
    assert len(shown.text) < MOST_SHOWN + 100
    assert shown.note == f"the record keeps its head and tail; {2 * MOST_SHOWN + 8} characters are not shown here"
    assert shown.size == "60.0 kB"
