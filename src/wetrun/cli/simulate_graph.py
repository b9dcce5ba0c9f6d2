"""What `wetrun simulate --graph` answers."""

import json
from pathlib import Path
from typing import Any

from wetrun.cli.answering import answered
from wetrun.cli.walking import walk
from wetrun.cli.writing import write
from wetrun.report.forecast_pictures import graph_pictures, stacked
from wetrun.report.odds_json import odds_json
from wetrun.report.odds_text import odds_text
from wetrun.simulate.exact.forecast import QUANTILES
from wetrun.simulate.models.inputs import apply, inputs_of
from wetrun.simulate.questions.asked_model import GraphModel
from wetrun.simulate.questions.asking import parse_what_ifs, read_until
from wetrun.simulate.questions.wishes import graph_vocabulary
from wetrun.verbs.simulate import load_graph, simulate_graph

__all__ = ["answer_for_graph"]


def answer_for_graph(path: Path, given: dict[str, Any]) -> str:
    """Read a model, set what is asked for, and write the answer.

    Args:
        path: The model's file.
        given: The options of `wetrun simulate`, by the names of its parameters.
    """
    levels = given["quantiles"] or QUANTILES
    model = load_graph(path)
    within = read_until(given["within"], model.unit)
    inputs = inputs_of(model)
    if given["what_if"]:
        model = apply(model, inputs, parse_what_ifs(given["what_if"], inputs, model.unit))
    if given["trials"] is not None:
        return walk(model, given, levels, within)
    found = simulate_graph(model, exact=given["exact"], levels=[float(level) for level in levels])
    if given["plot"] is not None:
        write(given["plot"], stacked(graph_pictures(found, model)))
    asked = answered(GraphModel(model), graph_vocabulary(model), given)
    if given["as_json"]:
        return json.dumps({**odds_json(found, levels, within), **asked.as_json}, indent=2)
    return "\n\n".join(part for part in (odds_text(found, levels, within), asked.text) if part)
