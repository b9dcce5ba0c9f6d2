"""Random walks through a model, or through a plan and over its fleet, with a bar on stderr."""

import json
import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import click

from wetrun.report.sample_odds import sample_json, sample_text
from wetrun.simulate.models.graph import Graph
from wetrun.simulate.sampling.sampled import Sample
from wetrun.verbs.simulate import sample_graph

if TYPE_CHECKING:
    from wetrun.simulate.plan_forecast import PlanForecast

__all__ = ["walk", "walk_plan"]


def walk(model: Graph, given: dict[str, Any], levels: tuple[str, ...], within: Mapping[str, float]) -> str:
    """Walk through a model at random, with a bar on stderr, and write what came of it."""
    found = _walked(model, given)
    if given["as_json"]:
        return json.dumps({"unit": model.unit, **sample_json(found, levels, within)}, indent=2)
    return sample_text(found, model.unit, levels, within)


def walk_plan(plan: "PlanForecast", given: dict[str, Any], levels: tuple[str, ...], within: Mapping[str, float]) -> str:
    """Likewise through a plan and over its fleet, and hold its claims against the walks."""
    from wetrun.report.sample_plan import sample_plan_json, sample_plan_text  # no graph needs it
    from wetrun.simulate.sampled_claims import judge_by_walks
    from wetrun.verbs.simulate_plan import sample_rollout

    found = _walked(plan.graph, given)
    claims = [judge_by_walks(claim, found) for claim in plan.plan.claims]
    rollout = sample_rollout(plan, found.trials, seed=given["seed"], levels=[float(level) for level in levels])
    if given["as_json"]:
        whole = {"unit": plan.graph.unit, **sample_json(found, levels, within)}
        return json.dumps({**whole, **sample_plan_json(plan, claims, rollout)}, indent=2)
    parts = [sample_text(found, plan.graph.unit, levels, within), sample_plan_text(plan, claims, rollout)]
    return "\n\n".join(part for part in parts if part)


def _walked(model: Graph, given: dict[str, Any]) -> Sample:
    with click.progressbar(length=given["trials"], label="walking", file=sys.stderr) as bar:
        reached = 0

        def progress(done: int) -> None:
            nonlocal reached
            bar.update(done - reached)
            reached = done

        return sample_graph(
            model,
            given["trials"],
            seed=given["seed"],
            threads=given["threads"],
            error=given["error"],
            progress=progress,
        )
