"""Secrets appear nowhere: what takes them out of everything that is recorded or said."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from urllib.parse import quote, quote_plus

from wetrun.course.results import Observed, Output
from wetrun.plan.expectations import JsonValue

__all__ = ["MASK", "Masking"]

MASK = "***"
_SHORTEST = 4
"""Characters of the shortest secret that is looked for; a shorter one would mask half of every text."""
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


class Masking:
    """Replaces secrets by `***`, also as they stand in an address."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        forms = {
            form for one in secrets if len(one) >= _SHORTEST for form in (one, quote(one, safe=""), quote_plus(one))
        }
        self._forms = sorted(forms, key=len, reverse=True)

    def text(self, text: str) -> str:
        """A text without secrets."""
        for form in self._forms:
            text = text.replace(form, MASK)
        return text

    def value(self, value: JsonValue) -> JsonValue:
        """A value without secrets."""
        if not self._forms:
            return value
        match value:
            case str():
                return self.text(value)
            case list():
                return [self.value(one) for one in value]
            case dict():
                return self.body(value)
            case _:
                return value

    def body(self, body: Mapping[str, JsonValue]) -> dict[str, JsonValue]:
        """A record's body without secrets; our own words stay, or a secret `main` would spoil them."""
        return {key: one if key in _OURS else self.value(one) for key, one in body.items()}

    def observed(self, observed: Observed) -> Observed:
        """An observation without secrets in its texts; to be done before a cut can part a secret in two."""
        body = None if observed.body is None else self._output(observed.body)
        return replace(observed, stdout=self._output(observed.stdout), stderr=self._output(observed.stderr), body=body)

    def _output(self, output: Output) -> Output:
        text = self.text(output.text)
        return output if text == output.text else replace(output, text=text)
