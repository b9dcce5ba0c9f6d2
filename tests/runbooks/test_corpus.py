"""Small runbooks in the shapes that real ones have: what each becomes, and what is found in it, word by word.

`python tests/runbooks/test_corpus.py` writes the expected texts anew; read the difference before you commit it.
"""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from wetrun.errors import PlanError
from wetrun.faults.registry import catalogue
from wetrun.formats.problems import render_all
from wetrun.formats.runbook.document.decoding import decode
from wetrun.formats.runbook.reading import Runbook, read_runbook
from wetrun.formats.writing.yaml_plan import to_yaml
from wetrun.formats.yaml_plan import read_plan
from wetrun.lint.registry import lint
from wetrun.lint.subject import Subject

HERE = Path(__file__).parent
RUNBOOKS = sorted((HERE / "corpus").glob("*.md"))


def _read(path: Path) -> Runbook:
    return read_runbook(decode(path.read_bytes()), path.name, catalogue())


def _told(path: Path) -> Iterator[str]:
    """The plan without what every plan has, what is unverified, and what is found."""
    try:
        found = _read(path)
    except PlanError as error:
        yield render_all(error)
        return
    yield to_yaml(found.draft, (), ()).rstrip()
    yield ""
    yield from (f"unverified {each.place.line}: {each.text}" for each in found.facts.unverified)
    for left in found.facts.remaining:
        yield f"nothing from {left.place.line}: {left.text}" + (f" (and {left.lines - 1})" if left.lines > 1 else "")
    subject = Subject(found.plan, found.text, found.facts, found.findings, is_runbook=True)
    for finding in lint(subject):
        if finding.rule != "unverified-expectation":
            place = f"{finding.place.line}:{finding.place.column}"
            yield f"{finding.severity.value} {place} {finding.rule}: {finding.message}"


@pytest.mark.parametrize("path", RUNBOOKS, ids=lambda path: path.stem)
def test_a_runbook_becomes_the_plan_that_it_means(path: Path) -> None:
    """What a runbook means is a matter of reading; a change of the reading must be seen and wanted."""
    assert "\n".join(_told(path)) + "\n" == path.with_suffix(".txt").read_text()


@pytest.mark.parametrize("path", RUNBOOKS, ids=lambda path: path.stem)
def test_the_written_plan_is_the_plan_that_was_read(path: Path) -> None:
    """A draft that means something else than the runbook would rehearse one thing and deploy another."""
    try:
        found = _read(path)
    except PlanError:
        return
    again = read_plan(to_yaml(found.draft, ("head",), ("tail",)), file=path.name, fault_kinds=catalogue())
    assert [step.action for _, step in again.steps()] == [step.action for _, step in found.plan.steps()]
    for one, other in zip(again.steps(), found.plan.steps(), strict=True):
        assert [(e.subject, e.matcher, e.selector) for e in one[1].expect] == [
            (e.subject, e.matcher, e.selector) for e in other[1].expect
        ]
    assert list(again.procedures) == list(found.plan.procedures)
    assert [scenario.fault.parameters for scenario in again.scenarios] == [
        scenario.fault.parameters for scenario in found.plan.scenarios
    ]


def _without_origin(text: str) -> Iterator[str]:
    """Lines with a value that neither says where it comes from nor stands below a key that says so."""
    around: list[tuple[int, bool]] = []
    block: int | None = None
    for line in text.splitlines():
        indent = len(line) - len(line.lstrip(" -"))
        if block is not None and indent > block:
            continue
        block = None
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        while around and around[-1][0] >= indent:
            around.pop()
        said = bool(re.search(r"  # (?:from line \d+|default)(?:; a guess: .+)?$", line))
        bare = re.sub(r"  # .*$", "", line)
        if not (said or bare.endswith(":") or any(above for _, above in around)):
            yield line
        around.append((indent, said))
        block = indent if bare.endswith("|-") else None


@pytest.mark.parametrize("path", RUNBOOKS, ids=lambda path: path.stem)
def test_every_value_says_where_it_comes_from(path: Path) -> None:
    """Whoever finishes a draft reads the two side by side; a value without its line has to be searched for."""
    try:
        text = to_yaml(_read(path).draft, (), ())
    except PlanError:
        return
    assert list(_without_origin(text)) == []


def test_there_are_enough_runbooks() -> None:
    """A folder that is not found would make every test above vanish without a word."""
    assert len(RUNBOOKS) >= 40


if __name__ == "__main__":
    for runbook in RUNBOOKS:
        runbook.with_suffix(".txt").write_text("\n".join(_told(runbook)) + "\n")
