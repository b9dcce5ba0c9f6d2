"""The page in a real browser: nothing leaves it, it fits a phone, it can be read, and nothing in it can run."""

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import pytest

from hostile_report import hostile_report, poisoned
from sample_forecast import hostile_forecast, sample_forecast
from sample_report import sample_report
from sample_results import sample_source
from wetrun.report.forecast_page import forecast_page, odds_section
from wetrun.report.page import html
from wetrun.report.results.making import results

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page, Route

sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
CHROMIUM = Path("/usr/bin/chromium")

pytestmark = pytest.mark.skipif(not CHROMIUM.exists(), reason=f"no browser at {CHROMIUM}")

PAGES = ("sample", "hostile", "forecast", "odds", "results", "hostile-results")
Scheme = Literal["light", "dark"]
OPEN_ALL = "for (const one of document.querySelectorAll('details')) one.open = true"
OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
CONTRAST = """() => {
  // The ratio of WCAG 2.2 for every visible text against the nearest painted ancestor, or the bar in an SVG.
  const parse = (text) => { const [r, g, b, a = 1] = text.match(/[\\d.]+/g).map(Number); return { r, g, b, a }; };
  const over = (top, below) => ({
    r: top.r * top.a + below.r * (1 - top.a), g: top.g * top.a + below.g * (1 - top.a),
    b: top.b * top.a + below.b * (1 - top.a), a: 1 });
  const light = ({ r, g, b }) => {
    const [x, y, z] = [r, g, b].map((c) => (c /= 255) <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
    return 0.2126 * x + 0.7152 * y + 0.0722 * z;
  };
  const behind = (element) => {
    const layers = [];
    for (let one = element; one; one = one.parentElement) {
      const bar = one instanceof SVGSVGElement && one.querySelector(":scope > rect.bar");
      const color = parse(bar ? getComputedStyle(bar).fill : getComputedStyle(one).backgroundColor);
      if (color.a > 0) layers.push(color);
      if (color.a === 1) break;
    }
    return layers.reverse().reduce((below, top) => over(top, below), { r: 255, g: 255, b: 255, a: 1 });
  };
  const poor = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  let seen = 0;
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement;
    if (!walker.currentNode.data.trim() || element.closest("script, style, title, .unseen, .skip")) continue;
    if (!element.getClientRects().length) continue;
    seen += 1;
    const style = getComputedStyle(element);
    const below = behind(element);
    const color = over(parse(element instanceof SVGElement ? style.fill : style.color), below);
    const [a, b] = [light(color), light(below)].sort((x, y) => y - x);
    const large = parseFloat(style.fontSize) >= 24 || (parseFloat(style.fontSize) >= 18.66 && style.fontWeight >= 700);
    const ratio = (a + 0.05) / (b + 0.05);
    if (ratio < (large ? 3 : 4.5)) {
      const words = walker.currentNode.data.slice(0, 30);
      poor.push(`${ratio.toFixed(2)} ${element.tagName}.${element.getAttribute("class")} ${words}`);
    }
  }
  return { seen, poor: [...new Set(poor)] };
}"""


@pytest.fixture(scope="module")
def browser() -> Iterator["Browser"]:
    with sync_api.sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield running
        running.close()


class Visit:
    """A page that was opened, with everything that it asked for and complained about."""

    def __init__(self, page: "Page", path: Path) -> None:
        self.page = page
        self.requests: list[str] = []
        self.complaints: list[str] = []
        page.on("console", lambda message: self.complaints.append(message.text))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("dialog", lambda dialog: self.complaints.append(dialog.message))
        page.route("**/*", self._route)
        page.goto(path.as_uri())

    def _route(self, route: "Route") -> None:
        self.requests.append(route.request.url)
        if len(self.requests) == 1:
            route.continue_()
        else:
            route.abort()


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("pages")
    paths = {name: folder / f"{name}.html" for name in PAGES}
    paths["sample"].write_text(html(sample_report()), encoding="utf-8")
    paths["hostile"].write_text(html(hostile_report()), encoding="utf-8")
    paths["forecast"].write_text(forecast_page(hostile_forecast()), encoding="utf-8")
    paths["odds"].write_text(html(sample_report(), odds_section(sample_forecast())), encoding="utf-8")
    made = sample_source()
    paths["results"].write_text(html(made.report, None, results(made)), encoding="utf-8")
    paths["hostile-results"].write_text(html(made.report, None, poisoned(results(made))), encoding="utf-8")
    return paths


@pytest.fixture
def visit(browser: "Browser", pages: dict[str, Path]) -> Iterator["Visits"]:
    visits = Visits(browser, pages)
    yield visits
    visits.close()


class Visits:
    """Opens pages, each in a context of its own."""

    def __init__(self, browser: "Browser", pages: dict[str, Path]) -> None:
        self._browser = browser
        self._pages = pages
        self._contexts: list[BrowserContext] = []

    def __call__(self, name: str, *, width: int = 1280, scheme: Scheme = "light", script: bool = True) -> Visit:
        context = self._browser.new_context(
            viewport={"width": width, "height": 900}, color_scheme=scheme, java_script_enabled=script
        )
        self._contexts.append(context)
        return Visit(context.new_page(), self._pages[name])

    def close(self) -> None:
        for context in self._contexts:
            context.close()


@pytest.mark.parametrize("name", PAGES)
def test_no_request_leaves_the_page(visit: Visits, name: str) -> None:
    """The report is opened on laptops, attached to mails, put on servers: it must tell nobody, and need nobody."""
    opened = visit(name)
    opened.page.evaluate(OPEN_ALL)
    opened.page.wait_for_load_state("networkidle")
    assert [url for url in opened.requests if not url.startswith("data:")] == [opened.page.url]
    assert opened.complaints == []


def test_hostile_results_are_inert(visit: Visits) -> None:
    """Conclusions and checklists quote plans and runbooks, which strangers write."""
    page = visit("hostile-results").page
    page.evaluate(OPEN_ALL)
    assert page.evaluate("window.pwned") is None
    assert page.locator("img").count() == 0
    assert page.locator("script").count() == 1
    section = page.locator("section[aria-labelledby=results]").inner_text()
    section += page.locator("section[aria-label='What to do']").inner_text()
    assert section.count("<script>window.pwned = 1</script>") > 30
    assert not {"\x1b", "\x07", "\x00", "\u202e"} & set(section)


def test_hostile_output_is_inert(visit: Visits) -> None:
    """Whoever controls an output, a file's name or an answer must not control the page of the person who reads it."""
    page = visit("hostile").page
    page.evaluate(OPEN_ALL)
    assert page.evaluate("window.pwned") is None
    assert page.locator("img").count() == 0
    assert page.locator("script").count() == 1
    assert page.locator("pre").filter(has_text="<img src=").count() > 100
    body = page.inner_text("body")
    assert "</script></pre></details><script>window.pwned = 1</script>" in body
    assert "{{ 7 * 7 }} {% raw %}" in body
    assert not {"\x1b", "\x07", "\x00", "\u202e"} & set(body)


def test_a_script_that_was_smuggled_in_would_not_run(visit: Visits) -> None:
    """The policy is the second line of defence; it must hold when the first one does not."""
    opened = visit("sample")
    opened.page.evaluate(
        "document.body.insertAdjacentHTML('beforeend', '<img src=x onerror=\"window.pwned=1\">');"
        "const late = document.createElement('script'); late.textContent = 'window.pwned=1'; document.body.append(late)"
    )
    opened.page.wait_for_function("true")
    assert opened.page.evaluate("window.pwned") is None
    assert len(opened.requests) == 1
    assert any("Content Security Policy" in complaint for complaint in opened.complaints)


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("width", [360, 768, 1280])
def test_the_page_never_scrolls_sideways(visit: Visits, name: str, width: int) -> None:
    """It is read on a phone, on call, at night."""
    page = visit(name, width=width).page
    page.evaluate(OPEN_ALL)
    assert page.evaluate(OVERFLOW) <= 0


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize(("name", "least"), [("sample", 1000), ("results", 300)])
def test_every_text_has_enough_contrast(visit: Visits, scheme: Scheme, width: int, name: str, least: int) -> None:
    """WCAG AA, in both schemes: nobody must guess what a badge says."""
    page = visit(name, width=width, scheme=scheme).page
    page.evaluate(OPEN_ALL)
    result = page.evaluate(CONTRAST)
    assert result["seen"] > least
    assert result["poor"] == []


def test_the_scheme_follows_the_reader(visit: Visits) -> None:
    """A white page in a dark room is not dark mode."""
    background = "getComputedStyle(document.body).backgroundColor"
    assert visit("sample", scheme="light").page.evaluate(background) != visit("sample", scheme="dark").page.evaluate(
        background
    )


def test_folding_works_without_javascript(visit: Visits) -> None:
    """Mail readers and strict browsers run no scripts; nothing may be locked away behind one."""
    page = visit("sample", script=False).page
    run = page.locator("details.run").filter(has_text="database-down").first
    step = run.locator(".steps details").first
    assert not step.is_visible()
    run.locator("summary").first.click()
    step.locator("summary").click()
    assert step.locator("pre.command").is_visible()
    assert page.locator("button").count() == 0


def test_a_link_opens_its_run(visit: Visits) -> None:
    """The table is the way to the runs; a link to a folded one must unfold it."""
    page = visit("sample").page
    page.locator("table.scenarios a", has_text="memory-leak").click()
    assert page.locator("details.run[open] summary h3", has_text="memory-leak").is_visible()


def test_all_runs_unfold_and_fold(visit: Visits) -> None:
    """Searching a whole report by hand should take one click first."""
    page = visit("sample").page
    button = page.locator("button.toggle")
    button.click()
    assert page.locator("details.run:not([open])").count() == 0
    assert button.inner_text() == "Fold all runs"
    button.click()
    assert page.locator("details.run[open]").count() == 0


def test_a_conclusion_leads_to_its_run(visit: Visits) -> None:
    """A sentence is believed when its proof is one click away, unfolded."""
    page = visit("results").page
    page.locator(".conclusions a", has_text="gone").first.click()
    assert page.locator("details.run[open] summary h3", has_text="gone").is_visible()
    page.locator("summary", has_text="When it is called what").click()
    assert page.locator(".rules", has_text="upper end of its 90 % interval").is_visible()


@pytest.mark.parametrize("name", ["sample", "results"])
def test_the_page_can_be_walked_by_ear(visit: Visits, name: str) -> None:
    """Landmarks, headings, captions and names are what a screen reader has instead of the picture."""
    page = visit(name).page
    page.evaluate(OPEN_ALL)
    assert page.locator("header, main, footer").count() == 3
    assert page.locator("h1").count() == 1
    assert page.evaluate("[...document.querySelectorAll('table')].every(t => t.querySelector('th') && t.caption)")
    assert page.evaluate("[...document.querySelectorAll('figure')].every(s => s.getAttribute('aria-label'))")
    assert (
        page.evaluate("new Set([...document.querySelectorAll('[id]')].map(e => e.id)).size")
        == page.locator("[id]").count()
    )
    assert page.get_by_role("row", name={"sample": "memory-leak", "results": "gone"}[name]).count() >= 1
    levels = page.evaluate("[...document.querySelectorAll('h1,h2,h3,h4,h5')].map(h => Number(h.tagName[1]))")
    assert all(below - above <= 1 for above, below in pairwise(levels))


def test_the_table_keeps_its_meaning_on_a_phone(visit: Visits) -> None:
    """Stacked rows lose what browsers know of tables; the roles must bring it back."""
    page = visit("sample", width=360).page
    row = page.locator("table.scenarios").get_by_role("row").filter(has_text="memory-leak")
    assert row.get_by_role("cell").count() >= 5


def test_printing_unfolds_the_runs(visit: Visits) -> None:
    """On paper nothing can be opened later."""
    page = visit("sample").page
    folded = page.locator("details.run:not([open])").count()
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert page.locator("details.run:not([open])").count() == 0
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert page.locator("details.run:not([open])").count() == folded
