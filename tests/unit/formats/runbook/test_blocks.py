"""Markdown's blocks with their lines."""

from wetrun.formats.runbook.blocks import Code, Heading, Prose, Table
from wetrun.formats.runbook.markdown import read_blocks


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


def test_deep_nesting_ends() -> None:
    """A wiki export with quotations in quotations must not exhaust the stack."""
    assert list(read_blocks(">" * 5000 + " ls\n")) is not None
    assert list(read_blocks("".join(" " * n + "- x\n" for n in range(0, 600, 2)))) is not None
