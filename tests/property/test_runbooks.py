"""Laws of the importer: no input crashes it, what it writes is what it read, a merge loses nothing."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from random_examples import examples
from wetrun.errors import Place, PlanError
from wetrun.formats.decode.tree import Entries, Scalar
from wetrun.formats.decode.yaml_tree import compose
from wetrun.formats.runbook.document.decoding import decode
from wetrun.formats.runbook.reading import read_runbook
from wetrun.formats.writing.merging import merge
from wetrun.formats.writing.tree import Branch, Leaf
from wetrun.formats.writing.yaml_plan import to_yaml
from wetrun.formats.yaml_plan import read_plan
from wetrun.lint.registry import lint
from wetrun.lint.subject import Subject

LINES = st.sampled_from(
    [
        "```bash",
        "```",
        "```console",
        "    ls",
        "# Deploy",
        "## Rollback",
        "## Phase 1: Code (5 min)",
        "## Troubleshooting",
        "### Scenario 2: slow database (8% probability)",
        "### Scenario 3: memory leak",
        "#### Mitigation",
        "ls",
        "git pull",
        "ssh deploy@203.0.113.22",
        "ssh deploy@203.0.113.23",
        "exit",
        "cd /srv",
        "sleep 0",
        "sleep 5",
        "npm install",
        "pm2 restart notes",
        "pm2 status",
        "# Expected Output:",
        "# 9",
        "# Expected: 310+",
        "# Should be 20.x",
        "# < 500ms",
        '# Expected: {"a": ...',
        "# Potential Output:",
        "# If memory > 80mb for 0 min: ROLLBACK",
        "# exit code 999",
        "# Trigger: memory > 1gb",
        "$ ls",
        "> more",
        "[1]",
        "a* (glob)",
        "[ (re)",
        "cat <<EOF",
        "EOF",
        "if true; then",
        "fi",
        "git checkout <sha>",
        "| a | probability | success |",
        "|---|---|---|",
        "| x | 5% | 100% |",
        "**Total success rate:** 97%",
        "- [x] done",
        "- [ ] rollback tried",
        "1. first",
        "",
        "   ",
        "\t",
        "'",
        '"',
        "`",
        "\\",
        "âœ“ odd",
        "\u2028",
        "\x00",
        "curl -s https://x.test/a?b=c | jq .",
        "/",
        "## /",
        "## 🚀",
        'node -e "',
        "**Recovery time:** <10 minutes",
    ]
)
DOCUMENTS = st.lists(LINES | st.text(max_size=40), max_size=40).map("\n".join)


def _read(text: str) -> None:
    try:
        found = read_runbook(text, "R.md")
    except PlanError as error:
        known = ("no commands to run", "nested too deep")
        assert any(words in str(error) for words in known)  # noqa: PT017 - anything else is a crash in disguise
        return
    lint(Subject(found.plan, found.text, found.facts, found.findings, is_runbook=True))
    again = read_plan(to_yaml(found.draft, ("head",), ("tail",)), file="R.md", fault_kinds=None)
    assert [(step.name, step.action) for _, step in again.steps()] == [
        (s.name, s.action) for _, s in found.plan.steps()
    ]
    lines = found.text.count("\n") + 1
    for _, step in found.plan.steps():
        assert step.place is not None
        assert 1 <= step.place.line <= lines


@settings(max_examples=examples(150), deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(DOCUMENTS)
def test_no_document_crashes_the_importer(text: str) -> None:
    """Runbooks are written by people; whatever they write is read, or refused with a reason."""
    _read(text)


@settings(max_examples=examples(60), deadline=None)
@given(st.binary(max_size=400))
def test_no_bytes_crash_the_importer(data: bytes) -> None:
    """Files come from wikis, mails and editors of all times."""
    _read("```bash\n" + decode(data).text + "\n```")


@pytest.mark.parametrize(
    "text",
    [
        "> " * 3000 + "ls",
        "```bash\n" + "(" * 3000 + "\n```",
        "```bash\n" + "if true; then\n" * 500 + "```",
        "- " * 3000 + "x",
        "```bash\n" + "$(" * 2000 + "\n```",
        "# Expected: " + "[" * 5000,
        "```bash\nls\n# " + '{"a":' * 3000 + "\n```",
    ],
    ids=["quotations", "parentheses", "ifs", "lists", "substitutions", "brackets", "objects"],
)
def test_deep_nesting_crashes_nothing(text: str) -> None:
    """A stack that overflows ends the program without a word."""
    _read(text)


@settings(max_examples=examples(200), deadline=None)
@given(st.text(max_size=60) | st.lists(st.text(max_size=15), max_size=4).map("\n".join) | st.integers() | st.booleans())
def test_every_value_is_written_as_it_is(value: str | int | bool) -> None:  # noqa: FBT001 - it is the value
    """A command that changes when it is written down is another command."""
    place = Place("x", 1, 1)
    text = to_yaml(Branch({"key": Branch({"inner": Leaf(value, place)}, place)}, place), (), ())
    root, problems = compose(text, "x")
    assert not problems
    assert isinstance(root, Entries)
    outer = root.entries[0].value
    assert isinstance(outer, Entries)
    inner = outer.entries[0].value
    assert isinstance(inner, Scalar)
    assert inner.value == value


@settings(max_examples=examples(150), deadline=None)
@given(*[st.lists(st.sampled_from("abcdef"), max_size=12).map("\n".join)] * 3)
def test_merging_keeps_to_its_laws(base: str, mine: str, theirs: str) -> None:
    """Who alone changed something gets it; what both changed alike is no conflict; nothing is lost without one."""
    assert merge(base, mine, base).text == mine
    assert merge(base, base, theirs).text == theirs
    assert merge(base, mine, mine).text == mine
    merged = merge(base, mine, theirs)
    if merged.conflicts:
        assert "<<<<<<< yours" in merged.text
