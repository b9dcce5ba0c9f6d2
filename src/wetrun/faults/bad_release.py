"""bad-release: the release itself is broken, by a patch that the plan's author wrote."""

from dataclasses import field
from typing import ClassVar

from wetrun.faults import origin
from wetrun.faults.confining import inside_double
from wetrun.lean import dataclass
from wetrun.plan.faults import PlanFile
from wetrun.runtime.ports import Effect, World

__all__ = ["BadRelease"]


@dataclass(frozen=True, slots=True, kw_only=True)
class BadRelease:
    """The release has a mistake in it.

    Does: commits a patch on top of the branch in the origin repository, as if it had been part of the release.
    Clearing points the branch back, unless others have pushed since; clones that have pulled keep what they got.
    Needs: git in the double, the origin repository (bare or not) in it, and a patch (`git diff`) that fits the branch.
    Measured: the branch has one commit on top of what it had.

    Attributes:
        repository: The origin repository's folder in the double.
        branch: The branch that the plan pulls.
        patch: A file beside the plan, as `git diff` or `git format-patch` writes it.
    """

    kind: ClassVar[str] = "bad-release"
    synthetic: ClassVar[bool] = False
    repository: str
    patch: PlanFile
    branch: str = "main"
    _tips: list[str] = field(default_factory=list[str], init=False, repr=False, compare=False)

    async def prepare(self, world: World) -> None:
        """Make sure that the patch is there, and that the repository is the double's."""
        await inside_double(world, self.kind, self.repository)
        await world.plan_file(self.patch)

    async def inject(self, world: World) -> None:
        """Commit the patch."""
        patch = await world.plan_file(self.patch)
        before = await origin.tip(world, self.kind, self.repository, self.branch)
        self._tips[:] = [
            before,
            await origin.apply_patch(world, self.kind, self.repository, self.branch, patch),
        ]

    async def took_effect(self, world: World) -> Effect:
        """Count what a pull brings on top."""
        return await origin.ahead(world, self.repository, self.branch, self._tips)

    async def clear(self, world: World) -> None:
        """Point the branch back."""
        await origin.put_back(world, self.kind, self.repository, self.branch, self._tips)

    async def gone(self, world: World) -> Effect:
        """Count again."""
        return await origin.ahead(world, self.repository, self.branch, self._tips)
