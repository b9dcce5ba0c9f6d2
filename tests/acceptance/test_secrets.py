"""Secrets appear nowhere: Chaos Toolkit logs them, Ansible prints them, process lists show arguments."""

import json
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from command_line import CommandLine, ended, text_files_with, wait_until
from tiny_plan import write_plan

TOKEN = "t0ken-of-nobody-4711"
PASSWORD = 'pa55 w0rd\'of "nobody"'

ECHO = """\
    #!/bin/bash
    cat > /srv/app/echo.py <<'EOF'
    import http.server
    class Echo(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            body = b"hello " + str(self.headers).encode()
            self.send_response(200)
            self.send_header("X-Echo", self.headers.get("Authorization", ""))
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)
    http.server.ThreadingHTTPServer(("127.0.0.1", 8080), Echo).serve_forever()
    EOF
    setsid python3 /srv/app/echo.py http.server 8080 </dev/null >/var/log/web.log 2>&1 &
    for _ in $(seq 500); do
      if (exec 3<>/dev/tcp/127.0.0.1/8080) 2>/dev/null; then exit 0; fi
      sleep 0.02
    done
    exit 1
"""

PLAN = """
secrets: {TOKEN: {env: THE_TOKEN}, PASSWORD: {file: password.txt}}
state:
  version: cat version
  sly: echo "$TOKEN and $(cat noise 2>/dev/null)"
  answers: {http: "http://app.test/", headers: {Authorization: "Bearer ${TOKEN}"}}
monitors:
  log: {sample: {run: 'echo "$TOKEN" >&2; echo 3'}, every: 100ms, rules: [{when: "> 5", then: note}]}
phases:
- name: Code
  steps:
  - {name: write, run: echo 2 > version}
  - {name: echoed, run: 'echo "token $TOKEN"; echo "$PASSWORD" >&2; printenv TOKEN', capture: {kept: stdout}}
  - {name: used, run: 'sh -c "sleep 0.2" "$HOME"; echo "$kept"'}
  - name: header
    http: "http://app.test/?q=${TOKEN}"
    headers: {Authorization: "Bearer ${TOKEN}"}
    capture: {seen: body}
  - name: wrong
    http: "http://app.test/"
    headers: {Authorization: "Bearer ${TOKEN}"}
    expect: {body: {contains: nothing of it}}
rollback:
  steps:
  - {name: back, run: 'echo "1 $TOKEN" > version; echo "$TOKEN" > noise'}
"""


@pytest.fixture
def rehearsed(tmp_path: Path) -> CommandLine:
    """The plan above, with both its secrets in place."""
    write_plan(tmp_path, PLAN, start=ECHO)
    (tmp_path / "password.txt").write_text(PASSWORD + "\n")
    return CommandLine(tmp_path, {"THE_TOKEN": TOKEN})


def command_lines() -> Iterator[str]:
    """What every process on this machine was called with, the sandboxes' included."""
    for entry in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            yield entry.read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            continue


def test_secrets_appear_nowhere(rehearsed: CommandLine) -> None:
    """A secret that a command echoes, that stands in a header, that a check quotes or a comparison shows is in no file.

    Nor in what wetrun prints, nor in any process's arguments while it runs.
    """
    shown: list[str] = []
    over = threading.Event()

    def watch() -> None:
        while not over.is_set():
            shown.extend(line for line in command_lines() if TOKEN in line or PASSWORD in line)

    watching = threading.Thread(target=watch)
    watching.start()
    ran = rehearsed.run("rehearse", "--json")
    over.set()
    watching.join()
    assert ran.returncode == 1, ran.stderr
    assert [step["name"] for step in json.loads(ran.stdout)["runs"][0]["steps"]] == [
        *("write", "echoed", "used", "header", "wrong", "back")
    ]
    for verb in (["report"], ["report", "--format", "json"], ["report", "--format", "html"], ["status"]):
        again = rehearsed.run(*verb)
        assert again.returncode == 0, again.stderr
        assert TOKEN not in again.stdout + again.stderr
    for secret in (TOKEN, PASSWORD, json.dumps(PASSWORD)[1:-1]):
        assert secret not in ran.stdout
        assert secret not in ran.stderr
        assert text_files_with(rehearsed.state, secret) == []
    assert shown == []
    assert "***" in ran.stdout  # they were there to be hidden


def test_a_killed_rehearsal_leaves_no_secret(rehearsed: CommandLine) -> None:
    """What a `kill -9` leaves in the state folder until the next rehearsal sweeps it may be copied away with it."""
    path = rehearsed.folder / "wetrun.yaml"
    path.write_text(
        path.read_text().replace(
            "echo 2 > version", 'echo "$TOKEN"; echo 2 > version; read line < /dev/tcp/127.0.0.1/8080'
        )
    )
    upper = "sandboxes/*/sandbox/upper/srv/app/version"
    process = rehearsed.start("rehearse")
    with ended(process):
        wait_until(
            lambda: any(path.read_text() == "2\n" for path in rehearsed.state.glob(upper)), what="the secret, printed"
        )
        process.kill()
    assert text_files_with(rehearsed.state, TOKEN) == []


TALKATIVE = """\
    #!/bin/sh
    mkdir -p /srv/app/public
    echo 1 > /srv/app/version
    echo "logging in with $(cat /plan/password.txt)"
    exit CODE
"""


@pytest.mark.parametrize("code", [0, 9])
def test_what_the_setup_says_holds_no_secret(tmp_path: Path, code: int) -> None:
    """A script that loads a dump tells how it logs in: on the screen, in the log that stays, and when it fails."""
    double = "{setup: setup.sh, start: start.sh, files: [password.txt]}"
    write_plan(
        tmp_path,
        f"secrets: {{PASSWORD: {{file: password.txt}}}}\ndouble: {double}\n"
        "phases: [{name: Code, steps: [echo 2 > version]}]",
        setup=TALKATIVE.replace("CODE", str(code)),
    )
    (tmp_path / "password.txt").write_text(PASSWORD + "\n")
    line = CommandLine(tmp_path)
    ran = line.run("rehearse")
    assert (ran.returncode in {2, 4}) is bool(code), ran.stderr
    assert PASSWORD not in ran.stdout + ran.stderr
    assert ran.stderr.count("logging in with ***") == (2 if code else 1)
    assert [path.read_text() for path in line.state.glob("baselines/*/setup.log")] == (
        [] if code else ["logging in with ***\n"]
    )


@pytest.mark.parametrize("missing", ["env", "file"])
def test_a_missing_secret_is_an_error_before_anything_is_done(rehearsed: CommandLine, missing: str) -> None:
    """A step that runs with an empty password fails late and strangely, or worse, does not fail."""
    line = CommandLine(rehearsed.folder) if missing == "env" else rehearsed
    if missing == "file":
        (rehearsed.folder / "password.txt").unlink()
    ran = line.run("rehearse")
    assert ran.returncode == 2
    assert "is missing" in ran.stderr
    assert ("hint: set the environment variable `THE_TOKEN`" if missing == "env" else "password.txt") in ran.stderr
    assert "baseline" not in ran.stderr
