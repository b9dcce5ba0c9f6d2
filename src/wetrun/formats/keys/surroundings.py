"""Where a plan runs: targets, services, environment, secrets, and the double."""

import ipaddress
import re
from collections.abc import Mapping
from typing import Any

from wetrun.formats.decode.containers import ListOf, Named
from wetrun.formats.decode.context import Cursor, Rejected
from wetrun.formats.decode.objects import Fields, Key, Object
from wetrun.formats.decode.shapes import SCALAR_SCHEMA, Parsed, Schema, SchemaBook, Shape, Text
from wetrun.formats.decode.tree import Items, Scalar
from wetrun.formats.keys.quantities import integer
from wetrun.formats.keys.texts import VARIABLE_NAME, VARIABLE_NAME_HINT, check_regex
from wetrun.plan.double import Double, Port, Service, Target
from wetrun.plan.plan import Secret

__all__ = ["DOUBLE", "ENVIRONMENT", "SECRETS", "SERVICES", "TARGETS"]

_PATH = Text("path")
_PATHS = ListOf(_PATH, "paths", alone=True)

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

_PORT_NUMBER = integer("a port", 1, 65535)
_TO = Key("to", _PORT_NUMBER, "The port on which the double's service really listens.", required=True)
_TLS = Key(
    "tls",
    ListOf(Text("host name"), "host names", alone=True),
    "Host names for which https ends here; none means plain TCP.",
)
_CERTIFICATE = Key(
    "certificate",
    ListOf(Text("host name"), "host names", alone=True),
    "Host names for which the service ends https itself, with what is in `/run/wetrun/tls/PORT.pem`. Not beside `tls`.",
)


def _port(here: Cursor, fields: Fields) -> Port:
    number = here.path[-1]
    if not (number.isascii() and number.isdigit() and 1 <= int(number[:6]) <= 65535):
        raise here.wrong(f"`{number[:20]}` is no port", "write a number from 1 to 65535")
    if fields.want(_TO) == int(number):
        raise fields.at(_TO).wrong(
            f"port {number} cannot lead to itself", "let the service listen on another port in the double"
        )
    if fields.has(_TLS) and fields.has(_CERTIFICATE):
        raise fields.at(_CERTIFICATE).wrong("https ends at one place", "keep `tls` or `certificate`, not both")
    return Port(int(number), fields.want(_TO), fields.get_or(_TLS, ()), fields.get_or(_CERTIFICATE, ()))


def _address(here: Cursor, node: Scalar) -> str:
    if node.text != "sandbox":
        try:
            ipaddress.ip_address(node.text)
        except ValueError:
            raise here.wrong(
                f"`{node.text[:60]}` is no address", "write `sandbox`, or an address such as `127.0.0.1`"
            ) from None
    return node.text


class _Hosts(Shape[Mapping[str, str]]):
    """Names and addresses that the plan uses; a list means that all of them are the sandbox."""

    _named = Named(Parsed("address", _address, {"type": "string"}), "addresses")
    _list = ListOf(Text("host name"), "host names")

    def read(self, here: Cursor) -> Mapping[str, str]:

        if isinstance(here.node, Items):
            return dict.fromkeys(self._list.read(here), "sandbox")
        return self._named.read(here)

    def schema(self, book: SchemaBook) -> Schema:
        return {"anyOf": [self._named.schema(book), self._list.schema(book)]}

    def words(self) -> str:
        return "a mapping of host names to addresses, or a list of host names"


_SETUP = Key("setup", _PATH, "The script that builds the baseline world, once; its result is frozen and cached.")
_DOUBLE_START = Key(
    "start", _PATH, "The script that starts the services in every sandbox and returns when they are ready."
)
_FILES = Key("files", _PATHS, "Further files beside the plan that the scripts read; visible at `/plan`.")
_HOSTS = Key(
    "hosts",
    _Hosts(),
    "Names and addresses that the plan uses, with the address they have in the sandbox, or `sandbox`.",
)
_USERS = Key(
    "users",
    ListOf(Text("user name", "[a-z_][a-z0-9_-]*", "use small letters"), "user names", alone=True),
    "Users that exist inside.",
)
_PORTS = Key(
    "ports",
    Named(
        Object("port", "A port that wetrun's proxy serves in front of a service.", (_TO, _TLS, _CERTIFICATE), _port),
        "ports",
    ),
    "Ports served by wetrun's proxy, which network faults disturb. Behind that of an ssh target stands an ssh server "
    "of the double's own, not wetrun's.",
)
_MOUNTS = Key("mounts", _PATHS, "Host folders that are visible inside, read-only, at the same path.")


def _double(here: Cursor, fields: Fields) -> Double:
    ports = fields.get_or(_PORTS, dict[str, Port]())
    inner = [port.to for port in ports.values()]
    for port in ports.values():
        if port.port in inner:
            fields.at(_PORTS).note(
                f"port {port.port} is both served by the proxy and listened on by a service", "choose another `to`"
            )
            raise Rejected
    return Double(
        setup=fields.get(_SETUP),
        start=fields.get(_DOUBLE_START),
        files=fields.get_or(_FILES, ()),
        hosts=fields.get_or(_HOSTS, dict[str, str]()),
        users=fields.get_or(_USERS, ()),
        ports=tuple(ports.values()),
        mounts=fields.get_or(_MOUNTS, ()),
        place=here.place,
    )


DOUBLE = Object(
    "double",
    "How the copy of production is built in which rehearsals run.",
    (_SETUP, _DOUBLE_START, _FILES, _HOSTS, _USERS, _PORTS, _MOUNTS),
    _double,
)
