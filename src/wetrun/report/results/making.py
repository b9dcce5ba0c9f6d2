"""The one door: a rehearsal with its plan and its forecast → its results."""

from wetrun.report.results.advice import advice
from wetrun.report.results.checklist import plan_items
from wetrun.report.results.conclusions import conclusions
from wetrun.report.results.model import Group, Results
from wetrun.report.results.path_rows import path_rows
from wetrun.report.results.risk import risk
from wetrun.report.results.scenario_rows import scenario_rows
from wetrun.report.results.source import Source
from wetrun.report.results.stated import stated_rows
from wetrun.report.results.totals import totals
from wetrun.report.results.usual_items import usual_items
from wetrun.report.results.way_rows import way_rows

__all__ = ["results"]


def results(source: Source) -> Results:
    """Say what a rehearsal comes to; nothing in it is written by hand, and nothing is more than was measured."""
    groups = tuple(
        group
        for group in (
            Group("The deployment as a whole", tuple(totals(source))),
            Group("Numbers of the document", tuple(stated_rows(source))),
            Group("Scenarios", tuple(scenario_rows(source))),
            Group("Ways back and mitigations", tuple(way_rows(source))),
            Group("The happy path", tuple(path_rows(source))),
        )
        if group.rows
    )
    found = risk(source)
    rows = [row for group in groups for row in group.rows]
    concluded = conclusions(source, groups)
    return Results(
        groups=groups,
        conclusions=concluded,
        risk=found,
        advice=advice(source, found, rows, concluded),
        checklist=(*plan_items(source), *usual_items(source)),
        unverified=() if source.facts is None else tuple((one.text, one.place) for one in source.facts.unverified),
    )
