"""Real sandboxes for tests: one baseline for all of them, and a fresh clone for each."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from sandbox_watch import Opening
from wetrun.plan.double import Double, Port, Target
from wetrun.sandbox import Baseline, Sandbox, SandboxSpec, check_isolation

SETUP = """\
set -e
mkdir -p /var/www/notes
echo release-1 > /var/www/notes/release
python3 - > /var/lib/way-out <<'END'
import socket
try:
    socket.create_connection(("198.51.100.1", 80), 2)
    print("reached the outside")
except OSError as error:
    print(error.errno)
END
"""
START = """\
#!/bin/sh
echo "started with ${COLOUR:-no colour}"
cd /var/www/notes
setsid python3 -m http.server 8080 --bind 127.0.0.1 > /var/log/notes.log 2>&1 &
setsid python3 -m http.server 9090 --bind 0.0.0.0 > /var/log/other.log 2>&1 &
setsid python3 - > /var/log/https.log 2>&1 <<'END' &
import http.server, ssl
server = http.server.ThreadingHTTPServer(("127.0.0.1", 8444), http.server.SimpleHTTPRequestHandler)
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain("/run/wetrun/tls/444.pem")
server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
server.serve_forever()
END
for port in 8080 8444 9090; do
  until python3 -c "import socket; socket.create_connection(('127.0.0.1', $port))" 2> /dev/null; do :; done
done
"""


@pytest.fixture(scope="session")
def plan_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A plan's folder with the scripts of its double; also skips where no sandbox can be made."""
    report = asyncio.run(check_isolation())
    if report.problem is not None:
        pytest.skip(f"{report.problem} (hint: {report.problem.hint})")
    folder = tmp_path_factory.mktemp("plan")
    (folder / "setup.sh").write_text(SETUP)
    (folder / "start.sh").write_text(START)
    (folder / "visible").mkdir()
    (folder / "visible/treasure").write_text("must stay as it is\n")
    return folder


@pytest.fixture(scope="session")
def spec(plan_folder: Path) -> SandboxSpec:
    """A double with all that a sandbox offers."""
    return SandboxSpec(
        folder=plan_folder,
        double=Double(
            setup="setup.sh",
            start="./start.sh",
            users=("deploy",),
            hosts={"notes.test": "203.0.113.22", "203.0.113.22": "sandbox", "database.test": "203.0.113.30"},
            ports=(Port(443, 8080, ("notes.test",)), Port(80, 8080), Port(444, 8444, certificate=("notes.test",))),
            mounts=(str(plan_folder / "visible"),),
        ),
        targets={"production": Target(name="production", ssh="deploy@203.0.113.22", directory="/var/www/notes")},
        intercept=(9090,),
    )


@pytest.fixture(scope="session")
def baseline(spec: SandboxSpec, tmp_path_factory: pytest.TempPathFactory) -> Baseline:
    """The frozen world of `spec`."""
    return asyncio.run(Baseline.build(spec, tmp_path_factory.mktemp("cache"), lambda _line: None))


@pytest.fixture
def opening(baseline: Baseline, spec: SandboxSpec, tmp_path: Path) -> Opening:
    """Open a fresh sandbox; small ones have neither proxy nor ssh server."""

    @asynccontextmanager
    async def opened(
        *, small: bool = False, name: str = "run", speed: float = 1.0, **variables: Any
    ) -> AsyncGenerator[Sandbox]:
        wanted = replace(spec, speed=speed)
        if small:
            wanted = replace(wanted, targets={}, intercept=(), double=replace(spec.double, ports=()))
        async with Sandbox.open(baseline, wanted, tmp_path / name, variables=variables) as sandbox:
            yield sandbox

    return opened
