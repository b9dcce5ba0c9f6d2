"""Variables in texts: what is named is replaced, what is not stays."""

import pytest

from wetrun.plan.steps import Http, Sql
from wetrun.probes.expand import UnknownVariableError, expand, expand_query, expand_request

VARIABLES = {"NAME": "notes", "ADDRESS": "postgresql://u:${NAME}@h/d"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("https://${NAME}.test/", "https://notes.test/"),
        ("$NAME", "notes"),
        ("cost: $NAME and $5", "cost: $NAME and $5"),
        ("select $$a$$", "select $$a$$"),
        ("${ADDRESS}", "postgresql://u:${NAME}@h/d"),
    ],
)
def test_a_name_in_braces_is_replaced_once(text: str, expected: str) -> None:
    """Dollar signs are ordinary in SQL and JSON; a value that looks like a variable must not be taken for one."""
    assert expand(text, VARIABLES) == expected


def test_an_unknown_name_is_an_error_with_the_nearest() -> None:
    """A request to `https://.test/` because of a typing mistake would be a wrong measurement."""
    with pytest.raises(UnknownVariableError) as caught:
        expand("${NAMES}", VARIABLES)
    assert caught.value.hint == "did you mean `NAME`?"


def test_every_part_of_a_request_and_a_query_is_expanded() -> None:
    """A token stands in a header, an address in `database`."""
    asked = expand_request(Http("http://${NAME}/", "POST", {"X": "${NAME}"}, "${NAME}"), VARIABLES)
    assert (asked.url, asked.headers, asked.body) == ("http://notes/", {"X": "notes"}, "notes")
    assert expand_query(Sql("select '${NAME}'", "$NAME"), VARIABLES) == Sql("select 'notes'", "notes")
