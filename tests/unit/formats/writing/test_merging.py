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
    assert "run: b --mine  # from line 14" in merged.text
    assert "run: c  # from line 15" in merged.text


def test_a_line_of_the_person_follows_when_lines_come_above() -> None:
    """A remark that points at another line than the one it came from is worse than none."""
    mine = BASE.replace("run: b", "run: b --mine").replace("- run: c", "- wait: 3s\n- run: c")
    theirs = BASE.replace("line 4", "line 6").replace("line 5", "line 7")
    text = merge(BASE, mine, theirs).text
    assert "- run: a  # from line 3\n- run: b --mine  # from line 6\n- wait: 3s\n- run: c  # from line 7\n" in text


def test_a_settled_place_follows_too() -> None:
    """Where the person's side stays in a conflict, the value still comes from the line that the runbook has now."""
    theirs = BASE.replace("run: b", "run: theirs").replace("line 4", "line 9").replace("line 5", "line 10")
    merged = merge(BASE, BASE.replace("run: b", "run: mine"), theirs)
    assert len(merged.conflicts) == 1
    moved = BASE.replace("line 4", "line 9").replace("line 5", "line 10")
    assert merged.settled == moved.replace("run: b", "run: mine")


def test_what_looks_like_a_remark_in_a_block_of_lines_is_text() -> None:
    """A program may print `# from line 4`: it is the person's to change, and no number to count on."""
    base = "steps:\n- run: |-  # from line 2\n    cat <<E\n    x  # from line 3\n  limit: 5m  # from line 9\n"
    mine = base.replace("x  # from line 3", "x  # from line 7")
    merged = merge(base, mine, base.replace("line 2", "line 4").replace("line 9", "line 11"))
    assert merged.text == mine.replace("line 2", "line 4").replace("line 9", "line 11")


def test_a_guess_that_was_confirmed_is_kept() -> None:
    """People confirm a guess by deleting its mark; it must not come back."""
    base = "a: 1  # from line 1; a guess: so it seems\nb: 2  # from line 2\n"
    mine = "a: 1\nb: 2  # from line 2\n"
    merged = merge(base, mine, base.replace("line 2", "line 3"))
    assert merged.conflicts == ()
    assert merged.text == "a: 1\nb: 2  # from line 3\n"
    other = merge(base, mine, base.replace("so it seems", "so it says now"))
    assert "a guess: so it says now" in other.text


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
