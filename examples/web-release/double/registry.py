#!/usr/bin/env python3
"""A small npm registry, for a place without network.

    registry.py collect NPM_CACHE FOLDER   keep the packages that npm has in its cache
    registry.py serve FOLDER PORT          answer npm with them
    registry.py serve FOLDER PORT no-store … and ask it to keep no copy, since the packages are on its own machine

A package's description is made from the `package.json` in its archive, as the real registry does it.
"""

import base64
import hashlib
import io
import json
import re
import shutil
import sys
import tarfile
import urllib.parse
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

REQUEST = "make-fetch-happen:request-cache:"
INSTALL_SCRIPTS = ("preinstall", "install", "postinstall")


def cached_archives(cache: Path) -> Iterator[tuple[str, Path]]:
    """Every archive in npm's cache: its integrity and where it is."""
    for index in (cache / "_cacache/index-v5").rglob("*"):
        if index.is_dir():
            continue
        for line in index.read_text(encoding="utf-8").splitlines():
            _hash, tab, text = line.partition("\t")
            entry = json.loads(text) if tab else {}
            if not entry.get("key", "").startswith(REQUEST) or not entry["key"].endswith(".tgz"):
                continue
            algorithm, _, digest = (entry.get("integrity") or "").partition("-")
            name = base64.b64decode(digest).hex()
            content = cache / "_cacache/content-v2" / algorithm / name[:2] / name[2:4] / name[4:]
            if digest and content.exists():
                yield entry["integrity"], content


def manifest_of(archive: bytes, integrity: str) -> dict[str, object]:
    """What the registry says of a version, from its archive."""
    with tarfile.open(fileobj=io.BytesIO(archive)) as opened:
        member = next(one for one in opened if one.name.count("/") == 1 and one.name.endswith("/package.json"))
        manifest = json.load(opened.extractfile(member))
    shasum = hashlib.sha1(archive, usedforsecurity=False).hexdigest()
    manifest["dist"] = {"integrity": integrity, "shasum": shasum}
    if any(script in manifest.get("scripts", {}) for script in INSTALL_SCRIPTS):
        manifest["hasInstallScript"] = True
    return manifest


def collect(cache: Path, folder: Path) -> None:
    """Copy the archives out of npm's cache, and write down what they are."""
    packages: dict[str, dict[str, object]] = {}
    for integrity, path in cached_archives(cache):
        manifest = manifest_of(path.read_bytes(), integrity)
        name, version = str(manifest["name"]), str(manifest["version"])
        copy = folder / archive_path(name, version)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, copy)
        packages.setdefault(name, {})[version] = manifest
    (folder / "packages.json").write_text(json.dumps(packages))
    print(f"npm registry: {sum(map(len, packages.values()))} versions of {len(packages)} packages")


def archive_path(name: str, version: str) -> str:
    return f"{name}/-/{name.rpartition('/')[2]}-{version}.tgz"


def precedence(version: str) -> tuple[bool, list[int]]:
    """Orders versions, those before a release (`-beta`) first."""
    return "-" not in version, [int(part) for part in re.findall(r"\d+", version.partition("-")[0])]


class Registry(BaseHTTPRequestHandler):
    """Answers the requests that npm makes to install packages."""

    protocol_version = "HTTP/1.1"
    folder: Path
    packages: dict[str, dict[str, dict[str, object]]]
    cache_control: str | None = None

    def do_GET(self) -> None:
        path = urllib.parse.unquote(self.path.partition("?")[0]).strip("/")
        if path == "-/ping":
            self.answer(200, b"{}")
        elif path in self.packages:
            self.answer(200, json.dumps(self.description(path)).encode())
        elif path.endswith(".tgz") and ".." not in path and (self.folder / path).is_file():
            self.answer(200, (self.folder / path).read_bytes(), "application/octet-stream")
        else:
            self.answer(404, b'{"error": "not found"}')

    def description(self, name: str) -> dict[str, object]:
        host = self.headers.get("Host", "localhost")
        versions = {
            version: {
                **manifest,
                "dist": {**manifest["dist"], "tarball": f"http://{host}/{archive_path(name, version)}"},
            }
            for version, manifest in self.packages[name].items()
        }
        return {"name": name, "dist-tags": {"latest": max(versions, key=precedence)}, "versions": versions}

    def answer(self, status: int, body: bytes, kind: str = "application/json") -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        if self.cache_control is not None:
            self.send_header("Cache-Control", self.cache_control)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_arguments: object) -> None:
        """Nobody reads it."""


def listen(folder: Path, port: int, cache_control: str | None = None) -> ThreadingHTTPServer:
    """A server that has its port and answers when it is told to serve; port 0 takes a free one."""
    Registry.folder = folder
    Registry.cache_control = cache_control
    Registry.packages = json.loads((folder / "packages.json").read_text())
    return ThreadingHTTPServer(("127.0.0.1", port), Registry)


if __name__ == "__main__":
    if sys.argv[1] == "collect":
        collect(Path(sys.argv[2]), Path(sys.argv[3]))
    else:
        listen(Path(sys.argv[2]), int(sys.argv[3]), *sys.argv[4:]).serve_forever()
