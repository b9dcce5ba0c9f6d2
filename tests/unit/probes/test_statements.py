"""Texts taken apart into statements."""

import pytest

from wetrun.probes.statements import only_looks, row, split


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("select 1; select 2;", ("select 1", "select 2")),
        ("select ';' -- a; b\n, \"x;y\" /* ; */", ("select ';'  \n, \"x;y\"",)),
        ("select $$;$$, $t$ ; $$ ; $t$; ;", ("select $$;$$, $t$ ; $$ ; $t$",)),
        ("select E'\\';', 'it''s;'", ("select E'\\';', 'it''s;'",)),
        (" ; \n", ()),
    ],
)
def test_a_semicolon_ends_a_statement_only_outside_of_quotes(text: str, expected: tuple[str, ...]) -> None:
    """A statement that is cut in its middle fails, or does something else."""
    assert tuple(part.replace("  ", "  ") for part in split(text)) == expected


@pytest.mark.parametrize(
    ("statement", "looks"),
    [
        ("select 1", True),
        (" (SELECT 1)", True),
        ("with a as (select 1) select * from a", True),
        ("with a as (delete from t returning 1) select * from a", False),
        ("update t set a = 1", False),
        ("selection", False),
    ],
)
def test_what_only_looks_is_told_by_its_form(statement: str, looks: bool) -> None:  # noqa: FBT001
    """A file is opened for reading only when nothing can be changed anyway."""
    assert only_looks(statement) is looks


def test_no_column_hides_another() -> None:
    """Two columns of the same name are two values."""
    assert row(["a", "a", "a_2", "a"], [1, 2, 3, 4]) == {"a": 1, "a_2": 2, "a_2_2": 3, "a_3": 4}
