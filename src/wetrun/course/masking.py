"""Secrets appear nowhere: what takes them out of everything that is recorded or said."""

import html
import json
import re
from base64 import b64encode
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from itertools import repeat
from urllib.parse import quote, quote_plus

from wetrun.course.results import Observed, Output
from wetrun.plan.expectations import JsonValue

__all__ = ["MASK", "Masking"]

MASK = "***"
_SHORTEST = 4
"""Characters of the shortest secret that is looked for; a shorter one would mask half of every text."""
_SHORTEST_LINE = 8
"""Characters of the shortest line of a secret that is looked for by itself; shorter ones (`}`) stand anywhere."""
_SHORTEST_CODED = 6
"""Characters of the shortest base64 that is looked for: that of four letters by themselves."""
_WRAPPED = (64, 76)
"""Characters of a line of base64, as PEM and MIME have it, and `base64` by itself."""
_CUT = "…"
"""Stands wherever wetrun leaves something out of a text, and so may have parted a secret in two."""
_BESIDE_A_CUT = "\n[]\ufffd"
"""What may stand between such a mark and what was kept: of the line that says how much is missing, of half a letter."""
_OURS = frozenset(
    {
        "effect",
        "ending",
        "event",
        "monitor",
        "outcome",
        "place",
        "plan",
        "probe",
        "response",
        "section",
        "step",
        "verdict",
    }
)
"""Keys of a record under which no output and no answer stands."""
_THEIRS = frozenset({"captured", "headers", "rows"})
"""Keys of a record below which every name is somebody else's: a column may well be called `plan`."""


class Masking:
    """Replaces secrets by `***`, also as they stand in an address, in JSON, in Python or between a shell's quotes.

    In base64 a secret is found by itself and amid other text (`user:password`), with either alphabet; of its first and
    last letter a few bits may stay, which share a character with what is beside it.

    A secret of several lines is looked for line by line, too: messages quote one of them. What a cut has left of a
    secret, before or behind the mark of the cut, is masked as well.
    """

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        secrets = tuple(secrets)
        forms = {form for one in secrets for piece in _pieces(one) for form in _forms(piece)}
        forms.update(form for one in secrets if len(one) >= _SHORTEST for form in _coded(one))
        self._forms = sorted(forms, key=len, reverse=True)
        self._longest = len(self._forms[0]) if self._forms else 0
        self._by_beginning = _by(slice(_SHORTEST), self._forms)
        self._by_end = _by(slice(-_SHORTEST, None), self._forms)

    def text(self, text: str) -> str:
        """A text without secrets."""
        for form in self._forms:
            text = text.replace(form, MASK)
        return self._cut_off(text) if self._forms and _CUT in text else text

    def _cut_off(self, text: str) -> str:
        """A text without the parts of secrets that stand at its cuts; there may be very many, with none at any."""
        if not any(part in text for part in (*self._by_beginning, *self._by_end)):
            return text
        first, *parts = text.split(_CUT)
        behind = [first, *(self._without_end(part) for part in parts)]
        return _CUT.join([*(self._without_beginning(part) for part in behind[:-1]), behind[-1]])

    def _without_beginning(self, text: str) -> str:
        """A text that does not end in the beginning of a secret."""
        kept = text.rstrip(_BESIDE_A_CUT)
        for at in range(max(0, len(kept) - self._longest + 1), len(kept) - _SHORTEST + 1):
            likely = self._by_beginning.get(kept[at : at + _SHORTEST])
            if likely and any(map(str.startswith, likely, repeat(kept[at:]))):
                return kept[:at] + MASK + text[len(kept) :]
        return text

    def _without_end(self, text: str) -> str:
        """A text that does not begin with the end of a secret."""
        kept = text.lstrip(_BESIDE_A_CUT)
        for end in range(min(len(kept), self._longest - 1), _SHORTEST - 1, -1):
            likely = self._by_end.get(kept[end - _SHORTEST : end])
            if likely and any(map(str.endswith, likely, repeat(kept[:end]))):
                return text[: len(text) - len(kept)] + MASK + kept[end:]
        return text

    def body(self, body: Mapping[str, JsonValue]) -> dict[str, JsonValue]:
        """A record's body without secrets; our own words stay, or a secret `main` would spoil them."""
        if not self._forms:
            return dict(body)
        return {
            key: value if key in _OURS else self._wholly(value) if key in _THEIRS else self._value(value)
            for key, value in body.items()
        }

    def _value(self, value: JsonValue) -> JsonValue:
        match value:
            case list():
                return [self._value(one) for one in value]
            case dict():
                return self.body(value)
            case _:
                return self._wholly(value)

    def _wholly(self, value: JsonValue) -> JsonValue:
        """A value of which even the names are not ours."""
        match value:
            case str():
                return self.text(value)
            case list():
                return [self._wholly(one) for one in value]
            case dict():
                return {self.text(key): self._wholly(one) for key, one in value.items()}
            case _:
                return value

    def observed(self, observed: Observed) -> Observed:
        """An observation without secrets; to be done before a cut can part a secret in two."""
        if not self._forms:
            return observed
        failed = observed.failed_at
        return replace(
            observed,
            stdout=self._output(observed.stdout),
            stderr=self._output(observed.stderr),
            headers={self.text(name): self.text(value) for name, value in observed.headers.items()},
            body=None if observed.body is None else self._output(observed.body),
            rows=self._wholly(observed.rows),
            error=None if observed.error is None else self.text(observed.error),
            failed_at=None if failed is None else (failed[0], self.text(failed[1])),
        )

    def _output(self, output: Output) -> Output:
        text = self.text(output.text)
        return output if text == output.text else replace(output, text=text)


def _pieces(secret: str) -> Iterator[str]:
    """What is looked for of a secret: all of it, and every line that is long enough to be told from other text."""
    if len(secret) >= _SHORTEST:
        yield secret
    lines = [line.strip() for line in secret.splitlines()]
    if lines != [secret]:
        yield from (line for line in lines if len(line) >= _SHORTEST_LINE)


def _forms(piece: str) -> tuple[str, ...]:
    """How a secret may be written: as it is, in JSON, in Python, as a shell quotes it, in an address, in HTML."""
    in_json = (json.dumps(piece)[1:-1], json.dumps(piece, ensure_ascii=False)[1:-1])
    in_addresses = (
        quote(piece, safe="", errors="replace"),
        quote(piece, errors="replace"),
        quote_plus(piece, errors="replace"),
    )
    return (
        piece,
        *in_json,
        *_in_python(piece),
        *(form.replace("/", "\\/") for form in in_json),
        *(piece.replace("'", quoted) for quoted in ("'\\''", "'\"'\"'")),
        re.sub(r"([^\w%+./:=@-])", r"\\\1", piece),
        html.escape(piece),
        *in_addresses,
        *(re.sub("%[0-9A-F]{2}", lambda found: found[0].lower(), form) for form in in_addresses),
    )


def _in_python(piece: str) -> Iterator[str]:
    """How Python shows a text, or the bytes that it is: which quotes it escapes is up to the text around the piece."""
    both = "\"'"  # with both in it, a text stands between single quotes
    shown = repr(both + piece)[4:-1], ascii(both + piece)[4:-1], repr((both + piece).encode(errors="replace"))[5:-1]
    for one in shown:
        yield one
        yield one.replace("\\'", "'")


def _coded(secret: str) -> Iterator[str]:
    """A secret in base64: by itself, in lines, and at each of the three places where it may begin amid other bytes."""
    raw = secret.encode(errors="replace")
    alone = b64encode(raw).decode()
    found = {alone, alone.rstrip("=")}
    for width in _WRAPPED:
        found |= {alone[at : at + width] for at in range(0, len(alone), width)}
    for before in range(3):
        code = b64encode(bytes(before) + raw).decode()
        found.add(code[-(-before * 8 // 6) : (before + len(raw)) * 8 // 6])
    for one in found:
        if len(one) >= _SHORTEST_CODED:
            yield from {one, one.replace("+", "-").replace("/", "_"), quote(one, safe="")}


def _by(part: slice, forms: Iterable[str]) -> Mapping[str, list[str]]:
    """The forms by their beginnings or ends: a text may have very many cuts, and a key very many lines."""
    found = defaultdict[str, list[str]](list)
    for form in forms:
        found[form[part]].append(form)
    return found
