"""What measures must not wait for its neighbour's answer."""

from pathlib import Path

import yaml

from tiny_plan import run_of, tiny, write_plan
from wetrun.plan.scenarios import Outcome
from wetrun.rehearse.threads import threads_needed
from wetrun.verbs.reading import read_document

TOGETHER = 33
"""More than any default pool of threads has (32 at most), so that the test shows the same on every machine."""

START = f"""\
#!/bin/bash
cat > /srv/server.py <<'END'
import http.server, pathlib, threading
everybody = threading.Barrier({TOGETHER}, action=pathlib.Path("/srv/together").touch)
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        if self.path != "/ready" and not pathlib.Path("/srv/together").exists():
            everybody.wait()
        self.send_response(200)
        self.send_header("content-length", "0")
        self.end_headers()
class Server(http.server.ThreadingHTTPServer):
    request_queue_size = 128
Server(("127.0.0.1", 8080), Handler).serve_forever()
END
setsid python3 /srv/server.py </dev/null >/var/log/web.log 2>&1 &
for _ in $(seq 500); do
  if (exec 3<>/dev/tcp/127.0.0.1/8080) 2>/dev/null; then exit 0; fi
  sleep 0.02
done
exit 1
"""

MORE = {
    "watch": "2s",
    "services": {"web": {"process": "server.py"}},
    "state": {"version": "cat version"},
    "monitors": {
        f"m{number}": {
            "sample": {"http": "http://127.0.0.1:8080/"},
            "every": "200ms",
            "rules": [{"when": "> 1h", "then": "note"}],
        }
        for number in range(TOGETHER)
    },
    "phases": [
        {"name": "Code", "steps": [{"run": "until [ -e /srv/together ]; do sleep 0.02; done", "limit": "20s"}]},
    ],
}


def test_every_monitor_is_asked_while_the_others_wait(tmp_path: Path) -> None:
    """A frozen service holds each request; one that had to queue for a thread would be measured late, or never."""
    report = tiny(tmp_path, yaml.safe_dump(MORE), "clean", jobs=1, start=START)
    assert run_of(report, "clean").outcome is Outcome.DEPLOYED, run_of(report, "clean").reason


def test_each_run_has_its_own_threads(tmp_path: Path) -> None:
    """Runs side by side share a pool; it has to be as large as all of them need at once."""
    plan = read_document(write_plan(tmp_path, yaml.safe_dump(MORE))).plan
    assert threads_needed(plan, 1) > TOGETHER
    assert threads_needed(plan, 3) == 3 * threads_needed(plan, 1)
