"""Every rule finds its own example, and nothing in the example of how to do it right."""

import json
import re
from pathlib import Path

import pytest

from wetrun.faults.registry import catalogue
from wetrun.formats.runbook.reading import read_runbook
from wetrun.formats.yaml_plan import read_plan
from wetrun.lint.reference import pages
from wetrun.lint.registry import lint, rules
from wetrun.lint.rule import Rule
from wetrun.lint.subject import Subject
from wetrun.plan.findings import Finding, Severity

EXAMPLES = sorted((Path(__file__).parents[3] / "examples").glob("*/*.yaml"))
BY_NAME = {rule.name: rule for rule in rules()}
# Their examples are whole documents, or parts of several sections.
_WHOLE = {"rollback-forgets", "probability-sum", "contradicting-numbers", "total-does-not-follow", "mis-encoded-text"}
_WHOLE |= {
    "missing-file",
    "unknown-step",
    "contradicting-totals",
    "impossible-number",
    "not-understood",
    "fixed-wait",
    "unverified-expectation",
}

SLOW = "# A\n```bash\nls\n```\n## Scenario 1: Slow disk (8% probability)\n"
TOOK = "```bash\nnode x\n# Expected Output:\n# one took 2.1s instead of 0.3s\n# two took 2.8s instead of 0.4s\n```\n"
RATES = "| Name | Success rate |\n|-|-|\n| Slow disk | 100% |\n"
CODE = "# A\n```bash\nls\n```\n"
ODDS = "| Case | Probability |\n|-|-|\n| Slow | 60% |\n| Down | 40% |\n{total}"
PHASES = "## Deploy (10 min)\n```bash\nls\n```\n## Verify - 5 min\n```bash\nls\n```\n"


def _runbook(text: str) -> tuple[Finding, ...]:
    found = read_runbook(text, "R.md", catalogue())
    return lint(Subject(found.plan, found.text, found.facts, found.findings, is_runbook=True))


def _found(rule: str, commands: str, tail: str = "") -> list[tuple[int, str]]:
    findings = _runbook(f"# Release\n```bash\n{commands}\n```\n{tail}")
    return [(finding.place.line, finding.message) for finding in findings if finding.rule == rule]


@pytest.mark.parametrize("rule", [rule for rule in rules() if rule.name not in _WHOLE], ids=lambda rule: rule.name)
def test_a_rule_finds_its_own_example(rule: Rule) -> None:
    """A page that shows what the rule does not find is worse than no page."""
    assert [line for line, _ in _found(rule.name, rule.bad)][:1] != []
    assert _found(rule.name, rule.good) == []


@pytest.mark.parametrize(
    ("rule", "document", "lines"),
    [
        ("rollback-forgets", "# A\n```bash\nnpm ci\n```\n## Rollback\n```bash\nmake back\n```\n", [5]),
        ("rollback-forgets", "# A\n```bash\nnpm ci\n```\n## Rollback\n```bash\nnpm ci\n```\n", []),
        ("rollback-forgets", "# A\n```bash\n./manage.py migrate\n```\n## Rollback\n```bash\nmake back\n```\n", [5]),
        ("unverified-expectation", "# A\n```bash\nls\n# Expected: all is well\n```\n", [4]),
        ("fixed-wait", "# A\n```bash\nsleep 30\nls\n```\n", [3]),
        ("fixed-wait", "# A\n```bash\nsleep 2\nls\n```\n", []),
        ("not-understood", "# A\n```bash\nls\n```\n```sql\nselect 1\n```\n", [6]),
        ("mis-encoded-text", "# A ✓\n```bash\nls\n```\n", []),
        (
            "probability-sum",
            "# A\n```bash\nls\n```\n## Scenario 1: a (60% probability)\n## Scenario 2: b (40% probability)\n",
            [],
        ),
        ("unknown-step", BY_NAME["unknown-step"].bad, [8]),
        ("unknown-step", BY_NAME["unknown-step"].good, []),
        ("unknown-step", BY_NAME["unknown-step"].bad.replace("Phase 2.3: Database verification", "Phase 1: Look"), []),
        ("unknown-step", BY_NAME["unknown-step"].bad.replace("Phase 2.3: Database", "Phase 7.1: Database"), [8]),
        ("contradicting-numbers", SLOW + "Queries take 2-3x longer.\n" + TOOK, [6, 6]),
        ("contradicting-numbers", SLOW + "Queries take 7x longer.\n" + TOOK, []),
        ("contradicting-numbers", SLOW + "Success probability: 85%\n\n" + RATES, [6]),
        ("contradicting-numbers", SLOW + "Success rate: 85%\nRollback success rate: 99%\n", []),
        ("probability-sum", CODE + ODDS.format(total="") + "## Results\n" + ODDS.format(total=""), []),
        ("probability-sum", CODE + ODDS.format(total="| **Total** | 100% |\n"), []),
        ("probability-sum", CODE + ODDS.format(total="| Total loss | 10% |\n"), [7]),
        ("total-does-not-follow", CODE + ODDS.format(total="| **Total** | 100% |\n"), []),
        ("total-does-not-follow", CODE + ODDS.format(total="| **Total** | 90% |\n"), [9]),
        ("total-does-not-follow", "# A\n**Estimated duration:** 45 minutes\n" + PHASES, [2]),
        ("total-does-not-follow", "# A\n**Estimated duration:** 15 minutes\n" + PHASES, []),
        ("total-does-not-follow", "# A\n" + PHASES + "## Rollback\nEstimated time: 45 minutes\n", []),
        ("total-does-not-follow", BY_NAME["total-does-not-follow"].bad + "\n```bash\nls\n```\n", [6]),
    ],
)
def test_rules_about_whole_documents(rule: str, document: str, lines: list[int]) -> None:
    """These look at several places at once."""
    assert [finding.place.line for finding in _runbook(document) if finding.rule == rule] == lines


@pytest.mark.parametrize(
    ("rule", "command"),
    [
        ("endless-command", "docker compose up -d"),
        ("endless-command", "timeout 5 tail -f x"),
        ("endless-command", "kubectl logs deploy/x"),
        ("interactive-command", "psql x -c 'select 1'"),
        ("interactive-command", "psql x < dump.sql"),
        ("interactive-command", "cat dump.sql | mysql x"),
        ("interactive-command", "ssh web ls"),
        ("interactive-command", "ssh -p 22 -i key web ls"),
        ("destructive-command", 'pg_dump x > x.sql\npsql x -c "drop table users"'),
        ("interactive-command", "apt-get install -y nginx"),
        ("destructive-command", "rm -rf .next/cache"),
        ("destructive-command", "cp -a x x.before\nrm -rf x"),
        ("destructive-command", "git push --force-with-lease"),
        ("reaches-too-far", "pm2 restart shop"),
        ("reaches-too-far", "systemctl status docker"),
        ("reaches-too-far", "rm -rf ./build"),
        ("relative-rollback", 'git reset --hard "$before"'),
        ("relative-rollback", "git log HEAD~5..HEAD"),
        ("hidden-failure", "curl --fail -s https://x.test"),
        ("hidden-failure", "rm old || true\nls"),
        ("hidden-failure", "curl -s https://x.test | jq .a\n# Expected Output: 9"),
        ("secret-in-text", 'psql "$DATABASE_URL"'),
        ("secret-in-text", "STRIPE_SECRET_KEY=sk_live_...  # what it looks like"),
        ("secret-in-text", "DATABASE_PASSWORD=change-me"),
        ("secret-in-text", "psql postgresql://shop:changeme@db.shop.test:5432/shop"),
        ("secret-in-text", "curl -H 'Authorization: Bearer eyJhbGciOiJIUzI1NiIs...' x"),
        ("secret-in-text", "curl https://user:$PASSWORD@x.test"),
        ("secret-in-text", "export TOKEN=<your token>"),
        ("secret-in-text", "docker run -e PASSWORD=$PASSWORD x"),
        ("unlocked-install", "npm ci"),
        ("unlocked-install", "pip install -r requirements.txt"),
    ],
)
def test_what_is_right_is_not_found(rule: str, command: str) -> None:
    """A finding in what is right teaches people to ignore findings."""
    assert _found(rule, command) == []


@pytest.mark.parametrize(
    ("rule", "command"),
    [
        ("endless-command", "sudo journalctl -fu notes"),
        ("endless-command", "watch -n 1 ls"),
        ("endless-command", "curl --fail --connect-timeout 5 https://x.test && tail -f x"),
        ("interactive-command", "ssh -p 22 web"),
        ("destructive-command", "git tag before\nrm -rf /var/www/shop"),
        ("destructive-command", 'cp -a x x.before\npsql x -c "drop table users"'),
        ("hidden-failure", "curl -sI https://x.test"),
        ("hidden-failure", "curl -s -o page.html https://x.test"),
        ("interactive-command", "docker exec -it db bash"),
        ("destructive-command", "terraform destroy"),
        ("destructive-command", 'psql x -c "delete from users"'),
        ("reaches-too-far", "sudo rm -rf /var"),
        ("reaches-too-far", "docker stop $(docker ps -q)"),
        ("relative-rollback", "git checkout main@{1}"),
        ("secret-in-text", "mysql -uroot -phunter22 x"),
        ("secret-in-text", "export STRIPE_SECRET_KEY=sk_live_12ab...34cd56ef"),
        ("secret-in-text", "DATABASE_PASSWORD=ChangeMe2024!"),
        ("secret-in-text", "DATABASE_PASSWORD=changeme@2024"),
        ("secret-in-text", "aws configure set x AKIAABCDEFGHIJKLMNOP"),
        ("secret-in-text", "curl -H 'Authorization: Bearer abcdefghijklmnopqrst' x"),
        ("hidden-failure", "make smoke || echo ignored"),
    ],
)
def test_variants_are_found(rule: str, command: str) -> None:
    """Nobody writes a mistake twice in the same way."""
    assert len(_found(rule, command)) == 1


def test_places_inside_commands_are_exact() -> None:
    """An editor underlines what is meant, not the whole step."""
    findings = _runbook("# A\n```bash\nfor x in a; do\n  curl -s x | sort | tail -f <sha>\ndone\n```\n")
    places = {finding.rule: (finding.place.line, finding.place.column) for finding in findings}
    assert places["placeholder"] == (4, 30)
    assert places["endless-command"] == (4, 22)


@pytest.mark.parametrize("address", ["deploy@<server>", "deploy@YOUR_SERVER", "$USER@shop.test"])
def test_an_address_with_a_place_to_fill_in_is_found(address: str) -> None:
    """No command has it any more: it is the address of a target, and nothing can be run there."""
    assert [line for line, _ in _found("placeholder", f"ls\nssh {address}\nmake")] == [4]
    assert _found("placeholder", "ssh deploy@shop.test\nmake") == []


def test_rules_hold_for_plans_too() -> None:
    """A plan that was imported keeps the habits of its runbook."""
    text = "name: x\nphases:\n- name: A\n  steps:\n  - tail -f x\n  - git checkout <sha>\n"
    findings = lint(Subject(read_plan(text, file="wetrun.yaml", fault_kinds=None), text))
    assert [(finding.rule, finding.place.line) for finding in findings] == [("endless-command", 5), ("placeholder", 6)]


def test_secrets_in_plans_are_found_where_they_stand() -> None:
    """Also outside of commands: in the environment, in headers."""
    text = "name: x\nenvironment: {API_TOKEN: abc}\nphases:\n- name: A\n  steps: [ls 'postgres://a:hunter22@x/y']\n"
    findings = lint(Subject(read_plan(text, file="wetrun.yaml", fault_kinds=None), text))
    assert [(finding.rule, finding.place.line, finding.place.column) for finding in findings] == [
        ("secret-in-text", 5, 28)
    ]


def test_no_finding_repeats_a_secret() -> None:
    """A finding that quotes a command would carry its password into logs and code hosts."""
    command = 'psql "postgresql://shop:h4rbour99@localhost/shop" -c "drop table users"'
    findings = _runbook(f"# A\n```bash\n{command}\n# Expected: it is gone\n```\n")
    assert {finding.rule for finding in findings} >= {"destructive-command", "secret-in-text"}
    assert not any("h4rbour99" in f"{finding.message} {finding.instead}" for finding in findings)


def test_a_secret_that_is_cut_off_is_not_shown_either() -> None:
    """Half of a password is half of the work."""
    command = "tail -f 'postgresql://somebody-with-a-long-name:h4rbour99h4rbour99@localhost/shop'"
    assert not any("h4rb" in message for _, message in _found("endless-command", command))
    assert len(_found("endless-command", command)) == 1


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_the_examples_have_no_errors(path: Path) -> None:
    """`wetrun check` of our own examples must exit with 0; the good one must be silent."""
    text = path.read_text()
    findings = lint(Subject(read_plan(text, file=path.name, fault_kinds=None), text))
    assert [finding for finding in findings if finding.severity is Severity.ERROR] == []
    if path.parent.name == "quickstart" and path.stem == "wetrun":
        assert findings == ()


def test_every_rule_has_its_page_and_says_why() -> None:
    """A name in brackets is no reason to change a deployment."""
    assert len(BY_NAME) == len(rules()) >= 15
    assert set(pages()) == {"README.md", *(f"{name}.md" for name in BY_NAME)}
    for rule in rules():
        assert re.fullmatch(r"[a-z]+(?:-[a-z]+)+|placeholder", rule.name)
        assert len(rule.why) > 40


@pytest.mark.parametrize(
    ("rule", "bad", "good"),
    [
        ("endless-command", "watch -n1 date", "top -b -n 1"),
        ("placeholder", "scp x deploy@{HOST_NAME}:/srv", "git log main@{upstream}"),
        ("placeholder", "docker pull registry.test/web:[VERSION]", "tr -d '[:upper:]' < x"),
        ("interactive-command", "git revert --edit 4711aff", "git revert 4711aff"),
        ("relative-rollback", "git revert --no-edit HEAD", "git revert --no-edit 4711aff"),
        ("relative-rollback", "git revert --no-edit HEAD~2..HEAD", "git revert --no-edit 4711aff..HEAD"),
        ("hidden-failure", "make smoke || kubectl -n x rollout undo deploy/x", "make smoke || make again"),
        ("hidden-failure", "make smoke || ./rollback.sh", "make smoke || { ./rollback.sh; exit 1; }"),
        ("destructive-command", "find /srv -name '*.log' -delete", "find /srv -name '*.log'"),
        ("placeholder", "kubectl -n {{ namespace }} get pods", "docker ps --format '{{ .Names }} {{end}}'"),
        ("placeholder", "ssh %HOST% ls", "date +%Y%m%d-%H%M%S"),
        ("placeholder", "cp shop.conf.[timestamp] shop.conf", "jq '.[date]' a.json && echo ${a[date]}"),
        ("placeholder", "cd /path/to/app", "cd /srv/path/tool"),
        ("placeholder", "git checkout v1.x.x", "npm install react@18.x.x && git checkout v1.x"),
        ("placeholder", "ping -c 1 XXX.XXX.XXX.XXX", "ping -c 1 203.0.113.7"),
        ("placeholder", "./deploy.sh <staging|production>", "sort <in|uniq >out"),
        ("placeholder", "kubectl delete pod [id]", "git add app/[id]/page.tsx"),
        ("endless-command", "sleep infinity", "sleep 5"),
        ("endless-command", "while true; do date; sleep 1; done", "while true; do curl -f x.test && break; done"),
        ("endless-command", "nc -l 8080", "nc -z x.test 8080"),
        ("endless-command", "tcpdump -i eth0", "tcpdump -i eth0 -c 10"),
        ("endless-command", "npm start", "npm start &\nsleep 2"),
        ("endless-command", "npm run start:prod", "npm run start-check"),
        ("endless-command", "node server.js", "nohup node server.js > log 2>&1 &"),
        ("endless-command", "cd app && node dist/server.js", "pm2 start server.js"),
        ("interactive-command", "kubectl exec -it web-0 -- bash", "kubectl exec web-0 -- ls -lt"),
        ("interactive-command", "docker exec -it web bash", "docker exec web ls -lt"),
        ("interactive-command", "kubectl edit deployment web", "kubectl get deployment web"),
        ("interactive-command", "npm init", "npm init -y"),
        ("destructive-command", "psql x -c 'DELETE FROM users'", "psql x -c 'DELETE FROM users WHERE id = 7'"),
        ("destructive-command", "dd if=x.img of=/dev/sda bs=4M", "dd if=/dev/zero of=swap.img bs=1M count=1"),
        ("destructive-command", "npx prisma db push --accept-data-loss", "npx prisma db push"),
        ("destructive-command", "aws s3 rm s3://x/y --recursive", "aws s3 rm s3://x/y.txt"),
        ("destructive-command", "truncate -s 0 shop.db", "truncate -s 0 /var/log/shop.log"),
        ("destructive-command", "> data.db", "ls > list.txt\ndate > app.json"),
        ("destructive-command", ": > data.db", "cp data.db data.db.backup\n: > data.db"),
        ("reaches-too-far", "kubectl drain node-1", "kubectl get nodes"),
        ("reaches-too-far", "sudo ufw disable", "sudo ufw status"),
        ("hidden-failure", "make test || exit 0", "make test || exit 1"),
        ("hidden-failure", "make test &", "make test & wait $!"),
        ("hidden-failure", 'echo "$(curl -s x.test | jq .a) items"', 'echo "now $(date)"'),
        ("hidden-failure", 'echo "$(psql x -tAc q)"', 'count=$(psql x -tAc q)\necho "$count"'),
        ("relative-rollback", "git checkout -", "git checkout -- file.txt"),
        ("relative-rollback", "git switch -", "git switch -c release"),
    ],
)
def test_what_the_rules_once_missed(rule: str, bad: str, good: str) -> None:
    """Each was met in a runbook and passed without a word; and its right form must stay silent."""
    assert _found(rule, bad) != []
    assert _found(rule, good) == []


@pytest.mark.parametrize("command", ["make check; true", "make check\n:", "set +e; make check; make report"])
def test_what_stops_at_its_first_failure_hides_none(command: str) -> None:
    """The shell that runs the steps stops there, `set +e` or not: a warning would be a false alarm."""
    text = f"name: x\nphases:\n- name: A\n  steps:\n  - run: {json.dumps(command)}\n"
    findings = lint(Subject(read_plan(text, file="wetrun.yaml", fault_kinds=None), text))
    assert "hidden-failure" not in [finding.rule for finding in findings]


def test_what_one_procedure_puts_aside_does_not_serve_another() -> None:
    """Each procedure may run by itself: what another one would have saved is not there."""
    document = (
        "# R\n## Deploy\n```bash\nls\n```\n## Troubleshooting\n### One\n```bash\ngit stash\ngit reset --hard x\n```\n"
        "### Two\n```bash\ngit reset --hard x\n```\n"
    )
    assert [one.place.line for one in _runbook(document) if one.rule == "destructive-command"] == [14]


@pytest.mark.parametrize(("before", "lines"), [("git tag before", [8]), ("git status --porcelain", [])])
def test_a_rollback_throws_away_work_unless_the_phases_looked(before: str, lines: list[int]) -> None:
    """A tag saves what is committed. The rollback looked right because it was a rollback, and nobody was warned."""
    document = f"# R\n## Deploy\n```bash\n{before}\n```\n## Rollback\n```bash\ngit reset --hard $old\n```\n"
    assert [one.place.line for one in _runbook(document) if one.rule == "destructive-command"] == lines


@pytest.mark.parametrize(
    ("heading", "cell", "places"),
    [
        ("Password", "Sup3rS3cretPw", [(8, 15)]),
        ("DB password", "`Sup3rS3cretPw`", [(8, 16)]),
        ("API key", "k4f8a0b1c2", [(8, 15)]),
        ("Password", "$DB_PASSWORD1", []),
        ("Password", "in the vault", []),
        ("Password", "<password1>", []),
        ("Password", "DB_PASSWORD_2", []),
        ("Password", "********", []),
        ("Host", "db01prod", []),
        ("Password reset", "page12345", []),
    ],
)
def test_a_password_in_a_table_is_found(heading: str, cell: str, places: list[tuple[int, int]]) -> None:
    """Tables of accounts are the most common place of passwords in a wiki."""
    document = f"# R\n```bash\nls\n```\n\n| Host | User | {heading} |\n|---|---|---|\n| db | root | {cell} |\n"
    found = [one.place for one in _runbook(document) if one.rule == "secret-in-text"]
    assert [(place.line, place.column) for place in found] == places


TOTALS = """\
# Release 4.2
**Success probability:** 97%
**Expected downtime:** none
**Rollback reliability:** > 99%
## Phase 1: Code
```bash
git pull
```
## Summary
- Success rate: 95%
- Total success rate: 120%
- Downtime: 2 minutes
- Rollback success rate: 99.5%
"""


def test_totals_that_contradict_each_other_are_told_once_with_every_place() -> None:
    """97 % above and 95 % below: whoever decides by the first one has not read the second."""
    found = [one for one in _runbook(TOTALS) if one.rule == "contradicting-totals"]
    assert [(one.place.line, one.message, [place.line for place in one.related]) for one in found] == [
        (2, "the probability of success is 97 % here, and elsewhere 95 % (line 10)", [10]),
        (3, "the downtime is none here, and elsewhere 2 min (line 12)", [12]),
    ]


@pytest.mark.parametrize("line", ["Success rate: 120%", "Success probability: 97-103%", "Probability: 250 %"])
def test_more_than_all_cases_is_told(line: str) -> None:
    """It is left out of every total: nobody must believe that it was counted."""
    (message,) = [message for _, message in _found("impossible-number", "ls", line)]
    assert "100 % at most" in message


def test_a_time_of_more_than_a_hundred_years_is_an_error() -> None:
    """Nobody plans for it: a digit too many, or the wrong unit."""
    text = "# A\n```bash\nls\n```\nRollback time: 900000000 days\n"
    (found,) = [one for one in _runbook(text) if one.place.line == 5]
    assert (found.rule, found.severity) == ("impossible-number", Severity.ERROR)
    assert _found("impossible-number", "ls", "Rollback time: 90 days") == []


@pytest.mark.parametrize("line", ["Success rate: 100%", "Memory: 120%", "Traffic: 150 % of usual"])
def test_other_percentages_are_nobody_s_business(line: str) -> None:
    """A false alarm on every capacity number would have the rule switched off."""
    assert _found("impossible-number", "ls", line) == []
