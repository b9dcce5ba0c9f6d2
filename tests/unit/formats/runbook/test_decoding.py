"""Bytes of any encoding, and text that was decoded wrongly once."""

import pytest

from wetrun.formats.runbook.decoding import decode, repair

TEXT = "# Déjà vu ✓\n\nls\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_every_unicode_encoding_reads_the_same(encoding: str) -> None:
    """Editors on Windows write UTF-16 and marks; the commands are the same."""
    assert decode((TEXT * 3).encode(encoding))[0].lstrip("\ufeff") == TEXT * 3


def test_old_encodings_never_fail() -> None:
    """A byte that is no UTF-8 must not stop a deployment from being read."""
    assert decode("# café\nls".encode("cp1252")) == ("# café\nls", "cp1252")
    assert decode(bytes(range(256)))[0]
    assert decode(b"") == ("", "utf-8")


def test_line_ends_and_nul() -> None:
    """Line numbers must be those that an editor shows."""
    assert decode(b"a\r\nb\rc\x00")[0] == "a\nb\nc\ufffd"


def test_what_is_certain_is_repaired_line_by_line() -> None:
    """One odd line must not change the others, and no line may move."""
    wrong = "é fine\n" + "🚀 ✓".encode().decode("cp1252", "replace") + "\nls"
    text, repairs = repair("é fine\n" + "âœ“ done" + "\nls")
    assert text == "é fine\n✓ done\nls"
    assert [(each.line, each.column, each.certain) for each in repairs] == [(1, 0, True)]
    assert repair(wrong)[0].count("\n") == 2


def test_what_has_lost_a_byte_stays_as_it_is() -> None:
    """A guess would put words into the author's mouth."""
    text, repairs = repair("âš\xa0ï\u00b8 careful")
    assert text == "âš\xa0ï\u00b8 careful"
    assert [each.certain for each in repairs] == [False]


@pytest.mark.parametrize("text", ["plain", "naïve café", "Ã la carte", "Größe: 5 µm", "日本語", "Привет"])
def test_ordinary_text_is_left_alone(text: str) -> None:
    """A repair of what is right would break it."""
    assert repair(text)[0] == text
