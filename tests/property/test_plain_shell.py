"""Laws of reading shell lines without the grammar: it would read them as the same."""

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from random_examples import examples
from wetrun.shell.commands import _parsed_calls, calls_of
from wetrun.shell.plain import plain_words
from wetrun.shell.statements import Remark, Statement, _parts, _plain_parts, read_script

WORDS = [*"""
ls git ./deploy.sh /usr/bin/id sudo env timeout nohup xargs -u -rf --fail 5 1e5 --year=2 + +x - -- . .. : @ a@b.test:/srv %1 a:b a,b
ls git ./deploy.sh /usr/bin/id sudo env timeout nohup xargs -u -rf --fail 5 1e5 test let trap your-host YOUR_NAME TODO xxxx a-b. 2x
if then fi for in do done case esac select function coproc time declare export local readonly typeset unset unsetenv while until
A=1 A+=1 a=b=c =a == = [ ] [[ { } ! # #why a#b <sha> {NAME_X} é ~ \\ $HOME 'a' " | && ; & > 2>&1 * elif else
""".split(), "# why", "#", "\u00a0", "\x0b"]  # fmt: skip  # noqa: E501, SIM905 - a hundred words are read as words
GAPS = st.sampled_from([" ", " ", " ", "  ", "\t", ""])
LINES = st.lists(st.tuples(st.sampled_from(WORDS), GAPS), max_size=5).map(lambda parts: "".join(map("".join, parts)))
LETTERS = st.text("ab1 ./:@%+,=-_#\t", max_size=14)


@settings(max_examples=examples(1500), deadline=None)
@example("sudo -u deploy")
@example("b1 == x")
@example("a@b.test x")
@example("export A")
@given(LINES | LETTERS)
def test_words_alone_are_the_call_that_the_grammar_finds(text: str) -> None:
    """Whether a step changes anything, and what a rule warns of, is decided by its calls."""
    if plain_words(text) is not None:
        calls_of.cache_clear()
        assert calls_of(text) == _parsed_calls(text)


@settings(max_examples=examples(1500), deadline=None)
@example("ls  # why \n\n  # next\n\tmake x ")
@example("if\nls")
@given(
    st.lists(st.tuples(st.sampled_from(["", "", "  ", "\t"]), LINES | LETTERS).map("".join), max_size=4).map("\n".join)
)
def test_plain_lines_are_the_parts_that_the_grammar_finds(text: str) -> None:
    """A script cut at another place is another script."""
    plain = _plain_parts(text.split("\n"))
    assert plain is None or plain == _parts(text)


@pytest.mark.parametrize("word", [word for word in WORDS if " " not in word])
def test_each_word_is_read_as_the_grammar_reads_it(word: str) -> None:
    """Words that begin something else than a command are a closed set, and one of them is soon forgotten."""
    for text in (word, f"{word} a", f"a {word}", f"{word} a b=c", f"{word} -x", f"{word} a; {word}", f"{word}a 1"):
        assert calls_of(text) == _parsed_calls(text)
        assert _plain_parts([text]) in (None, _parts(text))


@pytest.mark.parametrize(
    "text", ["git pull --ff-only origin main", "curl --fail -s https://notes.test/parts/1", "2to3 x", "./a.sh\t-x=1"]
)
def test_what_people_type_most_is_plain(text: str) -> None:
    """If every line went to the grammar, all of this would hold, and long runbooks would take longer."""
    assert plain_words(text) == text.split()
    assert _plain_parts(["", f" {text} # why"]) == (
        Statement(text, 1, 1, 1),
        Remark("why", 1, len(text) + 2, trailing=True),
    )


def test_other_lines_make_the_grammar_read_all_of_a_script() -> None:
    """What looks like a command inside of a heredoc is none."""
    assert [type(part) for part in read_script("cat <<EOF\nls\nEOF\nls")] == [Statement, Statement]
