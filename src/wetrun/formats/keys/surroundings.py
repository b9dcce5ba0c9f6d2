"""Where a plan runs: targets, services, environment, secrets."""

import re
from typing import Any

from wetrun.formats.decode.containers import Named
from wetrun.formats.decode.context import Cursor
from wetrun.formats.decode.objects import Fields, Key, Object
from wetrun.formats.decode.shapes import SCALAR_SCHEMA, Parsed, Schema, SchemaBook, Shape, Text
from wetrun.formats.decode.tree import Scalar
from wetrun.formats.keys.texts import VARIABLE_NAME, VARIABLE_NAME_HINT, check_regex
from wetrun.plan.double import Service, Target
from wetrun.plan.plan import Secret

__all__ = ["ENVIRONMENT", "SECRETS", "SERVICES", "TARGETS"]

_PATH = Text("path")

_SSH = Key(
    "ssh",
    Text("ssh address", r"[^\s@:]+@[^\s@]+", "write `user@host` or `user@host:port`"),
    "`user@host` or `user@host:port`.",
    default="this machine",
    also=("host",),
)
_DIRECTORY = Key(
    "directory", _PATH, "Where the shell starts.", default="the login folder", also=("dir", "cwd", "path", "workdir")
)


def _target(here: Cursor, fields: Fields) -> Target:
    return Target(name=here.path[-1], ssh=fields.get(_SSH), directory=fields.get(_DIRECTORY), place=here.place)


_TARGET = Object("target", "A machine on which commands run.", (_SSH, _DIRECTORY), _target)


class _Targets(Shape[dict[str, Target]]):
    """The targets; the first is where steps run that name none."""

    _named = Named(_TARGET, "targets", kind="target", least=1)

    def read(self, here: Cursor) -> dict[str, Target]:
        targets = self._named.read(here)
        here.context.default_target = next(iter(targets))
        return targets

    def schema(self, book: SchemaBook) -> Schema:
        return self._named.schema(book)

    def words(self) -> str:
        return self._named.words()

    def parts(self) -> Any:
        yield _TARGET


TARGETS = _Targets()


_NOTHING_IN_COMMON = ("7", "x", "/")
"""Command lines that share nothing: what is found in all of them is found in every one."""


def _process(here: Cursor, node: Scalar) -> str:
    pattern = check_regex(here, node.text)
    if not pattern.strip() or all(re.search(pattern, line) for line in _NOTHING_IN_COMMON):
        what = f"`{pattern[:60]}`" if pattern.strip() else "an empty pattern"
        raise here.wrong(
            f"{what} is found in the command line of every process",
            "write a part of the service's own command line, such as `server\\.py --port 8000`",
        )
    return pattern


_PROCESS = Key(
    "process",
    Parsed("regular expression", _process, SCALAR_SCHEMA),
    "A regular expression found in the command line of the service's processes, and in no other.",
    required=True,
    also=("match", "pattern"),
)
_STOP = Key("stop", Text("command"), "The command that stops it as its manager would.")
_START = Key("start", Text("command"), "The command that starts it again.")


def _service(here: Cursor, fields: Fields) -> Service:
    return Service(
        name=here.path[-1],
        process=fields.want(_PROCESS),
        stop=fields.get(_STOP),
        start=fields.get(_START),
        place=here.place,
    )


SERVICES = Named(
    Object("service", "A long-running program of the system.", (_PROCESS, _STOP, _START), _service),
    "services",
    kind="service",
)


def _environment_value(here: Cursor, node: Scalar) -> str:
    if node.value is None and not node.text:
        raise here.wrong(f"the variable `{here.path[-1]}` has no value", 'write `""` for an empty one')
    return node.text


class _EnvironmentValue(Shape[str]):
    """A variable's value, as it is written."""

    def read(self, here: Cursor) -> str:
        if isinstance(here.node, Scalar):
            return _environment_value(here, here.node)
        return Text().read(here)

    def schema(self, book: SchemaBook) -> Schema:
        del book
        return {"type": ["string", "number", "boolean"]}

    def words(self) -> str:
        return "a text"


ENVIRONMENT = Named(
    _EnvironmentValue(), "texts", kind="variable", pattern=VARIABLE_NAME, pattern_hint=VARIABLE_NAME_HINT
)

_ENV = Key(
    "env",
    Text("variable's name", VARIABLE_NAME, VARIABLE_NAME_HINT),
    "The environment variable that holds it.",
    also=("environment", "variable", "from"),
)
_FILE = Key("file", _PATH, "The file that holds it.", also=("path",))


def _secret(here: Cursor, fields: Fields) -> Secret:
    return Secret(here.path[-1], fields.get(_ENV), fields.get(_FILE))


class _SecretSource(Object[Secret]):
    """Where a secret comes from; what stands here by mistake is likely the secret itself, and is not shown."""

    def read(self, here: Cursor) -> Secret:
        if isinstance(here.node, Scalar):
            hint = (
                "its value never stands in a plan: write `{env: NAME}` or `{file: path}`, and change it if it was real"
            )
            raise here.wrong(f"the secret `{here.path[-1]}` needs a source", hint)
        return super().read(here)


class _Secrets(Shape[tuple[Secret, ...]]):
    """Secrets by name."""

    _named: Named[Secret] = Named(
        _SecretSource(
            "secret",
            "A value that appears nowhere: where it comes from.",
            (_ENV, _FILE),
            _secret,
            one_of=("env", "file"),
        ),
        "secrets",
        kind="secret",
        pattern=VARIABLE_NAME,
        pattern_hint=VARIABLE_NAME_HINT,
    )

    def read(self, here: Cursor) -> tuple[Secret, ...]:
        return tuple(self._named.read(here).values())

    def schema(self, book: SchemaBook) -> Schema:
        return self._named.schema(book)

    def words(self) -> str:
        return self._named.words()

    def parts(self) -> Any:
        yield self._named


SECRETS = _Secrets()
