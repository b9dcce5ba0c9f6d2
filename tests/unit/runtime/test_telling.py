"""What the record tells of steps whose results hold a secret."""

import asyncio
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from local_run import LocalRun, run_here
from wetrun.plan.scenarios import Outcome

SECRET = "q7Zk-Xw93-pLm2-Rt56-vBn8-Hs41-yDc7-Gf30"
PART = 6
PAD = "x" * 90


class Telltale(BaseHTTPRequestHandler):
    """A service that tells its secret, behind so much else that a quotation of it ends in the middle."""

    def do_GET(self) -> None:
        body = json.dumps({"token": f"{PAD} {SECRET}", "where": "b", "half": "half \ud800"}).encode()
        self.send_response(200)
        self.send_header("x-token", f"{PAD} {SECRET}")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *_arguments: object) -> None:  # noqa: A002 - the name is the library's
        del format


@pytest.fixture
def service() -> Iterator[str]:
    """The address of such a service."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Telltale) as server:
        serving = threading.Thread(target=server.serve_forever)
        serving.start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()
        serving.join()


def run_with(folder: Path, steps: str) -> LocalRun:
    """Run steps that know the secret as `$TOKEN`."""
    plan = f"""
        secrets: {{TOKEN: {{env: THE_TOKEN}}}}
        phases:
        - name: Code
          steps:
{steps}
        rollback: {{steps: ["true"]}}
    """
    return asyncio.run(run_here(folder, plan, secrets={"TOKEN": SECRET}))


def parts_in(run: LocalRun) -> list[str]:
    """The parts of the secret that stand anywhere in a record."""
    record = json.dumps([record.body for record in run.records]) + run.reason
    return [SECRET[at : at + PART] for at in range(len(SECRET) - PART + 1) if SECRET[at : at + PART] in record]


def findings_of(run: LocalRun) -> list[dict[str, Any]]:
    """What was found of all its steps, as the record has it."""
    bodies: list[Any] = [record.body for record in run.records if record.kind == "event"]
    return [found for body in bodies if body["event"] == "StepEnded" for found in body["detail"]["findings"]]


@pytest.mark.parametrize(
    "expect",
    [
        "{json: {token: nothing}}",
        "{body: {contains: nothing}}",
        "{headers: {x-token: nothing}}",
        f'{{body: {{contains: "{PAD}- ${{TOKEN}}"}}}}',
    ],
)
def test_a_finding_quotes_no_part_of_a_secret(tmp_path: Path, service: str, expect: str) -> None:
    """A quotation ends after so many characters: nobody who masks it later finds what it has left of a password."""
    run = run_with(tmp_path, f"          - {{name: ask, http: '{service}', expect: {expect}, changes: false}}")
    findings = findings_of(run)
    assert [finding["verdict"] for finding in findings] == ["passed", "failed"]
    assert parts_in(run) == []
    assert "***" in json.dumps(findings)


def test_captures_that_fail_quote_no_part_of_a_secret(tmp_path: Path, service: str) -> None:
    """Where a pattern does not match, the text in which it was looked for is shown; each says what it missed."""
    capture = "{thing: {body: '/z([0-9]+)z/'}, place: {json: where}, other: {json: nowhere}}"
    run = run_with(tmp_path, f"          - {{name: ask, http: '{service}', capture: {capture}, changes: false}}")
    assert run.outcome is not Outcome.DEPLOYED
    wanted = [finding["wanted"] for finding in findings_of(run)]
    assert wanted[1:] == ["a value for `thing` from /z([0-9]+)z/ in body", "a value for `other` from JSON at `nowhere`"]
    assert parts_in(run) == []


def test_a_secret_is_judged_and_captured_as_it_is(tmp_path: Path, service: str) -> None:
    """What is hidden from the record decides and is used all the same, or no plan could log in."""
    steps = f"""
          - name: ask
            http: '{service}'
            expect: {{body: {{contains: "{PAD} ${{TOKEN}}"}}}}
            capture: {{kept: {{json: token}}}}
            changes: false
          - {{name: use, run: '[ "$kept" = "{PAD} $TOKEN" ]'}}
    """
    run = run_with(tmp_path, steps)
    assert (run.outcome, run.reason) == (Outcome.DEPLOYED, "every step passed")
    assert parts_in(run) == []


def test_a_verdict_that_the_mask_would_turn_is_told_without_its_reason(tmp_path: Path, service: str) -> None:
    """`***` is no secret: words that were found for it must not speak against the verdict."""
    run = run_with(
        tmp_path, f"          - {{name: ask, http: '{service}', expect: {{body: {{not: {{contains: Xw93}}}}}}}}"
    )
    assert run.outcome is not Outcome.DEPLOYED
    assert "something that a secret stands in" in run.reason


def test_half_a_character_is_recorded_and_captured(tmp_path: Path, service: str) -> None:
    """JSON may hold half a surrogate pair, which neither a journal nor a shell takes: the run has to go on."""
    steps = f"""
          - {{name: ask, http: '{service}', capture: {{kept: {{json: half}}}}, changes: false}}
          - {{name: use, run: '[ "$kept" = "half �" ]'}}
          - {{name: see, http: '{service}', expect: {{json: {{half: whole}}}}, changes: false}}
    """
    run = run_with(tmp_path, steps)
    assert run.begun[:3] == ["Code/ask", "Code/use", "Code/see"]
    assert "half �" in run.reason
