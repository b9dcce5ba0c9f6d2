"""What has to be filled in, and what only looks so."""

import pytest

from wetrun.shell.placeholders import find_placeholders, masked


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("git checkout <sha>", ["<sha>"]),
        ("ssh <user>@<host>", ["<user>", "<host>"]),
        ("cd <path to the application>", ["<path to the application>"]),
        ("deploy {PROJECT} {{release-name}}", ["{PROJECT}", "{{release-name}}"]),
        ("curl -H YOUR_TOKEN", ["YOUR_TOKEN"]),
        ("ssh your-server", ["your-server"]),
        ("kubectl get [NAMESPACE]", ["[NAMESPACE]"]),
        ("id xxxx", ["xxxx"]),
    ],
)
def test_placeholders(text: str, found: list[str]) -> None:
    """These stand in four of ten real runbooks."""
    assert [each.text for each in find_placeholders(text)] == found


@pytest.mark.parametrize(
    "text",
    [
        "echo ${HOME} $HOME",
        "echo {a,b} {1..10}",
        "curl -w '%{time_total} %{http_code}' x",
        "git reset HEAD@{1}",
        "cat <<EOF\n<h1>hello</h1>\nEOF",
        "sort <in >out",
        "a < b > c",
        "awk '{print $1}'",
        "[[ -f x ]] && [ -d y ]",
    ],
)
def test_what_is_none(text: str) -> None:
    """A finding in ordinary shell teaches people to ignore findings."""
    assert list(find_placeholders(text)) == []


def test_masking_keeps_every_place() -> None:
    """The parser's places are used for the original text."""
    text = "é <sha> {PROJECT_X} ü"
    assert len(masked(text)) == len(text)
    assert "<" not in masked(text)
