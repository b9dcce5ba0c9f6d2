"""What `wetrun simulate` answers for a plan."""

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from wetrun.cli.writing import write
from wetrun.course.evidence import counted
from wetrun.errors import WetrunError
from wetrun.plan.plan import Plan
from wetrun.report.forecast_text import forecast_text
from wetrun.simulate.evidence.observation import Origin
from wetrun.simulate.exact.forecast import QUANTILES
from wetrun.simulate.plan_forecast import Known, PlanForecast
from wetrun.simulate.questions.asking import read_until
from wetrun.verbs.reading import load_plan, locate_plan
from wetrun.verbs.simulate_plan import keep, known_of, nothing_known, scored, simulate_plan

if TYPE_CHECKING:
    from wetrun.cli.answering import Answered

__all__ = ["answer_for_plan"]

_ORIGINS = {"rehearsals": Origin.REHEARSAL, "deployments": Origin.DEPLOYMENT}


def answer_for_plan(path: Path | None, given: dict[str, Any]) -> str:
    """Read a plan and its record, and write the answer; a forecast of the plan as it is, is kept to be scored later.

    Args:
        path: The plan's file; None finds it.
        given: The options of `wetrun simulate`, by the names of its parameters.
    """
    levels, within = given["quantiles"] or QUANTILES, read_until(given["within"], "s")
    place = locate_plan(path)
    plan = load_plan(place, double=given["double"])
    state: Path = given["state"] or place.parent / ".wetrun"
    known = _known(plan, state, given)
    found = simulate_plan(
        plan,
        known,
        what_if=given["what_if"],
        exact=given["exact"],
        seed=given["seed"],
        levels=[float(level) for level in levels],
    )
    if given["trials"] is not None:
        from wetrun.cli.walking import walk_plan  # what only some ask for is loaded only then

        _say_what_walks_leave_out(found)
        return walk_plan(found, given, levels, within)
    scores = scored(state) if state.is_dir() else None
    asked = _asked(found, given)
    if given["evidence"] == "rehearsals" and not given["what_if"] and not given["pool_changed"]:
        _keep(found, state)
    if given["plot"] is not None:
        from wetrun.report.forecast_pictures import pictures, stacked

        write(given["plot"], stacked(pictures(found)))
    if given["page"] is not None:
        from wetrun.report.forecast_page import forecast_page

        write(given["page"], forecast_page(found, scores, None if asked is None else asked.said))
    if given["as_json"]:
        from wetrun.report.forecast_json import forecast_json

        whole = forecast_json(found, levels, within, scores)
        return json.dumps({**whole, **({} if asked is None else asked.as_json)}, indent=2)
    parts = [forecast_text(found, scores, compared=_compared(plan, known, given))]
    if given["exact"] or within or given["quantiles"]:
        from wetrun.report.odds_text import odds_text

        intervals = found.time_intervals([float(level) for level in levels]) if given["quantiles"] else {}
        parts.append(odds_text(found.odds, levels, within, intervals))
    parts.append("" if asked is None else asked.text)
    return "\n\n".join(part for part in parts if part)


def _known(plan: Plan, state: Path, given: dict[str, Any]) -> Known:
    if given["evidence"] == "none":
        return nothing_known()
    return known_of(plan, state, origin=_ORIGINS[given["evidence"]], changed=given["pool_changed"])


def _asked(found: PlanForecast, given: dict[str, Any]) -> "Answered | None":
    if not given["sweeps"] and not given["goals"]:
        return None
    from wetrun.cli.answering import answered
    from wetrun.simulate.questions.wishes import plan_vocabulary

    return answered(found.model, plan_vocabulary(found.graph, found.model.fleet), given)


def _say_what_walks_leave_out(found: PlanForecast) -> None:
    """Random walks tell of outcomes and times; nobody is to believe that the rest was looked at."""
    supported = ["whether runs support its claims"] if found.plan.claims else []
    left = ", ".join([*supported, "what matters most", "how well all of it is known"])
    told = [*(["claims"] if found.plan.claims else []), *(["its fleet"] if found.plan.fleet is not None else [])]
    runs = counted(len(found.known.pool.runs), found.known.origin.value)
    answered = f"random walks answer {', '.join(['outcomes', 'times', *told])}, with {runs} counted in"
    click.echo(f"note: {answered}; without `--sample` there are also: {left}", err=True)


def _compared(plan: Plan, known: Known, given: dict[str, Any]) -> PlanForecast | None:
    return simulate_plan(plan, known, seed=given["seed"]) if given["what_if"] else None


def _keep(found: PlanForecast, state: Path) -> None:
    """Keep the forecast where a record is kept already; that it cannot be is no reason to withhold the answer."""
    if not state.is_dir():
        return
    try:
        keep(found, state)
    except (WetrunError, OSError) as error:
        click.echo(f"note: the forecast could not be kept: {error}", file=sys.stderr)
