"""What may not be in the repository: hosts of registries, paths of one machine, locks that do not match."""

import re
import subprocess
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

REPOSITORY = Path(__file__).parents[2]
LOCKS = ("requirements.txt", "requirements-build.txt", "requirements-dev.txt")

FORBIDDEN = {
    "host of a package registry": re.compile(
        r"pypi\.(?:python\.)?org|pythonhosted\.org|registry\.(?:npmjs\.org|yarnpkg\.com)"
    ),
    "path of one machine": re.compile(r"(?<![\w.$~/{}-])/(?:(?:work|root|farm)/|farm\b|opt/(?:pypi|wheels)\b)"),
    "address in an npm lock": re.compile(r'"resolved":\s*"https?:'),
}
INDEX = re.compile(
    r"^\s*(?:--(?:extra-)?index-url|--find-links|--trusted-host|-i|-f)\b|(?:https?|file)://", re.MULTILINE
)


def _findings(text: str) -> list[str]:
    return [f"{what}: {match[0]}" for what, pattern in FORBIDDEN.items() for match in pattern.finditer(text)]


def _committable() -> list[Path]:
    """Every file that is committed or could be."""
    listed = subprocess.run(
        ["git", "-C", str(REPOSITORY), "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        capture_output=True,
        text=True,
        check=True,
    )
    return [path for name in listed.stdout.split("\0") if name and (path := REPOSITORY / name).is_file()]


def test_no_file_names_a_registry_or_a_path_of_one_machine() -> None:
    """Such a line works for its author only, and everybody else finds out at installation."""
    files = _committable()
    assert REPOSITORY / "pyproject.toml" in files
    found = {str(path.relative_to(REPOSITORY)): _findings(path.read_text(errors="replace")) for path in files}
    assert {name: findings for name, findings in found.items() if findings} == {}


@pytest.mark.parametrize(
    ("text", "is_found"),
    [
        ("index = https://pypi" + ".org/simple", True),
        ('"resolved"' + ': "https://mirror.test/a.tgz"', True),
        ("cd /" + "work/main", True),
        ("PATH=/" + "root/.pyenv/bin", True),
        ("https://notes.test/work/items", False),
        ("$HOME/work/notes", False),
        ("/var/www/notes", False),
    ],
)
def test_the_patterns_find_what_they_are_for(text: str, *, is_found: bool) -> None:
    """A pattern that matches nothing would let the test above pass for ever."""
    assert bool(_findings(text)) is is_found


@pytest.mark.parametrize("name", LOCKS)
def test_locks_hold_versions_and_hashes_only(name: str) -> None:
    """A lock that names an index would install from there, whatever the user has configured."""
    text = (REPOSITORY / name).read_text()
    assert INDEX.search(text) is None
    assert text.count("==") >= 5
    for block in re.split(r"\n(?=[a-z])", text):
        assert "--hash=sha256:" in block, block.splitlines()[0]


def test_locks_agree_with_each_other_and_satisfy_the_project() -> None:
    """Somebody who adds a requirement and forgets `make lock` breaks every fresh machine but not their own."""
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())
    groups = project["dependency-groups"]
    runtime, build, dev = (_locked(name) for name in LOCKS)
    wanted = {
        "requirements.txt": (project["project"]["dependencies"], runtime),
        "requirements-build.txt": (groups["build"], build),
        "requirements-dev.txt": ([*project["project"]["dependencies"], *groups["build"], *groups["dev"]], dev),
    }
    for name, (lines, locked) in wanted.items():
        for requirement in (Requirement(line) for line in lines if isinstance(line, str)):
            version = locked.get(canonicalize_name(requirement.name))
            assert version is not None, f"{requirement.name} is not in {name}: run `make lock`"
            assert requirement.specifier.contains(version), f"{name} has {requirement.name} {version}: run `make lock`"
    assert runtime.items() <= dev.items()
    assert build.items() <= dev.items()


def _locked(name: str) -> dict[str, str]:
    lines = re.findall(r"^([a-z0-9._-]+)==([^ ;\\]+)", (REPOSITORY / name).read_text(), re.MULTILINE)
    return {canonicalize_name(package): version for package, version in lines}
