"""Targets on this machine: the host itself, or a sandbox on it."""

from pathlib import Path

from wetrun.targets.channel import Spawner
from wetrun.targets.shell import ShellTarget
from wetrun.targets.spawn import HostSpawner, PipeLauncher
from wetrun.targets.wire import encode_key

__all__ = ["LocalTarget", "SandboxTarget"]


class LocalTarget(ShellTarget):
    """This machine.

    Args:
        name: The target's name in the plan.
        directory: Where the shell starts; None means the home folder.
        session: The folder for claims, outputs and ends; of this run and target alone, made when missing.
        spawner: How processes are started; None means directly.
        user: Whose processes they are; None means the user who runs wetrun.
        resumed: Whether this run ran before; see `ShellTarget`.
    """

    def __init__(
        self,
        name: str,
        directory: str | None,
        session: Path,
        *,
        spawner: Spawner | None = None,
        user: str | None = None,
        resumed: bool = False,
    ) -> None:
        launcher = PipeLauncher(spawner or HostSpawner(), user)
        super().__init__(name, directory, str(session.absolute()), launcher, resumed=resumed)
        self._folder = session.absolute()

    def output_path(self, key: str) -> Path | None:
        """The file to which the command of this key writes its stdout; stderr is the same with `.err`.

        None until it was claimed. Its middle becomes a hole when it grows long.
        """
        claim = self._folder / encode_key(key)
        words = claim.read_text().partition("\n")[0].split() if claim.exists() else []
        return self._folder / f"{words[4]}.out" if len(words) > 4 else None


class SandboxTarget(LocalTarget):
    """The inside of a sandbox: the session folder is a path in there, and the spawner starts processes in there."""

    def __init__(
        self,
        name: str,
        directory: str | None,
        session: Path,
        *,
        spawner: Spawner,
        user: str | None = None,
        resumed: bool = False,
    ) -> None:
        super().__init__(name, directory, session, spawner=spawner, user=user, resumed=resumed)
