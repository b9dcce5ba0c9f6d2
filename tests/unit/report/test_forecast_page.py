"""A forecast as a page, as pictures and as the report's section: every number is the forecast's, nothing gets out."""

import re
from html import unescape
from xml.etree import ElementTree as ET

from sample_forecast import bare_forecast, hostile_forecast, sample_forecast
from wetrun.plan.claims import TimeOf
from wetrun.plan.expectations import JsonValue
from wetrun.report.answers_text import answers_in_words, answers_text
from wetrun.report.forecast_json import forecast_json
from wetrun.report.forecast_page import forecast_page, odds_section
from wetrun.report.forecast_pictures import pictures, stacked
from wetrun.report.forecast_text import forecast_text
from wetrun.report.odds_json import odds_json
from wetrun.report.pictures.drawing import NARROW, WIDE
from wetrun.report.pictures.scales import chance
from wetrun.report.times_text import told_time
from wetrun.simulate.plan_forecast import time_of
from wetrun.simulate.questions.wishes import plan_vocabulary
from wetrun.verbs.asking import Question, ask


def test_the_page_tells_what_was_computed() -> None:
    """A page that shows another number than the terminal makes both worthless."""
    found = sample_forecast()
    page = forecast_page(found)
    assert f"Deploys with {chance(found.success)}" in page
    for name, probability in found.odds.probabilities.items():
        assert name in page
        assert chance(probability) in page
    assert len(found.claims) == 3
    for judged in found.claims:
        assert f"</span>{judged.standing.value}</span>" in page
    for path in found.paths:
        assert " → ".join(path.words) in page
    told = unescape(page)
    for name, given in found.graded.items():
        assert f"<code>{name}</code></th><td>{given.grade.value}</td>" in told
        assert f'<td class="said">{given.evidence}</td>' in told
    assert "The fleet" in page


def test_the_page_answers_what_was_asked() -> None:
    """A page that is handed on without the question that it was made for sends its reader back to the terminal."""
    found = sample_forecast()
    question = Question(
        ("scenario.gone.probability=0:0.1:0.05", "rollback.takes=1m,10m"), ("total.p95<=13m", "stuck<=1e-6")
    )
    asked = ask(found.model, plan_vocabulary(found.graph), question)
    names = [axis.name for axis in asked.axes]
    answers = answers_in_words(names, asked.rows, found.graph.outcomes(), asked.goals, "s")
    page, text = unescape(forecast_page(found, asked=answers)), answers_text(answers)
    assert len(answers.rows) == len(answers.limits) == 6
    for row, limits in zip(answers.rows, answers.limits, strict=True):
        assert len(limits) == len(row) - 2
        for cell, known in zip(row[2:], limits, strict=True):
            assert f'<td class="number">{cell}<br><small>{known}</small></td>' in page
            assert cell in text
            assert known in text
    assert len(answers.goals) == 2
    for goal, lines in answers.goals:
        assert f"To reach {goal}" in page
        for line in lines:
            assert f"- {line}" in text
            assert line.replace("`", "") in re.sub(r"</?code>", "", page)
    assert "What was asked" not in forecast_page(found)


def test_a_plan_that_states_nothing_has_a_page_too() -> None:
    """The first thing that people try is the smallest plan; it must not look broken."""
    page = forecast_page(bare_forecast())
    assert "No odds of success" in page
    assert "Deploys with" not in page
    assert "What the plan claims" not in page
    assert "What matters most" not in page
    assert "states no time" in page


def test_nothing_of_a_plan_becomes_markup() -> None:
    """Plans are read from repositories of others."""
    page = forecast_page(hostile_forecast())
    assert "<script" not in page.lower()
    assert "<img" not in page.lower()
    assert "&lt;script&gt;" in page
    assert "&lt;b&gt;&amp;" in page


def test_the_page_asks_nobody() -> None:
    """It is attached to mails and opened on machines without a network."""
    page = forecast_page(sample_forecast())
    assert re.findall(r"(?:src|href)\s*=\s*\"(?!#)", page) == []
    assert "url(" not in page
    assert "script-src 'none'" in unescape(page)


def test_pictures_are_whole_files_with_unique_names() -> None:
    """One broken picture in a page of eight is found by whoever shows it to others."""
    for found in (sample_forecast(), bare_forecast(), hostile_forecast()):
        for width in (WIDE, NARROW):
            drawn = pictures(found, width)
            root = ET.fromstring(stacked(drawn))  # noqa: S314 - of our own making
            assert root.tag.endswith("svg")
        page = forecast_page(found)
        names = re.findall(r'\bid="([^"]+)"', page)
        assert len(names) == len(set(names))


def test_the_reports_section_is_the_forecast_in_brief() -> None:
    """What is said twice must be the same twice."""
    found = sample_forecast()
    section = odds_section(found)
    assert chance(found.success) in section.headline
    assert [row[1] for row in section.claims] == [judged.standing.value for judged in found.claims]
    assert "<svg" in section.wide
    assert "<svg" in section.narrow


def test_a_plan_without_a_probability_promises_no_success() -> None:
    """Nothing that could go wrong is stated: 100 % would be read as a promise, by people and by programs."""
    found = bare_forecast()
    headline = forecast_text(found).splitlines()[1]
    assert headline.startswith("no odds of success: the plan states no probability")
    assert "%" not in headline
    assert forecast_json(found, ["0.5"], {})["success"] == {"probability": None, "interval": None}
    assert "100 %" not in odds_section(found).headline
    assert "100 %" not in forecast_text(found)
    assert re.search(r"^deployed +not stated +— +—", forecast_text(found), re.MULTILINE)
    outcomes = forecast_json(found, ["0.5"], {})["outcomes"]
    assert isinstance(outcomes, dict)
    deployed = outcomes["deployed"]
    assert isinstance(deployed, dict)
    assert [deployed[key] for key in ("probability", "interval", "stated")] == [None, None, None]
    page = re.sub(r"<style>.*?</style>", "", forecast_page(found), flags=re.DOTALL)
    assert "not stated" in page
    assert "Its 100 %" not in page
    assert odds_section(found).wide == ""
    assert forecast_text(sample_forecast()).splitlines()[1].startswith("deploys with")


def test_the_terminal_tells_the_times_that_json_tells() -> None:
    """Whoever reads the terminal decides as whoever reads JSON: spreads, tails, and times by outcome are in both."""
    found = sample_forecast()
    lines, told = forecast_text(found).splitlines(), odds_json(found.odds, ["0.05", "0.5", "0.95", "0.99"], {})
    rows = {re.split(r"  +", line.strip())[0]: re.split(r"  +", line.strip())[1:] for line in lines if "  " in line}
    outcomes, tags = told["outcomes"], told["tags"]
    assert isinstance(outcomes, dict)
    assert isinstance(tags, dict)
    whole = next(at for at, line in enumerate(lines) if line.startswith("how long it takes"))
    clocks = next(at for at, line in enumerate(lines) if line.startswith("if it comes to that"))
    durations = {line.split()[0]: re.split(r"  +", line)[1:] for line in lines[whole + 1 : clocks - 1]}
    for name, one in outcomes.items():
        assert isinstance(one, dict)
        assert durations[name] == _times(one["time"], ("0.05", "0.5", "0.95", "0.99"))
    for tag, title in (("down", "downtime"), ("detecting", "time to detect"), ("recovering", "time to recover")):
        clock = tags[tag]
        assert isinstance(clock, dict)
        when = clock["if_any"]
        assert isinstance(when, dict)
        assert isinstance(when["probability"], float)
        assert rows[title] == [chance(when["probability"]), *_times(when, ("0.5", "0.95", "0.99"))]
    assert max(len(line) for line in lines[whole : clocks + 15] if line[:2] != "  - ") <= 100


def _times(told: JsonValue, levels: tuple[str, ...]) -> list[str]:
    """Mean, spread and quantiles as a terminal shows them."""
    assert isinstance(told, dict)
    quantiles = told["quantiles"]
    assert isinstance(quantiles, dict)
    values = [told["mean"], told["sd"], *(quantiles[level] for level in levels)]
    return [told_time(float("nan") if value is None else float(str(value))) for value in values]


def test_both_readings_of_a_quantile_of_downtime_are_told_apart() -> None:
    """A claim counts runs without downtime, the table does not: one P95 beside another looks like a mistake."""
    found = sample_forecast()
    line = next(line for line in forecast_text(found).splitlines() if line.startswith("downtime over all runs"))
    claimed = time_of(found.odds, TimeOf.DOWNTIME, 0.95)
    assert claimed is not None
    assert f"P95 {told_time(claimed)}" in line
    assert f"{line[0].upper()}{line[1:]}." in unescape(forecast_page(found))
