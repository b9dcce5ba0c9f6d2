"""Laws of reading Markdown: plain blocks read as the parser reads them, and pieces as the whole."""

import time
from collections import deque
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from random_examples import examples
from wetrun.formats.runbook.document.blocks import Block, Code, Heading, Prose, Table
from wetrun.formats.runbook.document.markdown import read_blocks
from wetrun.formats.runbook.document.parsed_markdown import parsed_blocks
from wetrun.formats.runbook.document.plain_markdown import plain_blocks

TESTS = Path(__file__).parents[1]
DOCUMENTS = sorted((TESTS / "runbooks/corpus").glob("*.md")) + sorted((TESTS.parent / "docs").rglob("*.md"))
REFERENCE = TESTS.parents[1] / "shared/reference/enterprise-deployment-simulation.md"
# Lines that open, end or go on with something, and lines that only nearly do.
LINES = [
    *("", "", "", "  ", "\t", "text", "text", "# A", "## B #", "#", "#c", "####### d", "# a | b"),
    *("# \u00a0", "x\u00a0", "\u00a0", "x\u2028", "# x\u001f", "✅ ok", "\\"),
    *("- a", "- b", "* a", "+ a", "-", "- ", "-  two", "- # h", "- ```", "- a | b", "- [ ] todo", "- [a]: /u"),
    *("1. x", "2. y", "10. z", "1) p", "01. q", "2)", "1.x", "12", "12.", "1234567890. x", "  - nested", "  1. nested"),
    *("  more", "   more", "    deep", "\tdeep", " one", "  text", "a | b", "|---|---|", "|---|", "---|---", "-|-"),
    *(":-|-:", "| a | b |", "| 1 | 2 |", "| 1 |", "|", "||", "| a \\| b | c |", "|  | |", "  | a | b |", "  |---|---|"),
    *("---", "***", "* * *", "- - -", "___", "===", "=", "--", "   ---", "  ===", "  # h", "  > q", "> q", "> - x"),
    *("```", "```bash", "````", "~~~", "~~~ sh", "``` a`b", "```a|b", "  ```", "    ```", "   ```", "`code` x", "``"),
    *("<div>", "<!-- c -->", "<!--", "-->", "<b>x</b>", "</div>", "[a]: /u", "[a]: /u 'title", "'title'", "[a]:", "/u"),
    *("**B**: 9", "*i*", "_i_", "**", "__x__", "+5 min", "-5", "-x", "~5", "~~x~~", "- | -"),
    *("| a | b |\n|---|---|\n| 1 |", "```a|b\n|---|---|", "# a | b\n|---|---|", "- a | b\n|---|---|", "- a\n\n- # h"),
    *("- a\n\n* b", "1. a\n\n2) b", "text\n2. x", "- a\n    deep", "```\n    ```\n```", "````\n```\n````"),
]  # fmt: skip
TEXTS = st.lists(st.sampled_from(LINES), max_size=25).map("\n".join) | st.text(
    "ab#->|:`~*_+=1.)[]\\< \t\n", max_size=60
)


def _parsed(text: str) -> list[Block]:
    """The whole of a document at once, by the parser alone."""
    if not text.endswith("\n") and text.rpartition("\n")[2].strip(" \t"):
        text += "\n"
    return parsed_blocks(text, 0, 0, window=text.count("\n") + 2)[0]


@settings(max_examples=examples(1500), deadline=None, suppress_health_check=[HealthCheck.too_slow])
@example("```\nls\n  ")
@example("text\n# a | b\n|---|---|\n| 1 | 2 |")
@example("```a|b\n|---|---|\n")
@example("| a | b |\n|---|---|\n| 1 |")
@example("| a | b | c |\n|---|---|\n")
@example("- a\n\n- # b")
@given(TEXTS)
def test_every_document_reads_as_the_parser_reads_it(text: str) -> None:
    """What is read without the parser must not be another language that only looks like Markdown."""
    assert list(read_blocks(text)) == _parsed(text)


@settings(max_examples=examples(60), deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.sampled_from(LINES), min_size=150, max_size=400).map("\n".join))
def test_pieces_of_a_document_read_as_the_whole(text: str) -> None:
    """A cut inside a block would make commands of text, and move every line behind it."""
    assert list(read_blocks(text)) == _parsed(text)


@pytest.mark.parametrize("path", [*DOCUMENTS, *[REFERENCE][: REFERENCE.exists()]], ids=lambda path: path.stem)
def test_real_documents_read_as_the_parser_reads_them(path: Path) -> None:
    """Their authors knew no grammar; they wrote until it looked right."""
    text = path.read_text()
    assert list(read_blocks(text)) == _parsed(text)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("# A\n", [Heading(1, "A", 0)]),
        ("a\nb  \n", [Prose("a\nb", 0, item=False)]),
        ("- a\n  b\n\n- c\nd\n", [Prose("a\nb", 0, item=True), Prose("c\nd", 3, item=True)]),
        ("10. a\n    b\n", [Prose("a\nb", 0, item=True)]),
        ("~~~~ Sh x\n~~~\n\n~~~~\n", [Code("sh", ("~~~", ""), 1, 0)]),
        ("| a | b\n| - | - |\n| 1 | 2 | 3\n", [Table(("a", "b"), ((2, ("1", "2")),), 0)]),
        ("---\n", []),
        (" \n\n", []),
    ],
)
def test_what_is_plain_needs_no_parser(text: str, wanted: list[Block]) -> None:
    """If everything went to the parser, all of this would hold, and long runbooks would take twice as long."""
    assert plain_blocks(text, 0, 0) == (wanted, len(text))
    assert _parsed(text) == wanted


@pytest.mark.parametrize(
    ("before", "each", "after"),
    [
        ("```\n", "ls\n", ""),
        ("````\n", "```\n", ""),
        ("", "```\n```\n", ""),
        ("", "- a\n", "\n    x\n"),
        ("", "- a\n* b\n", ""),
        ("", "- a\n\n- # b\n\n", ""),
        ("", "a b\n", "---\n"),
        ("| a | b |\n|---|---|\n", "| 1 |\n", ""),
        ("", "> a\n\nb\n\n", ""),
        ("- a\n", "\n", "  b\n"),
        ("# ", " ", "x\n"),
        ("1", "1", ".\n"),
        ("", "`", "\n"),
        ("|", "-|", "\n|--|\n"),
    ],
)
def test_a_document_that_is_eight_times_as_long_takes_about_eight_times_as_long(
    before: str, each: str, after: str
) -> None:
    """A page that makes the reader look at all of it again for each of its lines would stop an import for hours."""

    def seconds(times: int) -> float:
        text = before + each * times + after
        began = time.process_time()
        deque(read_blocks(text), maxlen=0)
        return time.process_time() - began

    short = min(seconds(1500) for _ in range(3))
    assert min(seconds(12_000) for _ in range(2)) < 20 * max(short, 0.004)
