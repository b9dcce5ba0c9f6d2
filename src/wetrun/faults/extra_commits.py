"""extra-commits: somebody pushes to the branch before the plan pulls it."""

from dataclasses import field
from typing import ClassVar

from wetrun.faults import origin
from wetrun.faults.confining import inside_double
from wetrun.lean import dataclass
from wetrun.runtime.ports import Effect, World

__all__ = ["ExtraCommits"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ExtraCommits:
    """The pull brings more than was reviewed: somebody has pushed meanwhile.

    Does: puts `count` commits, each with a small new file, on top of the branch in the origin repository. Clearing
    points the branch back, unless others have pushed since; clones that have pulled keep what they got.
    Needs: git in the double, and the origin repository (bare or not) in it.
    Measured: how many commits the branch has on top of what it had.

    Attributes:
        repository: The origin repository's folder in the double.
        branch: The branch that the plan pulls.
        count: How many commits.
    """

    kind: ClassVar[str] = "extra-commits"
    synthetic: ClassVar[bool] = False
    repository: str
    branch: str = "main"
    count: int = 1
    _tips: list[str] = field(default_factory=list[str], init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if not 0 < self.count <= 1000:
            raise ValueError("needs a `count` from 1 to 1000")

    async def prepare(self, world: World) -> None:
        """Make sure that the repository is the double's."""
        await inside_double(world, self.kind, self.repository)

    async def inject(self, world: World) -> None:
        """Push."""
        before = await origin.tip(world, self.kind, self.repository, self.branch)
        self._tips[:] = [
            before,
            await origin.add_commits(world, self.kind, self.repository, self.branch, self.count),
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
