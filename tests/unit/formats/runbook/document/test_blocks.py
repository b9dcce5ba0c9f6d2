"""Markdown's blocks with their lines."""

import pytest

from wetrun.formats.runbook.document.blocks import Code, Heading, Prose, Table
from wetrun.formats.runbook.document.markdown import read_blocks
from wetrun.formats.runbook.document.parsed_markdown import TooDeepError


def test_blocks_with_their_lines() -> None:
    """Everything that is read later points at these lines."""
    text = "# A\n\ntext\nmore\n\n- item\n\n  ```bash\n  ls\n  ```\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n    indented\n"
    assert list(read_blocks(text)) == [
        Heading(1, "A", 0),
        Prose("text\nmore", 2, item=False),
        Prose("item", 5, item=True),
        Code("bash", ("ls",), 8, 2),
        Table(("a", "b"), ((13, ("1", "2")),), 11),
        Code("", ("indented",), 15, 4),
    ]


def test_a_long_document_reads_as_a_short_one() -> None:
    """It is read in pieces; a cut inside a block would make commands of text."""
    part = "# A\n\n```bash\n# no heading\nls\n```\n\n- x\n  ```sh\n  # none either\n  ```\n\n"
    blocks = list(read_blocks(part * 3000))
    assert len(blocks) == 3000 * len(list(read_blocks(part)))
    assert [block.line for block in blocks if isinstance(block, Heading)] == [12 * n for n in range(3000)]


def test_a_long_document_without_headings() -> None:
    """There is nowhere to cut it."""
    blocks = list(read_blocks("```bash\n" + "ls\n" * 20_000 + "```\n"))
    assert [len(block.lines) for block in blocks if isinstance(block, Code)] == [20_000]


def _nested(lists: int, quotations: int = 0) -> str:
    """A paragraph in so many lists or quotations, between two others and a heading."""
    deep = "".join("  " * depth + "- x\n" for depth in range(lists)) + ">" * quotations + " x\n" * (quotations > 0)
    return f"before\n\n{deep}\n```bash\nmake after\n```\n\n## Two\n"


@pytest.mark.parametrize(("lists", "quotations"), [(9, 0), (10, 0), (99, 0), (0, 20), (0, 199)])
def test_what_follows_deep_nesting_is_read(lists: int, quotations: int) -> None:
    """Ten lists one in the other swallowed the rest of the document, and with it every phase that followed."""
    blocks = list(read_blocks(_nested(lists, quotations)))
    assert [block.text for block in blocks if isinstance(block, Prose)] == ["before", *["x"] * (lists or 1)]
    assert [block.lines for block in blocks if isinstance(block, Code)] == [("make after",)]
    assert isinstance(blocks[-1], Heading)


@pytest.mark.parametrize(
    "text",
    [_nested(101), _nested(300), _nested(0, 201), _nested(0, 5000), "before\n\n" + "- " * 5000 + "x\n"],
)
def test_what_is_nested_too_deep_is_an_error_at_its_line(text: str) -> None:
    """It must neither exhaust the stack nor be left out without a word."""
    with pytest.raises(TooDeepError) as caught:
        list(read_blocks(text))
    assert 2 <= caught.value.line <= 2 + 101
