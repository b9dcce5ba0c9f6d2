"""Pictures in a real browser, whose letters are as wide as they are: nothing overlaps, nothing is cut off."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import pytest

from sample_pictures import hostile_pictures, sample_pictures
from wetrun.report.pictures.drawing import NARROW, WIDE, Drawing, standalone

if TYPE_CHECKING:
    from playwright.sync_api import Browser

sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
CHROMIUM = Path("/usr/bin/chromium")

pytestmark = pytest.mark.skipif(not CHROMIUM.exists(), reason=f"no browser at {CHROMIUM}")

FLAWS = """() => {
  const frame = document.documentElement.getBoundingClientRect(), flaws = [];
  const texts = [...document.querySelectorAll("text")].map((one) => [one.textContent, one.getBoundingClientRect()]);
  for (const one of document.querySelectorAll("text, rect, circle, path, line")) {
    const box = one.getBoundingClientRect();
    if (box.left < frame.left - 1 || box.right > frame.right + 1 || box.top < -1 || box.bottom > frame.bottom + 1)
      flaws.push(`outside: ${one.tagName} ${one.textContent.slice(0, 40)}`);
  }
  texts.forEach(([words, a], index) => {
    for (const [others, b] of texts.slice(index + 1))
      if (a.left < b.right - 0.5 && b.left < a.right - 0.5 && a.top < b.bottom - 1 && b.top < a.bottom - 1)
        flaws.push(`overlap: ${words.slice(0, 40)} / ${others.slice(0, 40)}`);
  });
  return flaws;
}"""


@pytest.fixture(scope="module")
def browser() -> "Iterator[Browser]":
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.mark.parametrize("width", [WIDE, NARROW])
@pytest.mark.parametrize("pictures", [sample_pictures, hostile_pictures])
def test_nothing_overlaps_and_nothing_is_cut_off(
    browser: "Browser", tmp_path: Path, pictures: Callable[[float], list[Drawing]], width: float
) -> None:
    """Widths of letters are estimates when a picture is laid out; only a browser knows whether they held."""
    page = browser.new_page()
    for drawing in pictures(width):
        file = tmp_path / f"{drawing.name}.svg"
        file.write_text(standalone(drawing), encoding="utf-8")
        page.goto(file.as_uri())
        assert page.evaluate(FLAWS) == [], drawing.name
    page.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_file_by_itself_has_its_own_colours(
    browser: "Browser", tmp_path: Path, scheme: Literal["light", "dark"]
) -> None:
    """`--plot` writes a file that is opened alone: without the page's colours it would be black on black."""
    file = tmp_path / "alone.svg"
    file.write_text(standalone(sample_pictures(WIDE)[0]), encoding="utf-8")
    page = browser.new_page(color_scheme=scheme)
    page.goto(file.as_uri())
    colours = page.evaluate(
        "['rect.ground', 'text.figure'].map((one) => getComputedStyle(document.querySelector(one)).fill)"
    )
    assert (
        colours
        == {
            "light": ["rgb(252, 252, 251)", "rgb(27, 30, 34)"],
            "dark": ["rgb(21, 23, 26)", "rgb(227, 230, 233)"],
        }[scheme]
    )
    page.close()
