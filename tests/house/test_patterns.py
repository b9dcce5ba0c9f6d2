"""Regular expressions that mean the same in every Python that wetrun runs on."""

import re
from pathlib import Path

import wetrun

SOURCES = sorted(Path(wetrun.__file__).parent.rglob("*.py"))
_OF_A_GROUP = re.compile(r"\)(?:\*\+|\+\+|\?\+|\}\+)")


def test_no_group_is_repeated_possessively() -> None:
    """Until Python 3.11.5 (Debian 12 has 3.11.2) a repetition that fails half-way is not taken back: gh-106052.

    `(?>(?:…)*)` means the same, and is right everywhere; `[…]*+` of single characters is right, too.
    """
    found = [
        f"{path.name}:{number}: {line.strip()}"
        for path in SOURCES
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if _OF_A_GROUP.search(line)
    ]
    assert found == []
    assert _OF_A_GROUP.search('_A = re.compile(r"(?:ab)*+c")')
