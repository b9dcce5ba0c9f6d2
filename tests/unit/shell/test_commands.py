"""The commands in a text: programs, words, pipes, and whether their failure can be seen."""

import pytest

from wetrun.shell.commands import calls_of


def test_every_command_is_found_wherever_it_stands() -> None:
    """A dangerous command in a loop or a substitution is as dangerous as one by itself."""
    text = "if a; then b; fi\nfor x in $(c); do d | e; done\nf() { g; }"
    assert [call.program for call in calls_of(text)] == list("abcdeg")


@pytest.mark.parametrize(
    ("text", "program", "arguments"),
    [
        ("sudo -u deploy /usr/bin/pm2 stop all", "pm2", ("stop", "all")),
        ("env A=1 nohup ls -l", "ls", ("-l",)),
        ("timeout 5 curl 'https://x.test/a b'", "curl", ("https://x.test/a b",)),
        ("A=1 make", "make", ()),
        ('git reset --hard "HEAD~1"', "git", ("reset", "--hard", "HEAD~1")),
        ("git checkout <sha>", "git", ("checkout", "<sha>")),
    ],
)
def test_what_is_called_behind_wrappers_and_quotes(text: str, program: str, arguments: tuple[str, ...]) -> None:
    """Rules look at programs and words; `sudo` and quotes must hide neither."""
    call = calls_of(text)[0]
    assert (call.program, call.arguments) == (program, arguments)


def test_pipes_and_what_is_ignored() -> None:
    """Whether a failure can be seen depends on what stands behind a command."""
    curl, jq = calls_of("curl -s x | jq .a || true")[:2]
    assert (curl.piped_into, jq.reads, jq.piped_into) == ("jq", "curl", None)
    assert (curl.ignored, jq.ignored) == ("|| true", "|| true")
    assert calls_of("a || exit 1")[0].ignored == ""
    assert calls_of("a > /dev/null 2>&1")[0].redirects == ("> /dev/null", "2>&1")


@pytest.mark.parametrize(
    ("text", "option", "given"),
    [
        ("rm -rf x", "-r", True),
        ("rm -f x", "-r", False),
        ("tail --follow=name x", "--follow", True),
        ("a --rm", "-r", False),
    ],
)
def test_options_alone_and_bundled(text: str, option: str, *, given: bool) -> None:
    """`-rf` is `-r` and `-f`; `--rm` is neither."""
    assert calls_of(text)[0].has(option) is given


@pytest.mark.parametrize("joint", [" && ", " || ", " | ", "; ", " & "])
def test_a_long_line_of_commands_is_read_at_once(joint: str) -> None:
    """Where each command stands was looked for from the root: seconds for what is read in a moment."""
    calls = calls_of(joint.join(["one"] * 1000))
    assert len(calls) == 1000
    assert calls[-1].reads == ("one" if joint == " | " else None)
    assert calls[0].background is (joint == " & ")
    assert calls[0].condition is (joint in {" && ", " || "})


def test_a_command_of_many_substitutions_is_read_at_once() -> None:
    """Each of them asks for the command that holds it, which has to be read once only."""
    calls = calls_of("echo " + "$(date) " * 600)
    assert [call.holder for call in calls[1:]] == ["echo"] * 600
