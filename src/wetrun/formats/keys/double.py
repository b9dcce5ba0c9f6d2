"""The double: how the copy of production is built that rehearsals run in."""

from collections.abc import Mapping

from wetrun.formats.decode.containers import ListOf, Named
from wetrun.formats.decode.context import Cursor, Rejected
from wetrun.formats.decode.objects import Fields, Key, Object
from wetrun.formats.decode.shapes import Parsed, Schema, SchemaBook, Shape, Text
from wetrun.formats.decode.tree import Items, Scalar
from wetrun.formats.keys.quantities import PERIOD, SIZE, integer
from wetrun.plan.double import Double, Port
from wetrun.units import Seconds

__all__ = ["DOUBLE"]

_PATH = Text("path")
_PATHS = ListOf(_PATH, "paths", alone=True)
_PORT_NUMBER = integer("a port", 1, 65535)
_TO = Key(
    "to",
    _PORT_NUMBER,
    "The port on which the double's service really listens. May be left out beside `delay`: it listens on the port "
    "itself then.",
)
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
_DELAY = Key(
    "delay",
    PERIOD,
    "How long each direction takes, in every run: how far away production's service is. Not scaled by `--speed`.",
)


def _port(here: Cursor, fields: Fields) -> Port:
    number = here.path[-1]
    if not (number.isascii() and number.isdigit() and 1 <= int(number[:6]) <= 65535):
        raise here.wrong(f"`{number[:20]}` is no port", "write a number from 1 to 65535")
    if fields.get(_TO) == int(number):
        raise fields.at(_TO).wrong(
            f"port {number} cannot lead to itself", "let the service listen on another port in the double"
        )
    if not fields.has(_TO):
        if not fields.has(_DELAY):
            raise here.wrong(
                f"nothing is said of port {number}",
                "write `to`, the port on which the double's service listens, or `delay`",
            )
        for key in (_TLS, _CERTIFICATE):
            if fields.has(key):
                raise fields.at(key).wrong(
                    f"`{key.name}` needs a port behind the proxy", "write `to`, where the service listens in the double"
                )
    if fields.has(_TLS) and fields.has(_CERTIFICATE):
        raise fields.at(_CERTIFICATE).wrong("https ends at one place", "keep `tls` or `certificate`, not both")
    return Port(
        int(number),
        fields.get(_TO),
        fields.get_or(_TLS, ()),
        fields.get_or(_CERTIFICATE, ()),
        fields.get_or(_DELAY, Seconds(0.0)),
    )


def _address(here: Cursor, node: Scalar) -> str:
    if node.text != "sandbox":
        import ipaddress  # costs start-up time of those who use none

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
_START = Key("start", _PATH, "The script that starts the services in every sandbox and returns when they are ready.")
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
        Object(
            "port", "A port that wetrun's proxy serves in front of a service.", (_TO, _TLS, _CERTIFICATE, _DELAY), _port
        ),
        "ports",
    ),
    "Ports served by wetrun's proxy, which network faults disturb. Behind that of an ssh target stands an ssh server "
    "of the double's own, not wetrun's, unless only its `delay` is said.",
)
_MOUNTS = Key("mounts", _PATHS, "Host folders that are visible inside, read-only, at the same path.")
_WRITES = Key(
    "writes",
    SIZE,
    "The most that a run is known to write. Where half of the available memory has room for that much of as many runs "
    "as there are at the same time (`--jobs`), it is kept there, as with `--in-memory` (Linux 6.6 or later).",
)


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
        start=fields.get(_START),
        files=fields.get_or(_FILES, ()),
        hosts=fields.get_or(_HOSTS, dict[str, str]()),
        users=fields.get_or(_USERS, ()),
        ports=tuple(ports.values()),
        mounts=fields.get_or(_MOUNTS, ()),
        writes=fields.get(_WRITES),
        place=here.place,
    )


DOUBLE = Object(
    "double",
    "How the copy of production is built in which rehearsals run.",
    (_SETUP, _START, _FILES, _HOSTS, _USERS, _PORTS, _MOUNTS, _WRITES),
    _double,
)
