"""Random walks through a model, with a bar on stderr."""

import json
import sys
from collections.abc import Mapping
from typing import Any

import click

from wetrun.report.sample_odds import sample_json, sample_text
from wetrun.simulate.graph import Graph
from wetrun.verbs.simulate import sample_graph

__all__ = ["walk"]


def walk(model: Graph, given: dict[str, Any], levels: tuple[str, ...], within: Mapping[str, float]) -> str:
    """Walk through a model at random, with a bar on stderr, and write what came of it."""
    with click.progressbar(length=given["trials"], label="walking", file=sys.stderr) as bar:
        reached = 0

        def progress(done: int) -> None:
            nonlocal reached
            bar.update(done - reached)
            reached = done

        found = sample_graph(
            model,
            given["trials"],
            seed=given["seed"],
            threads=given["threads"],
            error=given["error"],
            progress=progress,
        )
    if given["as_json"]:
        return json.dumps({"unit": model.unit, **sample_json(found, levels, within)}, indent=2)
    return sample_text(found, model.unit, levels, within)
