"""Importing again: what a person changed stays, what the runbook changed comes, and nobody loses a word."""

from wetrun.formats.writing.merging import merge

BASE = "name: x  # from line 1\nsteps:\n- run: a  # from line 3\n- run: b  # from line 4\n- run: c  # from line 5\n"


def test_changes_on_both_sides_are_kept() -> None:
    """This is what importing again is for."""
    mine = BASE.replace("run: a", "run: A")
    theirs = BASE.replace("run: c", "run: C")
    merged = merge(BASE, mine, theirs)
    assert merged.conflicts == ()
    assert "run: A" in merged.text
    assert "run: C" in merged.text


def test_moved_lines_are_no_change() -> None:
    """A line above moves every number; without this each import would be one great conflict."""
    mine = BASE.replace("run: b  # from line 4", "run: b --mine  # from line 4")
    theirs = BASE.replace("line 3", "line 13").replace("line 4", "line 14").replace("line 5", "line 15")
    merged = merge(BASE, mine, theirs)
    assert merged.conflicts == ()
    assert "run: b --mine  # from line 4" in merged.text
    assert "run: c  # from line 15" in merged.text


def test_a_guess_that_was_confirmed_is_kept() -> None:
    """People confirm a guess by deleting its mark; it must not come back."""
    base = "a: 1  # from line 1; a guess: so it seems\nb: 2  # from line 2\n"
    mine = "a: 1\nb: 2  # from line 2\n"
    assert merge(base, mine, base.replace("line 2", "line 3")).conflicts == ()


def test_the_same_place_is_a_conflict_that_shows_both() -> None:
    """Nobody's words are thrown away."""
    merged = merge(BASE, BASE.replace("run: b", "run: mine"), BASE.replace("run: b", "run: theirs"), label="R.md")
    (conflict,) = merged.conflicts
    assert conflict.line == 4
    assert conflict.mine == ("- run: mine  # from line 4",)
    assert conflict.theirs == ("- run: theirs  # from line 4",)
    assert "<<<<<<< yours\n- run: mine" in merged.text
    assert ">>>>>>> R.md" in merged.text


def test_the_same_change_on_both_sides_is_none() -> None:
    """A correction in the plan that then comes from the runbook, too."""
    changed = BASE.replace("run: b", "run: B")
    assert merge(BASE, changed, changed).conflicts == ()


def test_added_and_removed_lines() -> None:
    """Steps come and go on either side."""
    mine = BASE.replace("- run: a  # from line 3\n", "")
    theirs = BASE + "- run: d  # from line 6\n"
    merged = merge(BASE, mine, theirs)
    assert merged.conflicts == ()
    assert "run: a" not in merged.text
    assert "run: d" in merged.text


def test_neighbouring_lines_are_two_values() -> None:
    """A person changes one step and the runbook the next one: nothing is in doubt."""
    merged = merge(BASE, BASE.replace("run: a", "run: mine"), BASE.replace("run: b", "run: theirs"))
    assert merged.conflicts == ()
    assert "- run: mine" in merged.text
    assert "- run: theirs" in merged.text


def test_lines_that_were_moved_are_not_paired() -> None:
    """As many lines as before are not the same lines: a step that one side removed must not come back changed."""
    mine = BASE.replace("- run: a  # from line 3\n", "").replace("- run: b", "- run: b\n- wait: 3s")
    merged = merge(BASE, mine, BASE.replace("run: b", "run: theirs"))
    assert len(merged.conflicts) == 1
