"""How long reading a runbook takes, and how much memory."""

import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from measuring import ROOT, Measured

__all__ = ["measure"]

_REFERENCE = ROOT.parent / "shared/reference/enterprise-deployment-simulation.md"
_READ = """
import gc, resource, sys, time
gc.set_threshold(20_000)  # as the command line does
began = time.perf_counter()
from wetrun.formats.runbook.document.decoding import decode
from wetrun.formats.runbook.reading import read_runbook
runbook = read_runbook(decode(open(sys.argv[1], "rb").read()), "R.md")
seconds = time.perf_counter() - began
print(seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, sum(1 for _ in runbook.plan.steps()))
"""
# A chapter as real runbooks have them: prose, a list, a block of commands with comments, a table.
_CHAPTER = """\
## Chapter {number}: Roll out part {number}

Before the part is rolled out, somebody looks at the dashboard and tells the others. The part is small, and what it
needs is there already; still, everybody who depends on it is told, since they may have to look again at what they keep.

- the database is reachable, and has room for what comes
- nobody else deploys at the same time
- the on-call person knows

```bash
# Get part {number}
git fetch origin part-{number}
git checkout part-{number}
npm ci
# Expected Output:
# added 212 packages, and audited 213 packages in 9s
make part-{number}
curl --fail -s https://notes.test/parts/{number}
# Expected: {{"part": {number}, ...}}
```

| part | probability | success rate |
|---|---|---|
| {number} | 1% | 99% |

When all of this is done the next part follows. It is not started before the numbers of this one have been looked at for
a while, and were found to be what they were before; the text of this paragraph is as long as such paragraphs are.

"""


def measure(scratch: Path) -> list[Measured]:
    """The reference document where there is one, and 10 MB of Markdown."""
    found: list[Measured] = []
    if _REFERENCE.exists():
        runs = [_read(_REFERENCE) for _ in range(5)]
        seconds = min(run[0] for run in runs)
        found.append(Measured("reading the reference document", seconds, 0.3, "s", "best of 5, imports included"))
    path = scratch / "RUNBOOK.md"
    count = 10_000_000 // len(_CHAPTER.format(number=1000).encode()) + 1
    path.write_text("".join(_CHAPTER.format(number=number) for number in range(count)))
    seconds, megabytes, steps = _read(path)
    detail = f"{path.stat().st_size / 1e6:.1f} MB, {count} chapters, {steps:.0f} steps"
    found.append(Measured("reading 10 MB of Markdown", seconds, 5.0, "s", detail))
    found.append(Measured("memory for 10 MB of Markdown", megabytes, 300.0, "MiB", detail))
    # What nobody writes, and what must not take for ever all the same.
    for name, text in (
        ("20 000 equal commands", "# R\n```bash\n" + "ls -la /srv\n" * 20_000 + "```\n"),
        ("1 MB of brackets", "# R\n```bash\nls\n```\n" + "[" * 1_000_000 + "\n"),
        ("a heading of 1 MB of blanks", "# R" + " " * 1_000_000 + "x\n```bash\nls\n```\n"),
        (
            "1 MB of blanks in expected JSON",
            '# R\n```bash\nls\n# Expected: {"a": "..."' + " " * 1_000_000 + "]}\n```\n",
        ),
        ("a heading of 1 MB of digits", "# " + "1" * 1_000_000 + "\n```bash\nls\n```\n"),
    ):
        path.write_text(text)
        seconds, _, steps = _read(path)
        found.append(Measured(f"reading {name}", seconds, 10.0, "s", f"{steps:.0f} steps"))
    return found


def _read(path: Path) -> tuple[float, float, float]:
    ran = subprocess.run([sys.executable, "-c", _READ, path], capture_output=True, text=True, check=True)
    seconds, megabytes, steps = map(float, ran.stdout.split())
    return seconds, megabytes, steps


if __name__ == "__main__":
    with TemporaryDirectory() as folder:
        rows = measure(Path(folder))
    for one in rows:
        print(f"{one.target}: {one.value:.2f} {one.unit} (at most {one.limit:g}) {one.detail}")
