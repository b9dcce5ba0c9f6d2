"""Variables where the shell expands nothing: the command that is written must say what the one that was read said."""

import subprocess

import pytest

from wetrun.shell.expanding import expanded

VALUE = "abc$def'ghi"


@pytest.mark.parametrize(
    "command",
    [
        "printf %s 'Bearer ${TOKEN}'",
        'printf %s "Bearer ${TOKEN}"',
        "printf %s Bearer\\ x 'Bearer ${TOKEN}'_rest",
        "printf %s 'a\n it is ${TOKEN}\n b'",
        "printf %s \"it's ${TOKEN}\n isn't it\"",
        "printf %s \"it's\" '${TOKEN}' ${TOKEN}x",
        "cat <<EOF\nit's ${TOKEN}\nEOF\n",
        "for i in 1 2; do printf %s '${TOKEN}'; done",
    ],
)
def test_the_value_arrives_wherever_it_stands(command: str) -> None:
    """A program in quotes that gets the name instead of the token fails in production, and nowhere before."""
    written, literal = expanded(command, ["TOKEN", "OTHER"])
    assert not literal
    ran = subprocess.run(
        ["bash", "-c", f"set -f; IFS=; {written}"], env={"TOKEN": VALUE}, capture_output=True, text=True, check=True
    )
    assert VALUE in ran.stdout
    assert "${TOKEN}" not in ran.stdout
    assert ran.stderr == ""


@pytest.mark.parametrize("end", ["'EOF'", '"EOF"', "\\EOF"])
def test_a_heredoc_that_expands_nothing_is_told(end: str) -> None:
    """Nothing can be done there without changing what else stands in it; so a person must know."""
    command = f"cat <<{end}\n$HOME ${{TOKEN}}\nEOF\n"
    assert expanded(command, ["TOKEN"]) == (command, True)


@pytest.mark.parametrize(
    "command", ["", "git pull", "echo '${OTHER}'", "echo '$TOKEN'", "cat <<'EOF'\nx\nEOF\n", "echo 'ü"]
)
def test_what_names_no_secret_stays(command: str) -> None:
    """What is not a secret's name is the author's own."""
    assert expanded(command, ["TOKEN"]) == (command, False)
