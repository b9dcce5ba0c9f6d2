"""Answers to `--sweep` and `--goal`, in every form; loaded only when something is asked."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from wetrun.plan.expectations import JsonValue
from wetrun.report.answers_json import answers_json
from wetrun.report.answers_text import Answers, answers_in_words, answers_text
from wetrun.simulate.questions.asked_model import Model
from wetrun.simulate.questions.wishes import Vocabulary
from wetrun.verbs.asking import Question, ask

__all__ = ["Answered", "answered"]


class Answered(NamedTuple):
    """The answers: in cells and sentences, as plain text, and as JSON."""

    said: Answers
    text: str
    as_json: Mapping[str, JsonValue]


def answered(model: Model, known: Vocabulary, given: dict[str, Any]) -> Answered:
    """Answer what is asked of a model.

    Args:
        model: The model.
        known: What a goal can be about.
        given: The options of `wetrun simulate`, by the names of its parameters.
    """
    found = ask(model, known, Question(given["sweeps"], given["goals"]), seed=given["seed"])
    names = [axis.name for axis in found.axes]
    said = answers_in_words(names, found.rows, model.graph.outcomes(), found.goals, model.graph.unit, found.fleet)
    return Answered(said, answers_text(said), answers_json(names, found.rows, found.goals, found.fleet))
