"""Secrets in texts: found, told without being repeated, and named."""

import re
import subprocess

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wetrun.lint.secrets import LOOKS, Look, name_secrets, secrets_of, without_secrets
from wetrun.shell.expanding import expanded

SECRETS = ["hunter2secret", "s3cretpw99", "topsecret1", "abcdefghijklmnop1234", "MIIEpAIBAAKCAQEA1234"]
TEXT = """\
# Deploy
    export DB_PASSWORD=hunter2secret
    psql postgresql://shop:s3cretpw99@db.shop.test/shop
    curl -u admin:topsecret1 https://shop.test/
    curl -H 'Authorization: Bearer abcdefghijklmnop1234' https://shop.test/
    echo hunter2secret
    -----BEGIN RSA PRIVATE KEY-----
    MIIEpAIBAAKCAQEA1234
    -----END RSA PRIVATE KEY-----
the end
"""


def test_no_secret_is_left_and_no_line_is_lost() -> None:
    """Places in the text keep their meaning, and nothing that was secret stands at any of them."""
    named = name_secrets(TEXT)
    assert [secret for secret in SECRETS if secret in named.text] == []
    assert len(named.text.split("\n")) == len(TEXT.split("\n"))
    assert named.text.split("\n")[-2] == "the end"
    assert named.names == {"DB_PASSWORD": 2, "PASSWORD": 3, "PASSWORD_2": 4, "TOKEN": 5, "PRIVATE_KEY": 7}
    told = without_secrets(TEXT.replace("echo hunter2secret", ""))
    assert [secret for secret in SECRETS[:4] if secret in told] == []


@given(st.data())
@pytest.mark.parametrize("look", LOOKS, ids=lambda look: look.pattern.pattern[:30])
def test_whatever_a_pattern_finds_has_one_of_its_marks(look: Look, data: st.DataObject) -> None:
    """Lines without a mark are not looked at; none of them may hold a secret."""
    line = data.draw(st.from_regex(re.compile(look.pattern.pattern)))
    found = [match.span("secret") for match in look.pattern.finditer(line)]
    assert {(look.what, *span) for span in found} <= set(secrets_of(line))


def test_the_same_secret_has_the_same_name() -> None:
    """It is one value, that one person changes at one place."""
    assert "echo ${DB_PASSWORD}" in name_secrets(TEXT).text


@pytest.mark.parametrize(
    "command",
    [
        "printf %s 'Bearer abcdefghijklmnop1234'",
        'printf %s "Bearer abcdefghijklmnop1234"',
        "printf %s Bearer\\ x 'Bearer abcdefghijklmnop1234'_rest",
        "printf %s 'postgresql://shop:s3cretpw99@db.shop.test/shop'",
    ],
)
def test_a_named_secret_reaches_the_command(command: str) -> None:
    """Within single quotes, too, the shell must put the secret where it stood."""
    named = name_secrets(command)
    (name,) = named.names
    secret = next(each for each in SECRETS if each in command)
    written, _ = expanded(named.text, named.names)
    assert secret not in written
    outputs = [
        subprocess.run(["bash", "-c", text], env={name: secret}, capture_output=True, check=True).stdout
        for text in (command, written)
    ]
    assert outputs[0] == outputs[1]


def test_short_secrets_are_not_looked_for_in_words() -> None:
    """A password of five letters may be a part of any word."""
    named = name_secrets("curl -u admin:kitty https://shop.test/\nthe kittycat stays")
    assert named.text == "curl -u admin:${PASSWORD} https://shop.test/\nthe kittycat stays"


@pytest.mark.parametrize("text", ["", "git pull", "export PASSWORD=$PASSWORD", "export TOKEN=<your-token>", "a = b"])
def test_what_is_no_secret_stays(text: str) -> None:
    """Names and placeholders are how it should be written."""
    assert name_secrets(text).text == text
    assert name_secrets(text).names == {}


@pytest.mark.parametrize(
    ("line", "secret"),
    [
        ("# password: n0tForYou7", "n0tForYou7"),
        ("The admin password is `n0tForYou7&x`.", "n0tForYou7&x"),
        ("| DB_PASSWORD | n0tForYou7 |", "n0tForYou7"),
        ("  api_key: n0tForYou7", "n0tForYou7"),
        ("redis-cli -a n0tForYou7 ping", "n0tForYou7"),
        ("sshpass -p 'n0tForYou7' ssh deploy@203.0.113.22", "n0tForYou7"),
        ("docker login -u bot -p n0tForYou7 registry.test", "n0tForYou7"),
        ("vault login --token n0tForYou7", "n0tForYou7"),
        ("shopctl --db-password=n0tForYou7", "n0tForYou7"),
        ("echo 'n0tForYou7' | sudo -S systemctl restart shop", "n0tForYou7"),
        ("echo n0tForYou7 | docker login -u bot --password-stdin", "n0tForYou7"),
    ],
)
def test_secrets_as_people_write_them(line: str, secret: str) -> None:
    """Whoever writes a runbook does not think of patterns."""
    named = name_secrets(line)
    assert list(named.names.values()) == [1]
    assert secret not in named.text
    assert "n0tForYou7" not in without_secrets(line)


@pytest.mark.parametrize(
    "line",
    [
        "Password: ask the on-call person",
        "- Token lifetime: 15 minutes",
        "The token is valid for 24h",
        "| token | 15 min |",
        "password: ${DB_PASSWORD}",
        "password: <from the vault>",
        "echo 'done' | tee log",
        "echo hello | docker load",
        "docker run -p 8080:80 shop",
        "mkdir -p /srv/shop && ssh -p 2222 deploy@203.0.113.22",
        "npm login --auth-type=legacy",
        "Key: value",
        "## Step 2: rotate the API key",
    ],
)
def test_what_only_speaks_of_secrets_stays(line: str) -> None:
    """A false alarm replaces a word of the runbook by a variable that nobody has."""
    assert name_secrets(line).text == line


def test_a_password_in_a_table_has_a_name() -> None:
    """No word beside it says what it is; the heading of its column does, and it may be repeated in a command."""
    table = "| Host |  | Password |\n|:---|---|---:|\n| db | | `Sup3rS3cretPw` |\n| web | | ${WEB} |\n"
    named = name_secrets(f"{table}\npsql -W Sup3rS3cretPw\n\n| a | b |\n|---|---|\n| x | Letters99 |\n")
    assert named.values == {"SECRET": "Sup3rS3cretPw"}
    assert "Sup3rS3cretPw" not in named.text
    assert "psql -W ${SECRET}" in named.text
    assert "Letters99" in named.text
