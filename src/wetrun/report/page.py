"""The report as one HTML page that needs nothing else: no request leaves it, and it can be read without its script."""

import base64
import hashlib
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from itertools import groupby
from typing import TYPE_CHECKING

from wetrun.course.matching.quantities import number_in_words
from wetrun.report.cleaning import clean, clean_line, show
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
from wetrun.report.timeline import timeline

if TYPE_CHECKING:
    from jinja2 import Environment

__all__ = ["html"]


def html(report: RehearsalReport) -> str:
    """Write the report as a self-contained HTML page.

    Everything that comes from the plan or from a program's output is cleaned and escaped. A content security policy
    allows the page's own style and script by their hashes and nothing else, so that nothing that was smuggled in could
    run or load.
    """
    style, script = _asset("palette.css") + _asset("page.css") + _asset("picture.css"), _asset("page.js")
    page = (
        _environment()
        .get_template("page.html")
        .render(
            report=report,
            style=style,
            script=script,
            policy=_policy(style, script),
            figures=figures(report),
            realism=realism(report),
            matrix=matrix(report),
            blind_spots=blind_spots(report),
            headline=headline(report.verdict.word),
            tone=VERDICT_TONES[report.verdict.word],
            timeline=timeline,
            nothing=NOTHING,
            check_signs=CHECK_SIGNS,
            outcome_tones=OUTCOME_TONES,
            anchors=_anchors([run.name for run in report.runs]),
        )
    )
    return page.lstrip()


def _environment() -> "Environment":
    # Jinja costs more to import than `wetrun --help` may take altogether.
    from jinja2 import Environment, FunctionLoader, StrictUndefined

    environment = Environment(
        loader=FunctionLoader(_asset), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters.update(_FILTERS)
    # Whatever is printed is cleaned first, so that no template can forget to.
    environment.finalize = _finalize
    return environment


def _finalize(value: object) -> object:
    # What a macro wrote is markup already, and was cleaned when the macro printed it.
    return value if hasattr(value, "__html__") else clean(str(value))


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


def pieces(text: str) -> tuple[tuple[bool, str], ...]:
    """Split words on one line at literals in backticks: whether a piece is a literal, and its text."""
    split = re.split("`([^`]+)`", clean_line(text, 1500))
    return tuple((bool(index % 2), piece) for index, piece in enumerate(split) if piece)


_FILTERS: Mapping[str, Callable[..., object]] = {
    "by_section": by_section,
    "downtime": downtime,
    "duration": duration,
    "expectation": expectation,
    "line": clean_line,
    "noticed_by": noticed_by,
    "number": number_in_words,
    "pieces": pieces,
    "restored": restored,
    "show": show,
}


def _asset(name: str) -> str:
    return files("wetrun.report").joinpath("templates", name).read_text(encoding="utf-8")


def _policy(style: str, script: str) -> str:
    return (
        f"default-src 'none'; style-src '{_hash(style)}'; script-src '{_hash(script)}'; "
        "img-src data:; base-uri 'none'; form-action 'none'"
    )


def _hash(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _anchors(names: list[str]) -> list[str]:
    """One anchor per name, unique although names may differ in nothing that an anchor keeps."""
    return [f"run-{index}-{re.sub(r'[^a-z0-9]+', '-', name.lower()).strip('-')}" for index, name in enumerate(names, 1)]
