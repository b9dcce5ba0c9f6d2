"""Commands as an ordinary user, also when the tests run as root."""

import fcntl
import os
import pwd
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

__all__ = ["OrdinaryUser", "ordinary_account", "ordinary_user", "remove_tree"]

NAME = "wetrun-test"
REPOSITORY = Path(__file__).parents[2]
SYSTEM_PYTHONS = (Path("/usr/bin/python3"), Path("/usr/local/bin/python3"))
LOADS = "import asyncssh, click, jinja2, rich, sys, trustme, wetrun, yaml; assert sys.version_info >= (3, 11)"


@dataclass(frozen=True, slots=True, kw_only=True)
class OrdinaryUser:
    """Somebody without privileges, who has wetrun installed.

    Attributes:
        python: An interpreter which this user may run, and in which wetrun is importable.
        folder: A folder of this test alone, owned by the user (`tmp_path` is closed to others); removed afterwards.
    """

    name: str
    uid: int
    gid: int
    home: Path
    python: Path
    folder: Path

    @property
    def wetrun(self) -> Path:
        """The `wetrun` command of this user's installation."""
        return self.python.parent / "wetrun"

    @property
    def environment(self) -> dict[str, str]:
        """A login's environment, without anything of root's; keeps the mark by which leftovers are found."""
        kept = {
            key: value for key, value in os.environ.items() if key in {"LANG", "LC_ALL", "TERM", "WETRUN_TEST_MARK"}
        }
        path = f"{self.python.parent}:/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin"
        return kept | {"HOME": str(self.home), "USER": self.name, "LOGNAME": self.name, "PATH": path}

    def start(
        self, *argv: str | Path, cwd: Path | None = None, env: Mapping[str, str] | None = None, **options: Any
    ) -> subprocess.Popen[bytes]:
        """Start a command as this user, in `folder` unless told otherwise; `env` is added to `environment`."""
        return subprocess.Popen([str(part) for part in argv], **self._arguments(cwd, env), **options)

    def run(
        self,
        *argv: str | Path,
        cwd: Path | None = None,
        env: Mapping[str, str] | None = None,
        timeout: float = 120,
        **options: Any,
    ) -> subprocess.CompletedProcess[str]:
        """Run a command as this user to its end and return what it wrote, as text; never raises for its exit code."""
        words = [str(part) for part in argv]
        chosen = {"capture_output": True, "text": True, "timeout": timeout} | options
        return subprocess.run(words, check=False, **self._arguments(cwd, env), **chosen)

    def own(self, path: Path) -> None:
        """Give a file or a whole folder to this user."""
        for found in (path, *path.rglob("*")):
            os.chown(found, self.uid, self.gid, follow_symlinks=False)

    def _arguments(self, cwd: Path | None, env: Mapping[str, str] | None) -> dict[str, Any]:
        arguments: dict[str, Any] = {
            "cwd": cwd or self.folder,
            "env": self.environment | dict(env or {}),
            "umask": 0o022,
        }
        if os.geteuid() == 0:
            arguments |= {"user": self.uid, "group": self.gid, "extra_groups": []}
        return arguments


@pytest.fixture(scope="session")
def ordinary_account(shared_folder: Path) -> tuple[pwd.struct_passwd, Path]:
    """The account and its interpreter: ourselves, or `wetrun-test` (made when missing) when root runs the tests."""
    if os.geteuid() != 0:
        return pwd.getpwuid(os.geteuid()), Path(sys.executable)
    shared_folder.mkdir(mode=0o755, exist_ok=True)
    with (shared_folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        account = _account()
        if _can_use(account, Path(sys.executable)):
            return account, Path(sys.executable)
        return account, _installation(account, shared_folder / "venv")


@pytest.fixture
def ordinary_user(ordinary_account: tuple[pwd.struct_passwd, Path]) -> Iterator[OrdinaryUser]:
    """An ordinary user with wetrun installed and a folder of their own; skips where there can be none."""
    account, python = ordinary_account
    folder = Path(tempfile.mkdtemp(prefix="wetrun-user-"))
    os.chown(folder, account.pw_uid, account.pw_gid)
    yield OrdinaryUser(
        name=account.pw_name,
        uid=account.pw_uid,
        gid=account.pw_gid,
        home=Path(account.pw_dir),
        python=python,
        folder=folder,
    )
    remove_tree(folder)


def remove_tree(folder: Path) -> None:
    """Remove a folder, also when folders in it are closed (an overlay's work folder has no permissions at all)."""
    if os.geteuid() != 0:
        for root, folders, _ in os.walk(folder):
            for name in folders:
                if not (path := Path(root, name)).is_symlink():
                    path.chmod(0o700)
    shutil.rmtree(folder)


def _account() -> pwd.struct_passwd:
    try:
        return pwd.getpwnam(NAME)
    except KeyError:
        made = subprocess.run(
            ["useradd", "--create-home", "--shell", "/bin/bash", NAME], capture_output=True, text=True, check=False
        )
        if made.returncode != 0:
            pytest.skip(f"root cannot make the user `{NAME}`: {made.stderr.strip()}")
        return pwd.getpwnam(NAME)


def _can_use(account: pwd.struct_passwd, python: Path, check: str = LOADS) -> bool:
    """Whether this user can run this interpreter with wetrun and everything that it needs."""
    try:
        ran = subprocess.run(
            [str(python), "-c", check],
            user=account.pw_uid,
            group=account.pw_gid,
            extra_groups=[],
            cwd="/",
            env={"PATH": "/usr/bin:/bin", "HOME": account.pw_dir},
            capture_output=True,
            check=False,
            timeout=60,
        )
    except (OSError, subprocess.SubprocessError):
        return False
    return ran.returncode == 0


def _installation(account: pwd.struct_passwd, venv: Path) -> Path:
    """Install wetrun and its locked requirements where everybody may read; once for all workers of a session."""
    python = venv / "bin/python"
    if _can_use(account, python):
        return python
    enough = "import sys, venv; assert sys.version_info >= (3, 11)"
    system = next((found for found in SYSTEM_PYTHONS if _can_use(account, found, enough)), None)
    if system is None:
        pytest.skip(f"`{NAME}` cannot read {sys.executable}, and there is no system Python 3.11 or newer")
    wheels = venv.parent / "wheels"
    pip = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check"]
    install = [sys.executable, "-m", "pip", "--python", str(python), "--quiet", "install", "--no-deps"]
    requirements = str(REPOSITORY / "requirements.txt")
    for command in (
        [str(system), "-m", "venv", "--without-pip", str(venv)],
        [*install, "--require-hashes", "--only-binary=:all:", "--requirement", requirements],
        [*pip, "wheel", "--no-deps", "--no-build-isolation", "--wheel-dir", str(wheels), str(REPOSITORY)],
    ):
        _must(command)
    _must([*install, *(str(wheel) for wheel in wheels.glob("*.whl"))])
    if not _can_use(account, python):
        pytest.fail(f"the installation in {venv} does not work for `{NAME}`")
    return python


def _must(command: list[str]) -> None:
    ran = subprocess.run(command, capture_output=True, text=True, check=False, umask=0o022, timeout=300)
    if ran.returncode != 0:
        pytest.fail(f"`{' '.join(command)}` failed:\n{ran.stdout}{ran.stderr}")
