"""script: a disturbance that the plan's author wrote as scripts, for what no other kind of fault does."""

from dataclasses import field
from typing import ClassVar

from wetrun.faults.confining import sandbox_only
from wetrun.faults.measuring import must, until
from wetrun.faults.problems import FaultFailedError
from wetrun.lean import dataclass
from wetrun.plan.faults import PlanFile
from wetrun.runtime.ports import Effect, World
from wetrun.units import Seconds

__all__ = ["Script"]

_SAID = 200
"""Characters of a script's answer that a report shows."""

# Read whole before it runs, so that nothing in it can swallow the rest of it from stdin.
_RUN = 'script=$(cat); eval "$script" </dev/null'


@dataclass(frozen=True, slots=True, kw_only=True)
class Script:
    """Something of your own goes wrong, as scripts beside the plan bring it about, measure it and end it.

    Does: runs `begin` with bash, as root in the double, in the first target's directory. What it leaves in the
    background goes on. Clearing runs `end`; without one the disturbance stays, as a broken file does.
    Needs: bash scripts beside the plan. `check` looks at the double as a victim would: exit code 0 says that the
    disturbance is there, 1 that it is not; any other is an error.
    Measured: by `check`, whose last line is shown; a disturbance that was there before `begin` took no effect.

    Attributes:
        begin: The script that brings the disturbance about; it has to exit 0.
        check: The script that measures it.
        end: The script that ends it; it has to exit 0.
        limit: How long each of them may take; half a minute unless told.
    """

    kind: ClassVar[str] = "script"
    synthetic: ClassVar[bool] = False
    begin: PlanFile
    check: PlanFile
    end: PlanFile | None = None
    limit: Seconds = Seconds(30.0)
    _before: list[Effect] = field(default_factory=list[Effect], init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if self.limit <= 0:
            raise ValueError("needs a `limit` above 0")

    async def prepare(self, world: World) -> None:
        """Make sure that the scripts are there."""
        await sandbox_only(world, self.kind)
        for path in (self.begin, self.check, self.end):
            if path is not None:
                await world.plan_file(path)

    async def inject(self, world: World) -> None:
        """Look, then bring it about."""
        self._before[:] = [await self._look(world)]
        await self._must(world, self.begin)

    async def took_effect(self, world: World) -> Effect:
        """Measure that it is there, and was not before."""
        if self._before and self._before[0].present:
            return Effect(present=False, measured=f"it was there before: {self._before[0].measured}")
        return await until(world, lambda: self._look(world), present=True)

    async def clear(self, world: World) -> None:
        """End it."""
        if self.end is not None and self._before:
            await self._must(world, self.end)

    async def gone(self, world: World) -> Effect:
        """Measure again; what has no `end` is over with its blow, whatever it left."""
        if self._before and self.end is None:
            return Effect(present=False, measured="it was a single blow; nothing takes it away")
        return await until(world, lambda: self._look(world), present=False)

    async def _must(self, world: World, path: str) -> None:
        script = await world.plan_file(path)
        await must(world, self.kind, f"run `{path}`", _RUN, path, stdin=script, limit=self.limit)

    async def _look(self, world: World) -> Effect:
        script = await world.plan_file(self.check)
        ran = await world.run("bash", "-c", _RUN, self.check, stdin=script, limit=self.limit)
        said = (ran.stdout.strip() or ran.stderr.strip()).rpartition("\n")[2][:_SAID]
        if ran.exit_code not in {0, 1}:
            raise FaultFailedError(self.kind, f"measure with `{self.check}`", said or f"exit code {ran.exit_code}")
        measured = f"`{self.check}` says {'that it is there' if ran.exit_code == 0 else 'that it is not there'}"
        return Effect(ran.exit_code == 0, f"{measured}: {said}" if said else measured)
