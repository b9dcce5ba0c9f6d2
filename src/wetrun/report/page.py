"""The report as one HTML page that needs nothing else: no request leaves it, and it can be read without its script."""

import re
from collections.abc import Callable, Mapping, Sequence
from itertools import groupby
from typing import TYPE_CHECKING

from wetrun.course.matching.quantities import number_in_words
from wetrun.lean import dataclass
from wetrun.report.cleaning import clean_line, show
from wetrun.report.detection import blind_spots, matrix
from wetrun.report.model import RehearsalReport, SectionKind, StepReport
from wetrun.report.phrases import (
    CHECK_SIGNS,
    NOTHING,
    OUTCOME_TONES,
    VERDICT_TONES,
    downtime,
    duration,
    expectation,
    figures,
    headline,
    noticed_by,
    realism,
    restored,
)
from wetrun.report.results.risk import RULES
from wetrun.report.results.tones import SHOWN_SIGNS, TONES
from wetrun.report.results.wording import MEANINGS, how_many
from wetrun.report.templating import asset, environment, policy
from wetrun.report.timeline import timeline

if TYPE_CHECKING:
    from wetrun.report.odds_section import OddsSection
    from wetrun.report.results.model import Results

__all__ = ["html"]


def html(report: RehearsalReport, odds: "OddsSection | None" = None, results: "Results | None" = None) -> str:
    """Write the report as a self-contained HTML page.

    Everything that comes from the plan or from a program's output is cleaned and escaped. A content security policy
    allows the page's own style and script by their hashes and nothing else, so that nothing that was smuggled in could
    run or load.

    Args:
        report: The rehearsal.
        odds: What the page tells of the plan's odds, if anything.
        results: What the rehearsal comes to; None leaves the section out.
    """
    sheets = ("palette", "page", "picture", "forecast", "results")
    style, script = "".join(asset(f"{name}.css") for name in sheets), asset("page.js")
    anchors = _anchors([run.name for run in report.runs])
    page = (
        environment(_FILTERS)
        .get_template("page.html")
        .render(
            report=report,
            odds=odds,
            style=style,
            script=script,
            policy=policy(style, script),
            figures=figures(report),
            realism=realism(report),
            matrix=matrix(report),
            blind_spots=blind_spots(report),
            headline=headline(report.verdict.word),
            tone=VERDICT_TONES[report.verdict.word],
            timeline=timeline,
            anchors=anchors,
            results=results,
            anchor_of=dict(zip((run.name for run in report.runs), anchors, strict=True)),
            **_WORDS,
        )
    )
    return page.lstrip()


_WORDS: Mapping[str, object] = {
    "nothing": NOTHING,
    "check_signs": CHECK_SIGNS,
    "outcome_tones": OUTCOME_TONES,
    "risk_rules": RULES,
    "meanings": MEANINGS,
}


@dataclass(frozen=True, slots=True)
class Section:
    """Steps that follow on each other in one phase or procedure."""

    name: str
    kind: SectionKind
    steps: tuple[StepReport, ...]


def by_section(steps: Sequence[StepReport]) -> tuple[Section, ...]:
    """Put steps together that follow on each other in one section."""
    return tuple(
        Section(name, kind, tuple(group))
        for (name, kind), group in groupby(steps, key=lambda step: (step.section, step.kind))
    )


_FILTERS: Mapping[str, Callable[..., object]] = {
    "by_section": by_section,
    "downtime": downtime,
    "duration": duration,
    "expectation": expectation,
    "how_many": how_many,
    "line": clean_line,
    "noticed_by": noticed_by,
    "number": number_in_words,
    "restored": restored,
    "show": show,
    "shown_sign": SHOWN_SIGNS.__getitem__,
    "tone_of": TONES.__getitem__,
}


def _anchors(names: list[str]) -> list[str]:
    """One anchor per name, unique although names may differ in nothing that an anchor keeps."""
    return [f"run-{index}-{re.sub(r'[^a-z0-9]+', '-', name.lower()).strip('-')}" for index, name in enumerate(names, 1)]
