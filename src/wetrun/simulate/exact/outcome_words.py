"""The words of outcomes: a model splits `recovered` by rung, a record and a claim do not."""

from collections.abc import Mapping

__all__ = ["by_word", "word_of"]


def word_of(outcome: str) -> str:
    """The word of an outcome that a model splits: `recovered` of `recovered/rebuild`."""
    return outcome.partition("/")[0]


def by_word(outcomes: Mapping[str, float]) -> Mapping[str, float]:
    """Put the outcomes that a model splits (`recovered/rebuild`) together under their word (`recovered`)."""
    found: dict[str, float] = {}
    for name, probability in outcomes.items():
        found[word_of(name)] = found.get(word_of(name), 0.0) + probability
    return found
