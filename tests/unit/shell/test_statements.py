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


def test_a_long_script_is_read_piece_by_piece() -> None:
    """Where a text is too large for one look, loops, functions and heredocs stay whole all the same."""
    piece = (
        'for i in 1 2; do\n  echo "$i"\ndone\ncat <<EOF > notes\n$ 5 | per unit\nEOF\nf() {\n  ls "$1"\n}\nf x # look\n'
    )
    parts = read_script(piece * 500)
    statements = [part for part in parts if isinstance(part, Statement)]
    assert len(statements) == 4 * 500
    assert all(part.understood for part in statements)
    assert "\n".join(part.text for part in statements[-4:]) + " # look\n" == piece
    assert [part.text for part in parts if not isinstance(part, Statement)] == ["look"] * 500


def test_a_heredoc_without_its_end_is_not_understood() -> None:
    """What follows may be its text or a command: nobody knows, so nothing of it is made a step of its own."""
    text = "cat <<EOF > notes\nrm -rf data\n EOF\nmake two"
    (part,) = read_script(text)
    assert isinstance(part, Statement)
    assert (part.text, part.understood) == (text, False)


@pytest.mark.parametrize("line", ["if true; then", "a [a](b |"])
def test_a_long_text_that_is_no_script_is_kept_whole(line: str) -> None:
    """What the grammar never understands must take no minutes, and lose nothing."""
    text = "\n".join(["make first", *[line] * 5000])
    first, rest = read_script(text)
    assert isinstance(rest, Statement)
    assert isinstance(first, Statement)
    assert (first.understood, rest.understood) == (True, False)
    assert f"{first.text}\n{rest.text}" == text


@pytest.mark.parametrize("piece", ["<a|", "a|", "$)", "<<a|"])
def test_a_text_of_signs_is_given_up_at_once(piece: str) -> None:
    """The grammar looks for sense in it for seconds, and over again for each line that is added."""
    line = piece * (10_000 // len(piece))
    many = "\n".join([piece * (60 // len(piece))] * 200)
    for text in (line, many):
        parts = read_script(text)
        assert not any(part.understood for part in parts if isinstance(part, Statement))
        assert "".join(part.text for part in parts) == text
