"""A plan's forecast as one HTML page that needs nothing else: no request leaves it, and it has no script."""

from collections.abc import Iterator
from typing import assert_never

from markupsafe import Markup

from wetrun.course.evidence import counted
from wetrun.report.answers_text import Answers
from wetrun.report.clock_tables import CLOCK_HEAD, clock_rows, downtime_of_all
from wetrun.report.forecast_pictures import outcomes_picture, pictures, tone_of
from wetrun.report.forecast_text import (
    evidence_lines,
    figures,
    fleet_of,
    no_odds,
    odds_cells,
    reading_lines,
    time_lines,
)
from wetrun.report.odds_section import OddsSection
from wetrun.report.pictures.drawing import NARROW, WIDE, inline
from wetrun.report.pictures.scales import chance, short_time
from wetrun.report.templating import asset, environment, policy
from wetrun.report.times_text import limits_of
from wetrun.simulate.claims import Judged, Standing
from wetrun.simulate.evidence.graded_inputs import DurationInput, GradedInput, NumberInput, OddsInput
from wetrun.simulate.evidence.observation import Origin
from wetrun.simulate.evidence.scores import Summary
from wetrun.simulate.known_inputs import KnownInput, known_inputs
from wetrun.simulate.known_times import SLOW
from wetrun.simulate.plan_forecast import PlanForecast
from wetrun.simulate.questions.words import in_words, percent

__all__ = ["forecast_page", "odds_section"]

_MOST = 12
_FIGURES = {
    "success": "success",
    "fleet.completed": "going through",
    "fleet.user_seconds": "users × time",
}
_STANDING_TONES = {
    Standing.HOLDS: "good",
    Standing.NOT_SUPPORTED: "fair",
    Standing.DOES_NOT_FOLLOW: "bad",
    Standing.NOT_COMPUTED: "unclear",
}


def forecast_page(found: PlanForecast, scores: Summary | None = None, asked: Answers | None = None) -> str:
    """Write a forecast as a self-contained HTML page.

    Args:
        found: The forecast.
        scores: How earlier forecasts fared, or None.
        asked: Answers to what somebody asked beside it, or None.
    """
    style = asset("palette.css") + asset("page.css") + asset("picture.css") + asset("forecast.css")
    runs = len(found.known.pool.runs)
    kind = "rehearsal" if found.known.origin is Origin.REHEARSAL else "deployment"
    costly = [one for one in found.sensitivities if one.cost > 0]
    page = (
        environment({"chance": chance, "percent": percent})
        .get_template("forecast.html")
        .render(
            found=found,
            asked=asked,
            no_odds=no_odds(found).partition(": ")[2],
            style=style,
            policy=policy(style),
            counted=f"{counted(runs, kind)} counted in" if runs else "by the plan's own numbers: no run is counted",
            tone=_tone(found),
            wide=[Markup(inline(drawing)) for drawing in pictures(found, WIDE, "-wide")],  # noqa: S704 - escaped there
            narrow=[Markup(inline(drawing)) for drawing in pictures(found, NARROW, "-narrow")],  # noqa: S704 - as above
            claims=[_claim(judged) for judged in found.claims],
            outcomes=list(_outcomes(found)),
            clocks=list(clock_rows(found)),
            clock_head=CLOCK_HEAD[1:],
            downtime=downtime_of_all(found),
            matters=[in_words(one, "success") for one in costly[:_MOST]],
            times=time_lines(found),
            readings=[line.removeprefix("  - ").strip() for line in reading_lines(found)],
            fleet=[line.removeprefix("  - ") for line in fleet_of(found)],
            evidence=list(evidence_lines(found, scores)),
            inputs=[_input(found.graded[name], known) for name, known in known_inputs(found).items()],
        )
    )
    return page.lstrip()


def odds_section(found: PlanForecast) -> OddsSection:
    """A forecast in brief, for the report of a rehearsal."""
    low, high = found.success_interval.low, found.success_interval.high
    level, nothing = percent(found.success_interval.level), no_odds(found)
    wide, narrow = (_section_picture(found, width) if found.has_odds else Markup() for width in (WIDE, NARROW))
    return OddsSection(
        headline=f"Deploys with {chance(found.success)} ({level} interval {chance(low)} to {chance(high)})."
        if found.has_odds
        else f"{nothing[0].upper()}{nothing[1:]}.",
        claims=tuple(_claim(judged) for judged in found.claims),
        wide=wide,
        narrow=narrow,
    )


def _section_picture(found: PlanForecast, width: float) -> Markup:
    return Markup(inline(outcomes_picture(found.odds, found.intervals, width, f"odds-{width:.0f}")))  # noqa: S704 - as above


def _tone(found: PlanForecast) -> str:
    """Good when every claim holds, bad when one does not follow, fair where it is hope; unclear without any."""
    standings = {judged.standing for judged in found.claims}
    for standing in (Standing.DOES_NOT_FOLLOW, Standing.NOT_COMPUTED, Standing.NOT_SUPPORTED, Standing.HOLDS):
        if standing in standings:
            return _STANDING_TONES[standing]
    return "unclear"


def _claim(judged: Judged) -> tuple[str, str, str, str]:
    claim, _, rest = str(judged).partition(": ")
    standing = judged.standing.value
    return claim, standing, rest.removeprefix(standing).lstrip(":; "), _STANDING_TONES[judged.standing]


def _outcomes(found: PlanForecast) -> Iterator[tuple[str, ...]]:
    """Rows of the table: name, odds, their interval, what the plan states, mean, P95, tone, both times' intervals."""
    known = found.time_intervals((SLOW,), (None,))[None].outcomes
    for name, timing in sorted(found.odds.total.outcomes.items(), key=lambda one: -one[1].probability):
        about = known.get(name)
        times = ("", "") if about is None else (limits_of(about.mean), limits_of(about.quantiles[SLOW]))
        yield name, *odds_cells(found, name, " – "), *figures(timing, (SLOW,)), tone_of(name), *times


def _input(given: GradedInput, known: KnownInput) -> tuple[str, ...]:
    """A row of the table: name, grade, what is stated, what is used, within, share, runs, what they show, support."""
    match given:
        case OddsInput(stated=stated, used=used, seen=seen, shown=shown):
            runs = f"{seen} of {given.runs}" if given.runs else "—"
            limits = "—" if shown is None else f"{chance(shown.low)} – {chance(shown.high)}"
            within = "—" if known.interval is None else f"{chance(known.interval.low)} – {chance(known.interval.high)}"
            figures = ("—" if stated is None else chance(stated), chance(used), within, _share(known), runs, limits)
        case DurationInput(stated=mean, used=used, p95=bounds):
            longest = "—" if bounds.maximum is None else f"at most {short_time(bounds.maximum)}"
            within = "—" if known.interval is None else limits_of(known.interval)
            told = "—" if mean is None else short_time(mean)
            figures = (told, short_time(used), within, _share(known), str(given.runs or "—"), longest)
        case NumberInput(stated=number, used=used):
            figures = ("—" if number is None else f"{number:g}", f"{used:g}", "—", "—", "—", "—")
        case _:
            assert_never(given)
    return given.name, given.grade.value, *figures, given.evidence


def _share(known: KnownInput) -> str:
    """How much of what is uncertain it explains, and of what."""
    if known.share is None:
        return "—"
    return f"{percent(known.share.part)} of {_FIGURES[known.share.of]}"
