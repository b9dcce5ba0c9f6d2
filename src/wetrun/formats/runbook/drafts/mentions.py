"""What a text may call a command: its first words, its script, its address; and the words that two texts share."""

import re
from collections.abc import Iterator

__all__ = ["commands_in", "keys_of", "stems", "verbs_of"]

_PIECES = re.compile(r"&&|\|\||[;|\n]")
_LEADING = re.compile(r"^(?:(?:sudo|env|time|nohup|exec|command)\s+|[A-Za-z_]\w*=\S*\s+|-\S+\s+)+")
_URL = re.compile(r"https?://[^\s\"'<>|)]+")
_SUB = re.compile(r"[A-Za-z][\w:.-]*")
_SCRIPT = re.compile(r"(?:[\w.-]*/)*([\w-]+\.(?:sh|bash|py|js|mjs|ts|rb|pl|php|sql|yml|yaml))")
_GENERIC = frozenset({"run", "exec", "compose", "rollout"})
"""Subcommands that say nothing without the word behind them."""
_MOST = 65536
_LETTERS = re.compile(r"[a-z]{4,}")
_ENDING = re.compile(r"(?<=[a-z]{4})(?:ing|ed|es|e|s)$")
_COMMON = frozenset(
    (  # noqa: SIM905 - a hundred words are read as words
        "about after application because before between case chance change changes check code command "
        "complete could deploy deployed deployment deployments does done during each edge error errors every "
        "expected fail failed fails failure failures first from happens have here http https important into "
        "issue issues just last like likely more most much next normal other output over phase phases "
        "probability problem problems production release response result results runs scenario second server "
        "should simulation slow some stage status step steps such system than that their them then there they "
        "this time times under unexpected user users very wait what when where which while will with without "
        "work works would your"
    ).split()
)


def keys_of(command: str) -> Iterator[str]:
    """What a command may be known by, the most certain first: addresses, scripts, then its first words."""
    pieces = [_LEADING.sub("", piece.strip()).split() for piece in _PIECES.split(command[:_MOST])]
    for piece in pieces:
        yield from (url.rstrip("/.,") for word in piece for url in _URL.findall(word))
    for piece in pieces:
        yield from (match[1].lower() for word in piece if (match := _SCRIPT.fullmatch(word.strip("\"'"))) is not None)
    for piece in pieces:
        yield from _first_words(piece)


def commands_in(text: str) -> Iterator[str]:
    """What in a sentence may be the key of a command."""
    yield from (url.rstrip("/.,") for url in _URL.findall(text))
    words = [word.strip("`\"'.,;:!?()[]") for word in text.split()]
    yield from (match[1].lower() for word in words if (match := _SCRIPT.fullmatch(word)) is not None)
    for length in (3, 2):
        yield from (" ".join(words[at : at + length]).lower() for at in range(len(words) - length + 1))


def verbs_of(command: str) -> Iterator[str]:
    """What a command does: the word behind its program, and scripts; not what it does that to."""
    for key in keys_of(command):
        words = key.split(" ")
        if "://" not in key and (len(words) < 3 or words[1] in _GENERIC):
            yield " ".join(words[1:]) or key


def stems(text: str) -> Iterator[str]:
    """The beginnings of the words that say something: `migration` and `migrate` share one."""
    for word in _LETTERS.findall(text.lower()):
        if word not in _COMMON:
            bare = _ENDING.sub("", word)
            yield (bare[:-1] + "i" if bare.endswith("y") else bare)[:6]


def _first_words(piece: list[str]) -> Iterator[str]:
    if len(piece) < 2 or _SUB.fullmatch(piece[1]) is None:
        return
    program = piece[0].rsplit("/", 1)[-1].lower()
    if len(piece) > 2 and _SUB.fullmatch(piece[2]) is not None:
        yield f"{program} {piece[1].lower()} {piece[2].lower()}"
    if piece[1].lower() not in _GENERIC:
        yield f"{program} {piece[1].lower()}"
