"""Bytes of any encoding, and text that was decoded wrongly once."""

import pytest

from wetrun.formats.runbook.document.decoding import Decoded, decode, repair

TEXT = "# Déjà vu ✓\n\nls\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_every_unicode_encoding_reads_the_same(encoding: str) -> None:
    """Editors on Windows write UTF-16 and marks; the commands are the same."""
    assert decode((TEXT * 3).encode(encoding)).text.lstrip("\ufeff") == TEXT * 3


def test_old_encodings_never_fail() -> None:
    """A byte that is no UTF-8 must not stop a deployment from being read."""
    assert decode("# café\nls".encode("cp1252")).text == "# café\nls"
    assert decode(bytes(range(256))).text
    assert decode(b"") == Decoded("", "utf-8")


def test_line_ends_and_nul() -> None:
    """Line numbers must be those that an editor shows, and a letter that no command may have must be told."""
    decoded = decode(b"a\r\nb\rc\x00")
    assert decoded.text == "a\nb\nc\ufffd"
    assert [(each.lines, each.message.split()[:2]) for each in decoded.misread] == [((2,), ["NUL", "bytes"])]


@pytest.mark.parametrize(
    "text",
    [
        "# café\nls",
        "naïve – Größe: 5 µm",
        "« été » créée à l'œuvre",
        "¿Qué? ¡Sí! 20 °C",
        "“quoted” … £5 ½ §3 ©",
        "Åse på øya",
    ],
)
def test_western_text_is_known_and_told(text: str) -> None:
    """It is read as it was meant, and the next tool will not do so."""
    decoded = decode(text.encode("cp1252"))
    assert (decoded.text, decoded.encoding, decoded.known) == (text, "cp1252", True)
    (misread,) = decoded.misread
    assert "Windows-1252" in misread.message


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("# デプロイ手順\nサービスを再起動します", "shift_jis"),
        ("# デプロイ手順\nサービスを再起動します", "euc_jp"),
        ("# Развёртывание Перезапустить сервис", "cp1251"),
        ("# Развёртывание Перезапустить сервис", "koi8_r"),
        ("# 部署手册\n重启服务", "gb18030"),
        ("# café à la carte", "cp850"),
        ("# café à la carte", "mac_roman"),
    ],
)
def test_an_encoding_that_is_not_known_is_called_so(text: str, encoding: str) -> None:
    """Its letters are garbage; a reason that is not true sends people to look in the wrong place."""
    decoded = decode(text.encode(encoding))
    assert not decoded.known
    (misread,) = decoded.misread
    assert "not known" in misread.message
    assert misread.lines[0] == 0


def test_a_few_wrong_bytes_make_no_other_encoding() -> None:
    """One byte of a log that was pasted in destroyed every letter of the document."""
    decoded = decode("❌ à la carte\nls\n".encode() + b"bad \xff\nls\nand \xfe\n")
    assert decoded.text == "❌ à la carte\nls\nbad \ufffd\nls\nand \ufffd\n"
    (misread,) = decoded.misread
    assert misread.lines == (2, 4)
    assert "0xff, 0xfe" in misread.message


def test_half_a_file_of_utf_16_is_told() -> None:
    """A download that broke off must not read as a whole document."""
    (misread,) = decode("# A\nls -la\nls".encode("utf-16") + b"\x00").misread
    assert misread.lines == (2,)


def test_what_is_certain_is_repaired_line_by_line() -> None:
    """One odd line must not change the others, and no line may move."""
    wrong = "é fine\n" + "🚀 ✓".encode().decode("cp1252", "replace") + "\nls"
    text, repairs = repair("é fine\n" + "âœ“ done" + "\nls")
    assert text == "é fine\n✓ done\nls"
    assert [(each.line, each.column, each.certain) for each in repairs] == [(1, 0, True)]
    assert repair(wrong)[0].count("\n") == 2


@pytest.mark.parametrize("text", ["âŒ Can't reach the database", 'echo "âŒ failed"', "Ã  la carte"])
def test_a_blank_is_no_lost_byte(text: str) -> None:
    """Taken for one, it made another letter of it, and the words grew together."""
    assert repair(text)[0] == text


def test_what_has_lost_a_byte_stays_as_it_is() -> None:
    """A guess would put words into the author's mouth."""
    text, repairs = repair("âš\xa0ï\u00b8 careful")
    assert text == "âš\xa0ï\u00b8 careful"
    assert [each.certain for each in repairs] == [False]


@pytest.mark.parametrize("text", ["plain", "naïve café", "Ã la carte", "Größe: 5 µm", "日本語", "Привет"])
def test_ordinary_text_is_left_alone(text: str) -> None:
    """A repair of what is right would break it."""
    assert repair(text)[0] == text
