"""Prompts in shell blocks: what is a session, what is a script, and what of both is a command."""

import pytest

from wetrun.formats.runbook.commands.listing import list_commands
from wetrun.formats.runbook.document.blocks import Code


def _commands(text: str, language: str = "bash") -> list[str]:
    return [listed.text for listed in list_commands(Code(language, tuple(text.split("\n")), 0, 0)).commands]


def test_a_dollar_in_a_heredoc_is_no_prompt() -> None:
    """One line of text made a session of a script: every command before it was lost."""
    text = "make one\nmake two\ncat <<EOF > notes.txt\n$ 5 per unit\nEOF\nmake three"
    assert _commands(text) == ["make one", "make two", "cat <<EOF > notes.txt\n$ 5 per unit\nEOF", "make three"]


def test_a_dollar_in_a_quotation_is_no_prompt() -> None:
    """A message of several lines may quote a session."""
    assert _commands("echo 'try\n$ make' | mail ops\nmake") == ["echo 'try\n$ make' | mail ops", "make"]


@pytest.mark.parametrize(
    "prompt", ["$ ", "% ", "\u276f ", "deploy@web1:~$ ", "(venv) deploy@web1:~$ ", "[root@web1 ~]# "]
)
def test_a_prompt_amid_a_script_is_left_out_and_told(prompt: str) -> None:
    """The commands around it were dropped, or taken for what it prints; only a person knows what is right."""
    block = list_commands(Code("bash", ("make one", f"{prompt}make two", "make three"), 10, 4))
    assert [listed.text for listed in block.commands] == ["make one", "make two", "make three"]
    assert [(listed.line, listed.column) for listed in block.commands] == [(10, 4), (11, 4 + len(prompt)), (12, 4)]
    assert [(line, text) for line, _, text in block.doubts] == [(11, f"{prompt}make two")]


def test_a_loop_behind_a_prompt_amid_a_script_stays_whole() -> None:
    """Cut at its lines it would be four commands, none of which runs."""
    text = "make one\n$ for i in 1 2; do\n  make $i\ndone\nmake two"
    assert _commands(text) == ["make one", "for i in 1 2; do\n  make $i\ndone", "make two"]


def test_comments_before_the_first_prompt_do_not_count() -> None:
    """Most sessions begin with a comment that says what comes."""
    block = list_commands(Code("bash", ("# Look:", "", "$ make check", "ok"), 0, 0))
    (listed,) = block.commands
    assert (listed.text, listed.output) == ("make check", (3, ("ok",)))
    assert [words.text for words in listed.above] == ["Look:"]


def test_what_stands_before_the_first_prompt_of_a_session_is_told() -> None:
    """Nothing is dropped without a word: it may be a command that lost its prompt."""
    block = list_commands(Code("console", ("Last login: Monday", "make one", "$ make two"), 5, 0))
    assert [listed.text for listed in block.commands] == ["make two"]
    assert [(line, text) for line, _, text in block.doubts] == [(5, "Last login: Monday"), (6, "make one")]


def test_what_the_grammar_does_not_know_is_a_session_and_told() -> None:
    """Printed lines need not be a script; what was read as printed must be seen."""
    block = list_commands(Code("bash", ("make (one", "$ make two", "(ok"), 0, 0))
    assert [(listed.text, listed.output) for listed in block.commands] == [("make two", (2, ("(ok",)))]
    assert [line for line, _, _ in block.doubts] == [0]


@pytest.mark.parametrize("mark", ["", "> "])
def test_a_heredoc_in_a_session_stays_whole(mark: str) -> None:
    """With the shell's marks or without, its lines are neither commands nor what is printed."""
    text = f"$ cat <<EOF > notes\n{mark}hello\n{mark}$ 5\n{mark}EOF\n$ make"
    assert _commands(text) == ["cat <<EOF > notes\nhello\n$ 5\nEOF", "make"]
    assert _commands("$ cat <<-'E'\n\thello\n\tE\nhello\n$ make") == ["cat <<-'E'\n\thello\n\tE", "make"]
    assert _commands("$ cat <<<'EOF'\nEOF\n$ make\nEOF") == ["cat <<<'EOF'", "make"]


def test_comments_between_the_commands_of_a_session_are_not_printed() -> None:
    """`# Build` was expected to be printed by the command before it, which never does."""
    text = "# Install\n$ npm ci\nadded 3 packages\n\n# Build\n$ npm run build\n# Expected: exit 0\n# Done"
    block = list_commands(Code("bash", tuple(text.split("\n")), 0, 0))
    assert [(each.text, each.output) for each in block.commands] == [
        ("npm ci", (2, ("added 3 packages",))),
        ("npm run build", None),
    ]
    assert [[words.text for words in each.above] for each in block.commands] == [["Install"], ["Build"]]
    assert [[said.marker.rest for said in each.said] for each in block.commands] == [[], ["exit 0"]]
    assert [words.text for words in block.loose] == ["Done"]


def test_a_printed_comment_is_printed() -> None:
    """A configuration that is shown has comments of its own."""
    block = list_commands(Code("bash", ("$ cat a.conf", "port 80", "# a comment", "host x"), 0, 0))
    assert block.commands[0].output == (1, ("port 80", "# a comment", "host x"))


def test_a_hash_is_roots_prompt_only_where_root_is() -> None:
    """`# Install npm` as a command would fail; root's commands as comments would be lost."""
    assert _commands("# Install npm\n$ npm ci", "console") == ["npm ci"]
    assert _commands("# systemctl restart a\n# make", "console") == ["systemctl restart a", "make"]
    assert _commands("$ sudo -i\n# make", "console") == ["sudo -i", "make"]


def test_a_long_session_of_heredocs_without_an_end_takes_linear_time() -> None:
    """Each of them would look through all that follows."""
    text = "\n".join(f"$ cat <<E{n}\n# {n}\nx\n# y" for n in range(20_000))
    assert len(_commands(text)) == 20_000
