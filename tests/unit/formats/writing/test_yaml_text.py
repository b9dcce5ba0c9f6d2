"""Values as YAML: whatever letter stands in a value, it reads back."""

import pytest

from wetrun.formats.decode.tree import Entries, Items, Scalar
from wetrun.formats.decode.yaml_tree import compose
from wetrun.formats.writing.yaml_text import key_text, scalar_text


def _read_back(value: str) -> object:
    """The value as the reader of plans sees it, written as the key and as the value of a step in a list."""
    root, problems = compose(f"- a:\n    {key_text(value)}: {scalar_text(value, 4)}\n", "f")
    assert not problems
    assert isinstance(root, Items)
    (item,) = root.items
    assert isinstance(item, Entries)
    inner = item.entries[0].value
    assert isinstance(inner, Entries)
    (entry,) = inner.entries
    assert isinstance(entry.value, Scalar)
    assert entry.key == entry.value.value
    return entry.value.value


def test_a_command_with_any_letter_reads_back() -> None:
    """A draft that is no YAML is lost; one that reads otherwise deploys something else."""
    for letter in [*map(chr, range(0x3000)), "\ufeff", "\ufffe", "\uffff", "\U0001f680", "\U0010ffff"]:
        for command in (f"make{letter}all", f"make a{letter}", f"{letter}make"):
            assert _read_back(command) == command, ascii(letter)


@pytest.mark.parametrize("letter", [*map(chr, range(0x21)), "\x7f", "\x85", "\xa0", "\u2028", "\u2029", "\ufeff"])
def test_a_command_of_many_lines_with_any_blank_reads_back(letter: str) -> None:
    """YAML knows line ends that no shell knows, and takes blanks at some ends of lines for layout."""
    for command in (f"cat <<E\n{letter}x\nE", f"cat <<E{letter}\nx", f"echo 'a\n{letter}\nb'", f"a\nb\n{letter}"):
        value, _ = compose(f"a: {scalar_text(command, 0)}\n", "f")
        assert isinstance(value, Entries)
        read = value.entries[0].value
        assert isinstance(read, Scalar)
        assert read.value == command


def test_half_a_character_is_written_as_one_that_is_missing() -> None:
    """YAML has no way to write it, and a draft with it could not be read at all."""
    for letter in ("\ud800", "\udbff", "\udc00", "\udfff"):
        assert _read_back(f"make{letter}all") == "make\ufffdall"
