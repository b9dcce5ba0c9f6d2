"""One small double with a Python and a Node service and an origin repository, and a case for each kind of fault in it.

Needs no pytest, so that an ordinary user can run it as a program too: every case, one line each, exit code 1 when one
fails.
"""

import asyncio
import contextlib
import shutil
import sys
import tempfile
import traceback
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from wetrun.faults import registry
from wetrun.plan.double import Double, Port, Service, Target
from wetrun.plan.expectations import JsonValue
from wetrun.plan.scenarios import FaultSpec
from wetrun.plan.steps import Http
from wetrun.probes.http import request
from wetrun.runtime.ports import Fault, World
from wetrun.sandbox import Baseline, Sandbox, SandboxSpec, SandboxWorld

__all__ = ["CASES", "Case", "baseline_of", "exercise", "fresh_world", "lay_plan", "spec_of"]

NODE = shutil.which("node", path="/usr/local/bin:/usr/bin:/bin") is not None

FILES = {
    "setup.sh": """#!/bin/bash
set -eu
mkdir -p /srv/app/data /srv/app/notes
cp /plan/app.py /plan/app.js /srv/app/
cp /plan/up.sh /srv/up
echo precious > /srv/app/data/content
printf 'FIRST=1\\nexport KEY="two\\nlines"\\nLAST=3' > /srv/app/.env
export GIT_AUTHOR_NAME=a GIT_AUTHOR_EMAIL=a@shop.test GIT_COMMITTER_NAME=a GIT_COMMITTER_EMAIL=a@shop.test
git init -q -b main /tmp/work && cd /tmp/work
printf 'one\\ntwo\\n' > file && git add file && git commit -qm first
git clone -q --bare file:///tmp/work /srv/origin.git && rm -rf /tmp/work
""",
    "start.sh": "#!/bin/bash\nexec /srv/up\n",
    "up.sh": """#!/bin/bash
cd /srv/app
[ -e stay-down ] && exit 0
start() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null || setsid "${@:2}" </dev/null >>/srv/app/log 2>&1 & }
start 8000 python3 app.py 8000
command -v node >/dev/null && start 3000 node app.js 3000
for port in 8000 $(command -v node >/dev/null && echo 3000); do
  for try in {1..500}; do
    (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null && continue 2
    sleep 0.02
  done
  exit 1
done
""",
    "app.py": """import http.server, sys
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"ok")
http.server.ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
""",
    "app.js": "require('http').createServer((_, r) => r.end('ok')).listen(+process.argv[2], '127.0.0.1')\n",
    "faults/begin.sh": "read -r line\necho by hand > data/broken\nsetsid /bin/sleep 100 </dev/null >/dev/null 2>&1 &\n",
    "faults/check.sh": "cat data/broken 2>/dev/null || exit 1\n",
    "faults/blind.sh": "echo no eyes >&2\nexit 2\n",
    "faults/end.sh": "rm data/broken\n",
    "bad.patch": "--- a/file\n+++ b/file\n@@ -1,2 +1,2 @@\n one\n-two\n+three\n",
}

Harm = Callable[[World], Awaitable[bool]]


@dataclass(frozen=True)
class Case:
    """A fault and what its victim sees.

    Attributes:
        harmed: Looks at the double as the victim would, not as the fault does: whether the disturbance is felt.
        leaves: Whether a blow of this kind lasts when it is cleared (nothing brings a killed process back but its
        starter).
    """

    kind: str
    parameters: Mapping[str, JsonValue]
    harmed: Harm
    name: str = field(default="")
    leaves: bool = False

    @property
    def title(self) -> str:
        return f"{self.kind}{' ' + self.name if self.name else ''}"

    def build(self) -> Fault:
        return registry.build(FaultSpec(self.kind, self.parameters))


def _unanswered(port: int, *, within: float = 1.0) -> Harm:
    async def look(world: World) -> bool:
        observed = await asyncio.to_thread(request, world.network(), Http(f"http://127.0.0.1:{port}/"), within)
        return observed.status != 200

    return look


def _said(*argv: str, text: str) -> Harm:
    async def look(world: World) -> bool:
        ran = await world.run(*argv)
        return text in ran.stdout + ran.stderr

    return look


def _fails(script: str) -> Harm:
    async def look(world: World) -> bool:
        return (await world.run("bash", "-c", script)).exit_code != 0

    return look


def _large(pattern: str) -> Harm:
    async def look(world: World) -> bool:
        # Both applications need less than this as long as they do nothing.
        return any(pattern in each.command and each.memory > 150 << 20 for each in await world.processes())

    return look


async def _slow(world: World) -> bool:
    observed = await asyncio.to_thread(request, world.network(), Http("http://127.0.0.1:80/"), 10.0)
    return observed.seconds >= 0.8


async def _silent_connection(world: World) -> bool:
    def talk() -> bool:
        with contextlib.closing(world.network().connect("127.0.0.1", 80, limit=1.0)) as connection:
            connection.settimeout(0.5)
            try:
                connection.sendall(b"GET / HTTP/1.0\r\n\r\n")
                return not connection.recv(1)
            except TimeoutError:
                return True
            except OSError:
                return False

    return await asyncio.to_thread(talk)


ORIGIN = "/srv/origin.git"
_PULL = f"rm -rf /tmp/c && git clone -q file://{ORIGIN} /tmp/c && cd /tmp/c &&"

CASES = (
    Case("service-stop", {"service": "python"}, _unanswered(80)),
    Case("service-stop", {"service": "managed"}, _unanswered(80), name="by its manager"),
    Case("service-kill", {"service": "python"}, _unanswered(80)),
    Case("service-freeze", {"service": "python"}, _unanswered(80)),
    Case("process-kill", {"match": "app[.]py 8000"}, _unanswered(80), leaves=True),
    Case("network-delay", {"port": 80, "delay": 0.5, "jitter": 0.05}, _slow),
    Case("network-refuse", {"port": 80}, _unanswered(80)),
    Case("network-blackhole", {"port": 80}, _silent_connection),
    Case("connection-reset", {"port": 80}, _unanswered(80)),
    Case(
        "disk-full", {"path": "data"}, _fails("head -c 200000 /dev/zero > data/more; code=$?; rm data/more; exit $code")
    ),
    Case(
        "disk-full",
        {"path": "/srv/app", "free": 100_000},
        _fails(
            "cd /proc/$(pgrep -f 'app[.]py 8000')/cwd/ && head -c 200000 /dev/zero > more; code=$?; rm more; exit $code"
        ),
        name="where somebody stands",
    ),
    Case("read-only-files", {"path": "data"}, _fails("touch data/more && rm data/more")),
    Case("read-only-files", {"path": "app.py"}, _fails("touch app.py"), name="one file"),
    Case(
        "read-only-files",
        {"path": "/srv/app"},
        _fails("touch /srv/app/more && rm /srv/app/more"),
        name="while a log is open",
    ),
    Case("memory-leak", {"service": "python", "rate": 200_000_000}, _large("app.py 8000"), name="Python"),
    *(
        (Case("memory-leak", {"service": "node", "rate": 200_000_000}, _large("app.js 3000"), name="Node"),)
        if NODE
        else ()
    ),
    Case(
        "extra-commits",
        {"repository": ORIGIN, "branch": "main", "count": 2},
        _said("bash", "-c", f"{_PULL} ls", text="pushed-meanwhile-2"),
    ),
    Case(
        "bad-release",
        {"repository": ORIGIN, "patch": "bad.patch"},
        _said("bash", "-c", f"{_PULL} cat file", text="three"),
    ),
    Case(
        "environment-missing", {"file": ".env", "name": "KEY"}, _fails(". /srv/app/.env; [[ $KEY == $'two\\nlines' ]]")
    ),
    Case(
        "command-fails",
        {"command": "git", "matching": "^pull ", "exit": 3, "stderr": "no route"},
        _said("git", "pull", "origin", text="no route"),
    ),
    Case(
        "script",
        {"begin": "faults/begin.sh", "check": "faults/check.sh", "end": "faults/end.sh"},
        _fails("[ ! -e /srv/app/data/broken ]"),
    ),
    Case("command-hangs", {"command": "uname"}, _fails("timeout 0.5 uname")),
    Case("command-slow", {"command": "uname", "delay": 1.0}, _fails("timeout 0.5 uname")),
)


def lay_plan(folder: Path) -> Path:
    """Write the double's files."""
    folder.mkdir(exist_ok=True)
    for name, text in FILES.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text)
        (folder / name).chmod(0o755)
    return folder


def spec_of(folder: Path, *, speed: float = 1.0) -> SandboxSpec:
    """The double of the plan in a folder."""
    up = "/srv/up"
    return SandboxSpec(
        folder=folder,
        double=Double(
            setup="setup.sh",
            start="start.sh",
            files=("app.py", "app.js", "up.sh"),
            ports=(Port(80, 8000), Port(81, 3000)),
        ),
        services={
            "python": Service(name="python", process="app[.]py 8000", start=up),
            "node": Service(name="node", process="app[.]js 3000", start=up),
            "managed": Service(
                name="managed", process="app[.]py 8000", stop="kill $(pgrep -f 'app[.]py 8000')", start=up
            ),
            "orphan": Service(name="orphan", process="app[.]py 8000"),
        },
        targets={"local": Target(name="local", directory="/srv/app")},
        speed=speed,
    )


async def baseline_of(spec: SandboxSpec, cache: Path) -> Baseline:
    """Build the double."""
    return await Baseline.build(spec, cache, lambda _line: None)


@contextlib.asynccontextmanager
async def fresh_world(baseline: Baseline, spec: SandboxSpec) -> AsyncIterator[SandboxWorld]:
    """A sandbox whose services have not been started."""
    with tempfile.TemporaryDirectory(prefix="wetrun-faults-") as folder:
        async with Sandbox.open(baseline, spec, Path(folder) / "run") as sandbox:
            yield SandboxWorld(sandbox)


async def state_of(world: World) -> str:
    """What a fault has to leave as it was: every file and its mode, but the services' log, and the branch."""
    script = (
        "find /srv/app -not -name log -not -name __pycache__ -not -name '*.pyc' -printf '%P %y %m\\n' | sort;"
        " find /srv/app -type f -not -name log -not -name '*.pyc' -exec sha256sum {} + | sort;"
        f" git -c 'safe.directory=*' -C {ORIGIN} show-ref"
    )
    return (await world.run("bash", "-c", script)).stdout


async def _felt(case: Case, world: World, *, expected: bool) -> bool:
    """Whether the victim is harmed; some harm needs a moment to build up, or to pass."""
    end = world.now() + 10.0
    while (felt := await case.harmed(world)) is not expected and world.now() < end:
        await world.sleep(0.05)
    return felt


async def exercise(case: Case, baseline: Baseline, spec: SandboxSpec) -> list[str]:
    """Hold one fault to the contract; returns what it measured."""
    async with fresh_world(baseline, spec) as world:
        fault = case.build()
        await fault.prepare(world)
        await world.start()
        before = await state_of(world)
        assert not await case.harmed(world), "the victim is harmed before the fault strikes"
        absent = await fault.gone(world)
        assert not absent.present, f"present before it was injected: {absent.measured}"
        await fault.inject(world)
        there = await fault.took_effect(world)
        assert there.present, f"no effect: {there.measured}"
        assert await _felt(case, world, expected=True), f"measured `{there.measured}`, and the victim feels nothing"
        await fault.clear(world)
        gone = await fault.gone(world)
        assert not gone.present, f"still there: {gone.measured}"
        if not case.leaves:
            await world.run("/srv/up")
            assert not await _felt(case, world, expected=False), (
                f"measured `{gone.measured}`, and the victim still feels it"
            )
        after = await state_of(world)
        assert after == before, f"left behind:\n{after}\ninstead of\n{before}"
        return [absent.measured, there.measured, gone.measured]


async def _all(folder: Path) -> int:
    spec = spec_of(lay_plan(folder / "plan"))
    baseline = await baseline_of(spec, folder / "cache")
    failed = 0
    for case in CASES:
        try:
            measured = await exercise(case, baseline, spec)
            sys.stdout.write(f"{case.title}: {' | '.join(measured)}\n")
        except Exception:  # noqa: BLE001 (every case is to be seen)
            failed = 1
            sys.stdout.write(f"{case.title}: FAILED\n{traceback.format_exc()}")
    return failed


if __name__ == "__main__":
    sys.exit(asyncio.run(_all(Path(sys.argv[1]))))
