"""The HTTP server: `python3 -B -m notes.server`, in the service's folder."""

import hashlib
import hmac
import json
import os
import signal
import socketserver
import sqlite3
import sys
import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from notes import NEEDS_SCHEMA, VERSION
from notes.config import Config, ConfigError, load
from notes.log import Log
from notes.store import Store

__all__ = ["main"]

Query = dict[str, str]
Answer = tuple[int, object]
NOT_FOUND: Answer = (404, {"error": "not found"})
LARGEST_BODY = 65536


class BadRequestError(Exception):
    """The caller's mistake, in words."""


class Api:
    """What each route answers: a status and a value that is written as JSON."""

    def __init__(self, config: Config, store: Store) -> None:
        self.config = config
        self.store = store

    def get(self, path: str, query: Query) -> Answer:
        """Answer a GET request."""
        match path.strip("/").split("/"):
            case ["healthz"]:
                return 200, {"status": "ok"}
            case ["readyz"]:
                return 200, {"status": "ready", "writable": self.store.writable()}
            case ["version"]:
                return 200, {"version": VERSION, "schema": self.store.schema()}
            case ["api", "notes"]:
                return 200, self.page(query)
            case ["api", "notes", number] if number.isdigit():
                note = self.store.note(int(number))
                return NOT_FOUND if note is None else (200, note)
            case ["api", "search"]:
                if not query.get("q"):
                    raise BadRequestError("what shall I search for? give ?q=")
                results = self.store.search(query["q"])
                return 200, {"query": query["q"], "count": len(results), "results": results}
            case ["api", "stats"]:
                return 200, self.store.stats()
            case _:
                return NOT_FOUND

    def page(self, query: Query) -> object:
        """One page of notes and a signed cursor for the next."""
        limit = whole(query.get("limit", "20"), 1, 100)
        offset = self.read_cursor(query["cursor"]) if "cursor" in query else 0
        total, notes = self.store.page(limit, offset, query.get("tag"))
        following = self.cursor(offset + limit) if offset + limit < total else None
        return {"total": total, "notes": notes, "next": following}

    def post(self, path: str, body: object) -> Answer:
        """Answer a POST request."""
        if path.rstrip("/") != "/api/notes":
            return NOT_FOUND
        fields = [body.get(name) if isinstance(body, dict) else None for name in ("title", "body", "author")]
        texts = [field for field in fields if isinstance(field, str) and field]
        if len(texts) != len(fields):
            raise BadRequestError("a note has `title`, `body` and `author`")
        title, text, author = texts
        return 201, {"id": self.store.add(title, text, author)}

    def delete(self, path: str) -> Answer:
        """Answer a DELETE request."""
        match path.strip("/").split("/"):
            case ["api", "notes", number] if number.isdigit() and self.store.remove(int(number)):
                return 200, {"removed": int(number)}
            case _:
                return NOT_FOUND

    def cursor(self, offset: int) -> str:
        """An offset, signed so that nobody makes up their own."""
        return f"{offset}.{self.sign(offset)}"

    def read_cursor(self, text: str) -> int:
        """The offset in a cursor that this service gave out."""
        offset, _, signature = text.partition(".")
        if not offset.isdigit() or not hmac.compare_digest(signature.encode(), self.sign(int(offset)).encode()):
            raise BadRequestError("this cursor is not ours")
        return int(offset)

    def sign(self, offset: int) -> str:
        """The signature of an offset."""
        return hmac.new(self.config.signing_key, str(offset).encode(), hashlib.sha256).hexdigest()[:16]


def whole(text: str, low: int, high: int) -> int:
    """A whole number within limits."""
    if not text.isdigit() or not low <= int(text) <= high:
        raise BadRequestError(f"not a number from {low} to {high}: {text}")
    return int(text)


class Server(ThreadingHTTPServer):
    """A thread for each connection; threads do not keep the process from ending."""

    daemon_threads = True
    request_queue_size = 64

    def __init__(self, config: Config, api: Api, log: Log) -> None:
        self.api = api
        self.log = log
        super().__init__((config.host, config.port), Handler)

    def server_bind(self) -> None:
        """Bind without asking a name server for our own name, as the class above would."""
        socketserver.TCPServer.server_bind(self)
        self.server_name, self.server_port = str(self.server_address[0]), int(self.server_address[1])

    def handle_error(self, request: object, client_address: object) -> None:
        """A connection broke off: log it in our own format."""
        self.log.write("WARNING", "connection", error=repr(sys.exc_info()[1]))


class Handler(BaseHTTPRequestHandler):
    """Reads a request, asks the API, writes the answer as JSON, logs one line."""

    server: Server
    protocol_version = "HTTP/1.1"
    timeout = 15

    def do_GET(self) -> None:
        """Answer a GET request."""
        url = urlsplit(self.path)
        query = {name: values[-1] for name, values in parse_qs(url.query).items()}
        self.answer(lambda: self.server.api.get(url.path, query))

    def do_POST(self) -> None:
        """Answer a POST request."""
        self.answer(lambda: self.server.api.post(urlsplit(self.path).path, self.body()))

    def do_DELETE(self) -> None:
        """Answer a DELETE request."""
        self.answer(lambda: self.server.api.delete(urlsplit(self.path).path))

    def body(self) -> object:
        """The request's body, which must be JSON."""
        length = whole(self.headers.get("Content-Length") or "0", 0, LARGEST_BODY)
        try:
            return json.loads(self.rfile.read(length))
        except ValueError as error:
            raise BadRequestError("the body is not JSON") from error

    def answer(self, ask: Callable[[], Answer]) -> None:
        """Ask the API; whatever goes wrong there becomes an answer, too."""
        started = time.perf_counter()
        level, error = "INFO", None
        try:
            status, value = ask()
        except BadRequestError as mistake:
            status, value = 400, {"error": str(mistake)}
        except Exception as failure:
            level, error = "ERROR", repr(failure)
            status, value = 500, {"error": "internal error"}
        data = json.dumps(value).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)
        took = round((time.perf_counter() - started) * 1000, 1)
        details = {} if error is None else {"error": error}
        self.server.log.write(level, "request", method=self.command, path=self.path, status=status, ms=took, **details)

    def log_message(self, *_: object) -> None:
        """The class above would write to stderr."""


def tell_ready() -> None:
    """Tell the supervisor, if one asked for it, that requests are accepted from now on."""
    if descriptor := os.environ.pop("PROCSY_READY", ""):
        with os.fdopen(int(descriptor), "w") as supervisor:
            supervisor.write("ready\n")


def main() -> int:
    """Serve until told to end."""
    folder = Path.cwd()
    try:
        config = load(folder)
    except ConfigError as error:
        print(f"notes: {error}", file=sys.stderr)
        return 78
    log, store = Log(config.log), Store(config.database)
    try:
        schema = store.schema()
        if schema < NEEDS_SCHEMA:
            raise ConfigError(
                f"the database has schema {schema}, this release needs {NEEDS_SCHEMA}: run manage.py migrate"
            )
        server = Server(config, Api(config, store), log)
    except (ConfigError, sqlite3.Error, OSError) as error:
        log.write("ERROR", "cannot start", version=VERSION, error=str(error))
        print(f"notes: {error}", file=sys.stderr)
        return 1
    # `shutdown` waits for the loop that a signal interrupts, so it must be asked from another thread.
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: threading.Thread(target=server.shutdown).start())
    listen = f"{config.host}:{server.server_port}"  # a port of 0 in the configuration means any that is free
    log.write("INFO", "started", version=VERSION, schema=schema, pid=os.getpid(), listen=listen)
    tell_ready()
    server.serve_forever(poll_interval=0.05)
    server.server_close()
    log.write("INFO", "stopped", version=VERSION)
    return 0


if __name__ == "__main__":
    sys.exit(main())
