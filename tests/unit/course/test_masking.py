"""Secrets in texts, however they are written and wherever a text was cut."""

import base64
import json
import shlex
import subprocess
from collections.abc import Callable
from urllib.parse import quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wetrun.course.masking import Masking
from wetrun.course.results import Observed, Output

SECRET = "q7Zk-Xw93-pLm2-Rt56-vBn8"
HARD = "Pa$$ & w0rd/x'1"
KEY = "-----BEGIN KEY-----\nMIIEvQIBADANBgkq\nhkiG9w0BAQEFAASC\n}\n-----END KEY-----"

MARKS = ("…", "\n… 99 characters left out …\n", "\n[… 9 bytes left out …]\n")


@pytest.mark.parametrize("write", [str, lambda text: json.dumps(text)[1:-1], quote_plus])
def test_a_secret_is_found_however_it_is_written(write: type[str]) -> None:
    """A service answers in JSON, an address is quoted: a quote or a backslash must not let a password through."""
    secret = 'pa"ss\\wörd 1'
    assert Masking([secret]).text(f"<{write(secret)}>") == "<***>"


def test_a_password_is_found_as_a_shell_traces_it() -> None:
    """`set -x` writes a quote as a shell reads it, and with it all the rest of the password."""
    assert Masking(["it's me"]).text(r"+ echo 'it'\''s me'") == "+ echo '***'"
    assert Masking(["it's me"]).text("+ echo " + shlex.quote("it's me")) == "+ echo '***'"
    quoted = subprocess.run(["bash", "-c", 'printf %q "$1"', "-", HARD], capture_output=True, text=True, check=True)
    assert Masking([HARD]).text(f"<{quoted.stdout}>") == "<***>"


@pytest.mark.parametrize(
    "written", [r"ab\/cd+\"ef", "ab%2fcd%2b%22ef", "ab%2Fcd%2B%22ef", "ab/cd%2B%22ef", "ab/cd+&quot;ef"]
)
def test_a_token_is_found_as_others_escape_it(written: str) -> None:
    """PHP escapes slashes in JSON, and half of all libraries write percent signs with small letters."""
    assert Masking(['ab/cd+"ef']).text(f"<{written}>") == "<***>"


def test_one_line_of_a_key_is_masked() -> None:
    """Messages quote one line of what they cannot read; short lines stand in every text and stay."""
    told = Masking([KEY]).text("cannot read `hkiG9w0BAQEFAASC` {}")
    assert told == "cannot read `***` {}"


@given(st.integers(4, len(SECRET) - 1), st.sampled_from(MARKS))
def test_what_a_cut_leaves_of_a_secret_is_masked(kept: int, mark: str) -> None:
    """Half a password beside the mark of a cut is half the work of guessing it."""
    masking = Masking([SECRET])
    assert masking.text(f"before {SECRET[:kept]}{mark}") == f"before ***{mark}"
    assert masking.text(f"{mark}{SECRET[-kept:]} behind") == f"{mark}*** behind"


@given(st.text(alphabet="abc …\n[]", max_size=60))
def test_texts_without_a_secret_stay(text: str) -> None:
    """A record that says `***` where nothing was secret hides what went wrong."""
    assert Masking([SECRET]).text(text) == text


def test_nothing_of_an_observation_keeps_a_secret() -> None:
    """A header, a column's name and a database's complaint are recorded as well as a body."""
    observed = Observed(
        headers={"x-echo": SECRET},
        rows=[{"plan": SECRET, SECRET: 1}],
        error=f"near {SECRET}",
        failed_at=(2, f"echo {SECRET}"),
        body=Output(SECRET, len(SECRET)),
    )
    assert SECRET not in repr(Masking([SECRET]).observed(observed))


def test_a_captured_value_is_masked_whatever_its_name() -> None:
    """A name of the plan's author may be one of ours, under which nothing else is masked."""
    told = Masking([SECRET]).body({"event": "StepEnded", "captured": {"place": SECRET}})
    assert told == {"event": "StepEnded", "captured": {"place": "***"}}


SECRETS = st.text(st.characters(codec="utf-8"), min_size=8, max_size=60).filter(lambda text: len(set(text)) > 3)
CODES: list[Callable[[bytes], bytes]] = [base64.b64encode, base64.urlsafe_b64encode]


@given(SECRETS, st.binary(max_size=20), st.binary(max_size=20), st.sampled_from(CODES))
def test_base64_of_a_secret_amid_other_bytes_is_masked(
    secret: str, before: bytes, behind: bytes, code: Callable[[bytes], bytes]
) -> None:
    """`Authorization: Basic …` is a password that everybody can read."""
    raw = secret.encode()
    whole = code(before + raw + behind).decode()
    kept = Masking([secret]).text(whole)
    # What is left holds whole characters of what stands beside the secret, and one at each end that it shares with it.
    first, last = -(-len(before) * 8 // 6), (len(before) + len(raw)) * 8 // 6
    assert "***" in kept
    assert whole[first:last] not in kept


@given(SECRETS, st.sampled_from(CODES), st.sampled_from([64, 76]))
def test_base64_of_a_secret_by_itself_leaves_nothing(secret: str, code: Callable[[bytes], bytes], width: int) -> None:
    """Kubernetes shows secrets so, with `=` at the end; `base64` and PEM wrap it in lines."""
    whole = code(secret.encode()).decode()
    assert Masking([secret]).text(f"password: {whole}") == "password: ***"
    assert Masking([secret]).text(f"<{whole.rstrip('=')}>") == "<***>"
    lines = [whole[at : at + width] for at in range(0, len(whole), width)]
    told = Masking([secret]).text("\n".join(lines))
    assert not [line for line in lines if len(line) >= 6 and line in told]


@given(SECRETS, st.binary(max_size=5), st.integers(5, 9), st.sampled_from(MARKS))
def test_what_a_cut_leaves_of_base64_is_masked(secret: str, before: bytes, kept: int, mark: str) -> None:
    """Long outputs lose their middle, wherever that is."""
    whole = base64.b64encode(before + secret.encode()).decode()
    first = -(-len(before) * 8 // 6)
    told = Masking([secret]).text(f"<{whole[: first + kept]}{mark}")
    assert whole[first : first + kept] not in told


@given(SECRETS, st.text(max_size=10), st.text(max_size=10), st.sampled_from([repr, ascii]))
def test_a_secret_is_found_as_python_shows_it(
    secret: str, before: str, behind: str, write: Callable[[object], str]
) -> None:
    """A traceback and a log of a dictionary quote it so; which quotes are escaped is up to the text around it."""
    for shown in (write(before + secret + behind), write({"k": secret}), write((before + secret + behind).encode())):
        told = Masking([secret]).text(shown)
        assert "***" in told
        assert secret not in told


def test_both_quotes_in_a_secret_are_found_as_python_shows_them() -> None:
    """With both in it a text stands between single quotes, and only those are escaped."""
    secret = """it's "mine" 4711"""
    assert Masking([secret]).text(repr(secret)) == "'***'"
    assert Masking([secret]).text(repr([secret, secret.encode()])) == "['***', b'***']"
    assert Masking(["it's mine"]).text(repr('"so" it\'s mine')) == "'\"so\" ***'"


@pytest.mark.parametrize("text", ["MTIz", "a2V5 MTIz NA", "the secret is elsewhere", "dGhpcyBpcyBub3RoaW5n"])
def test_other_base64_stays(text: str) -> None:
    """Hashes and images are base64, too."""
    assert Masking([SECRET, "1234"]).text(text) == text
