"""What the pages about `wetrun.odds` promise."""

import doctest
import subprocess
import sys
from pathlib import Path

import pytest

from wetrun import odds
from wetrun.odds.reference import reference

DOCS = Path(__file__).parents[3] / "docs"


def test_the_tutorial_answers_what_it_shows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every line of the page, run in its order: an example that fails is the first thing that a user tries."""
    page = DOCS / "tutorial/odds-in-python.md"
    monkeypatch.chdir(tmp_path)
    said: list[str] = []
    examples = doctest.DocTestParser().get_doctest(page.read_text(), {}, page.name, str(page), 0)
    ran = doctest.DocTestRunner().run(examples, out=said.append)
    assert ran.attempted > 30
    assert ran.failed == 0, "".join(said)


def test_the_reference_holds_everything_public() -> None:
    """Every name, and every method of what users hold in their hands, with what it says of itself."""
    text = reference()
    for name in odds.__all__:
        assert f"### `{name}" in text
    for method in (
        "Model.forecast(",
        "Model.what_if(",
        "Time.quantile(",
        "Outcome.exact",
        "Plan.forecast(",
        "Time.if_any",
    ):
        assert f"#### `{method}" in text


def test_the_root_of_the_package_stays_light() -> None:
    """Whoever imports `wetrun` for its version pays for nothing else."""
    heavy = "{'wetrun', 'numpy', 'dataclasses'}"
    code = f"import sys, wetrun; print([name for name in sys.modules if name.partition('.')[0] in {heavy}])"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "['wetrun']"


def test_types_are_published() -> None:
    """Without the marker, type checkers treat everything as unknown, in silence."""
    assert (Path(odds.__file__).parents[1] / "py.typed").is_file()
