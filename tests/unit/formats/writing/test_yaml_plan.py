"""Drafts as people read them: beside each value where it comes from, and what is only a guess."""

from wetrun.errors import Place
from wetrun.formats.writing.tree import Branch, Draft, Leaf, Listing, drafted
from wetrun.formats.writing.yaml_plan import to_yaml


def _at(line: int) -> Place:
    return Place("R.md", line, 1)


def _written(**entries: Draft) -> list[str]:
    return to_yaml(Branch(dict(entries), _at(1)), (), ()).splitlines()


def test_a_line_that_was_just_said_is_said_again() -> None:
    """The line above belongs to another value: a reader cannot know that it speaks for this one, too."""
    service = Branch({"stop": Leaf("a", _at(4)), "start": Leaf("b", _at(4)), "process": Leaf("c", _at(5))}, _at(4))
    written = _written(services=Branch({"web": service}, _at(4)))
    assert written[-3:] == [
        "    stop: a  # from line 4",
        "    start: b  # from line 4",
        "    process: c  # from line 5",
    ]


def test_a_key_speaks_for_all_below_it() -> None:
    """Twenty lines of one expectation with the same remark could not be read."""
    written = _written(phases=Listing([drafted({"name": "x", "steps": ["a", "b"]}, _at(7))], _at(7)))
    assert written[1:] == ["phases:  # from line 7", "- name: x", "  steps:", "  - a", "  - b"]


def test_what_the_source_does_not_say_is_a_default() -> None:
    """`from line 1` would send the reader to a heading that says nothing of it."""
    state = {"tree": drafted({"tree": "."}, _at(1), "a start", stated=False), "commit": Leaf("c", _at(1))}
    written = _written(state=Branch(state, _at(1)))
    assert written[1:] == [
        "state:",
        "  tree:  # default; a guess: a start",
        "    tree: .",
        "  commit: c  # from line 1",
    ]
