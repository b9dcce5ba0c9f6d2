"""Scripts taken apart: what stays whole, where it stands, and what is not understood."""

import pytest

from wetrun.shell.statements import Remark, Statement, read_script


def _texts(script: str) -> list[str]:
    return [part.text for part in read_script(script) if isinstance(part, Statement)]


@pytest.mark.parametrize(
    ("script", "statements"),
    [
        ("a\nb", ["a", "b"]),
        ("a; b", ["a", "b"]),
        ("a && b || c", ["a && b || c"]),
        ("a |\n  b", ["a |\n  b"]),
        ("a \\\n  --long", ["a \\\n  --long"]),
        ("for f in *; do\n  echo $f\ndone", ["for f in *; do\n  echo $f\ndone"]),
        ("if a; then\n  b\nfi\nc", ["if a; then\n  b\nfi", "c"]),
        ("f() {\n  a\n}\nf", ["f() {\n  a\n}", "f"]),
        ("cat <<EOF\n# text\nEOF\nb", ["cat <<EOF\n# text\nEOF", "b"]),
        ('node -e "\nlet a = 1; // b\n"', ['node -e "\nlet a = 1; // b\n"']),
        ("A=1\nexport B=$(date)", ["A=1", "export B=$(date)"]),
        ("server &\nb", ["server &", "b"]),
        ("git checkout <sha>\nls", ["git checkout <sha>", "ls"]),
        ("deploy {PROJECT} YOUR_TAG", ["deploy {PROJECT} YOUR_TAG"]),
        ("", []),
        ("\n\n", []),
    ],
)
def test_a_script_is_cut_where_the_shell_would(script: str, statements: list[str]) -> None:
    """A cut in the wrong place runs half of a loop, or a line of a heredoc as a command."""
    assert _texts(script) == statements


def test_places_are_those_of_the_text() -> None:
    """Findings and drafts point at lines; after text beyond ASCII they must still be right."""
    parts = read_script("  echo é ü  # why\n# next\nls")
    assert parts == (
        Statement("echo é ü", 0, 2, 0),
        Remark("why", 0, 12, trailing=True),
        Remark("next", 1, 0, trailing=False),
        Statement("ls", 2, 0, 2),
    )


@pytest.mark.parametrize(
    ("script", "statements"),
    [
        ("ls\nif true; then\necho", ["ls", "if true; then\necho"]),
        ("ls\necho 'open\nrm -rf /", ["ls", "echo 'open\nrm -rf /"]),
    ],
)
def test_what_the_grammar_does_not_know_stays_whole(script: str, statements: list[str]) -> None:
    """A guess at where a broken command ends could run what was only text."""
    parts = [part for part in read_script(script) if isinstance(part, Statement)]
    assert [part.text for part in parts] == statements
    assert [part.understood for part in parts] == [True, False]


def test_a_huge_script_is_one_statement() -> None:
    """A megabyte of shell is no runbook; it must not take minutes."""
    (part,) = read_script("ls\n" * 400_000)
    assert isinstance(part, Statement)
    assert not part.understood
