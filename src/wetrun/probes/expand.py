"""Variables in the texts of requests and queries: `${NAME}`."""

import re
from collections.abc import Mapping
from dataclasses import replace

from wetrun.errors import WetrunError
from wetrun.lean import pattern
from wetrun.plan.steps import Http, Sql

__all__ = ["UnknownVariableError", "expand", "expand_query", "expand_request"]

_VARIABLE = pattern(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")
_ALONE = pattern(r"\$([A-Za-z_][A-Za-z0-9_]*)")


class UnknownVariableError(WetrunError):
    """A text names a variable that has no value."""

    def __init__(self, name: str, known: tuple[str, ...]) -> None:
        from difflib import get_close_matches  # costs start-up time of those who make no mistake

        near = get_close_matches(name, known, 1)
        hint = (
            f"did you mean `{near[0]}`?"
            if near
            else "give it under `environment` or `secrets`, or capture it in an earlier step"
        )
        super().__init__(f"the variable `{name}` has no value", hint=hint)
        self.name = name


def expand(text: str, variables: Mapping[str, str]) -> str:
    """Replace every `${NAME}` by its value; a text that is only `$NAME` is one too, any other `$` stays as it is.

    Values are not expanded again.

    Raises:
        UnknownVariableError: A name has no value.
    """

    def value(match: re.Match[str]) -> str:
        name = match[1]
        if name not in variables:
            raise UnknownVariableError(name, tuple(variables))
        return variables[name]

    alone = _ALONE.fullmatch(text.strip())
    return value(alone) if alone else _VARIABLE.sub(value, text)


def expand_request(asked: Http, variables: Mapping[str, str]) -> Http:
    """Replace the variables in a request's address, header values and body.

    Raises:
        UnknownVariableError: A name has no value.
    """
    headers = {name: expand(value, variables) for name, value in asked.headers.items()}
    body = None if asked.body is None else expand(asked.body, variables)
    return replace(asked, url=expand(asked.url, variables), headers=headers, body=body)


def expand_query(asked: Sql, variables: Mapping[str, str]) -> Sql:
    """Replace the variables in a query's statement and database.

    Raises:
        UnknownVariableError: A name has no value.
    """
    return Sql(expand(asked.statement, variables), expand(asked.database, variables))
