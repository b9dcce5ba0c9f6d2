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
def test_a_heredoc_that_expands_nothing_says_the_same(end: str) -> None:
    """Only the secret may change there: `$HOME`, `$(…)`, backslashes and backticks are text."""
    body = "$HOME $(id) `id` \\n \\\\ it's ${TOKEN} ${OTHER} \\${TOKEN}\n"
    command = f"cat <<{end} | tr a b\n{body}EOF\nprintf %s '${{TOKEN}}'"
    written, literal = expanded(command, ["TOKEN"])
    assert not literal
    outputs = [
        subprocess.run(
            ["bash", "-c", text], env={"TOKEN": "<s3cret>"}, capture_output=True, text=True, check=True
        ).stdout
        for text in (command, written)
    ]
    assert outputs[1] == outputs[0].replace("${TOKEN}", "<s3cret>")


@pytest.mark.parametrize("command", [f"echo '{'x' * 20_000} ${{TOKEN}}'", "echo '${TOKEN}"])
def test_a_command_that_is_not_understood_is_told(command: str) -> None:
    """A person has to look at it: where the shell would put nothing, the name would stay."""
    assert expanded(command, ["TOKEN"])[1]


@pytest.mark.parametrize(
    "command", ["", "git pull", "echo '${OTHER}'", "echo '$TOKEN'", "cat <<'EOF'\nx\nEOF\n", "echo 'ü"]
)
def test_what_names_no_secret_stays(command: str) -> None:
    """What is not a secret's name is the author's own."""
    assert expanded(command, ["TOKEN"]) == (command, False)
