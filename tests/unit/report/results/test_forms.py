"""Text, JSON and page of the results: they agree, they keep their promises, and nothing of a stranger gets out."""

import json
import re
from html import unescape

from hostile_report import poisoned
from sample_report import HOSTILE
from sample_results import foreseen, good_runs, sample_source, source
from wetrun.report.data import to_json
from wetrun.report.page import html
from wetrun.report.plain import text
from wetrun.report.results.in_json import KEYS, ROW_KEYS, results_json
from wetrun.report.results.in_text import blocks
from wetrun.report.results.making import results
from wetrun.report.results.model import AdviceWord, ConclusionKind, RiskLevel, Shown, Stands
from wetrun.report.results.risk import RULES
from wetrun.report.results.tones import SHOWN_SIGNS, TONES
from wetrun.report.results.wording import MEANINGS


def test_every_key_is_documented_and_there() -> None:
    """Programs are written against these keys."""
    data = json.loads(json.dumps(results_json(results(sample_source())), allow_nan=False))
    assert list(data) == list(KEYS)
    assert all(list(row) == list(ROW_KEYS) for group in data["statements"] for row in group["rows"])
    assert data["risk"]["level"] == "HIGH"
    shown = {one["text"]: one["shown"] for one in data["readiness"]}
    assert (shown["It deploys"], shown["A loss is noticed"], shown["The team agrees"]) == (True, False, None)


def test_the_report_holds_the_results_where_they_were_asked_for() -> None:
    """Null is what was not asked for; it is never a pass."""
    made = sample_source()
    assert to_json(made.report)["results"] is None
    assert to_json(made.report, results(made))["results"] == results_json(results(made))


def test_the_short_form_names_what_was_not_shown_and_counts_the_rest() -> None:
    """A terminal has room for what matters: what does not follow, what was not shown, what to do."""
    made = sample_source()
    found = results(made)
    words = text(made.report, found)
    assert "\nrecommendation: do not deploy\n" in words
    assert "\nrisk level: HIGH\n" in words
    good = sum(one.shown is Shown.YES for one in found.checklist)
    assert f"\nreadiness: {good} of {len(found.checklist)} items shown\n" in words
    assert "  ✗ shown not to be so: A loss is noticed: `gone` ended `escaped`" in words
    assert "  · not shown: The team agrees" in words
    assert "It deploys" not in words
    wrong = [row for group in found.groups for row in group.rows if row.stands is Stands.DOES_NOT_FOLLOW]
    assert words.count("  does not follow: ") == len(wrong)
    assert "recommendation" not in text(made.report)


def test_the_page_tells_all_of_it() -> None:
    """What the page leaves out, nobody sees."""
    made = sample_source()
    found = results(made)
    page = re.sub(r"<[^>]+>", "", unescape(html(made.report, None, found)))
    for group in found.groups:
        assert group.title in page
        for row in group.rows:
            assert row.claimed.replace("`", "") in page
            assert row.measured in page
            assert row.computed in page
    for one in found.conclusions:
        assert one.text.replace("`", "") in page
    for item in found.checklist:
        assert item.text in page
    for rule in RULES.values():
        assert rule.replace("`", "") in page
    assert "What follows" not in re.sub(r"<[^>]+>", "", html(made.report))


def test_names_lead_to_their_runs() -> None:
    """A sentence about a run is one click away from its proof."""
    made = source(good_runs(), odds=foreseen())
    page = html(made.report, None, results(made))
    targets = set(re.findall(r'href="#(run-[^"]+)"', page))
    assert targets <= set(re.findall(r'id="(run-[^"]+)"', page))
    assert page.count('href="#run-2-gone"') > 1


def test_every_word_has_a_tone_and_a_meaning() -> None:
    """The rarest word is the one that matters; and a colour never stands alone."""
    assert set(TONES) == {*Stands, *ConclusionKind, *RiskLevel, *AdviceWord, *Shown}
    assert set(MEANINGS) == set(Stands)
    assert set(RULES) == set(RiskLevel)
    assert set(SHOWN_SIGNS) == set(Shown)
    assert len(set(SHOWN_SIGNS.values())) == len(Shown)


def test_hostile_words_stay_words() -> None:
    """Names, reasons and documents come from repositories of others."""
    made = sample_source()
    found = poisoned(results(made))
    page = html(made.report, None, found)
    body = re.sub(r"<script>.*?</script>", "", page, flags=re.DOTALL)
    assert HOSTILE[:20] not in body
    assert "<img" not in body
    assert "window.pwned" in body  # it is there, as text
    lines = [line for block in blocks(found) for line in block]
    words = text(made.report, found)
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\ud800-\udfff]", words)
    assert all("\n" not in line for line in lines)
