"""A branch of an origin repository in the double: commits put on top of it, and taken away again."""

from wetrun.faults.measuring import bash, must
from wetrun.runtime.ports import Effect, World

__all__ = ["add_commits", "ahead", "apply_patch", "put_back", "tip"]

# $1 repository, $2 branch. Git runs as the repository's owner, so that what it writes can be written again later.
_START = r"""
repository=$1 branch=refs/heads/$2
cd -- "$repository" || exit
owner=$(stat -c %u .) group=$(stat -c %g .)
as=(); [ "$owner" = "$(id -u)" ] || as=(setpriv "--reuid=$owner" "--regid=$group" --clear-groups)
export GIT_AUTHOR_NAME='A Colleague' GIT_AUTHOR_EMAIL=colleague@shop.test
export GIT_COMMITTER_NAME=$GIT_AUTHOR_NAME GIT_COMMITTER_EMAIL=$GIT_AUTHOR_EMAIL
git() { "${as[@]}" env git -c 'safe.directory=*' -c core.hooksPath=/dev/null "$@"; }
folder=$(git rev-parse --absolute-git-dir) || exit
tip=$(git rev-parse --verify --quiet "$branch^{commit}") || { echo "there is no branch $2" >&2; exit 1; }
"""
_INDEX = r"""
export GIT_INDEX_FILE=$folder/wetrun-index
trap 'rm -f -- "$GIT_INDEX_FILE" "$GIT_INDEX_FILE.lock"' EXIT
set -e
git read-tree "$tip"
"""
# $3 how many
_ADD = r"""
for number in $(seq "$3"); do
  blob=$(printf 'Pushed by somebody else: %s of %s.\n' "$number" "$3" | git hash-object -w --stdin)
  git update-index --add --cacheinfo "100644,$blob,pushed-meanwhile-$number.txt"
  tree=$(git write-tree)
  tip=$(git commit-tree "$tree" -p "$tip" -m "Push something else ($number of $3)")
done
git update-ref -m 'push' "$branch" "$tip"
echo "$tip"
"""
_PATCH = r"""
patch=$(cat; echo .)
printf %s "${patch%.}" | git apply --cached --whitespace=nowarn -
tree=$(git write-tree)
tip=$(git commit-tree "$tree" -p "$tip" -m 'Change something small')
git update-ref -m 'push' "$branch" "$tip"
echo "$tip"
"""


async def tip(world: World, kind: str, repository: str, branch: str) -> str:
    """The commit that a branch points to.

    Raises:
        FaultFailedError: There is no such repository or branch.
    """
    script = f'{_START}\necho "$tip"'
    return (await must(world, kind, f"find `{branch}` in `{repository}`", script, repository, branch)).strip()


async def add_commits(world: World, kind: str, repository: str, branch: str, count: int) -> str:
    """Put commits with a small new file each on top of a branch.

    Returns:
        The branch's new commit.

    Raises:
        FaultFailedError: Git refused.
    """
    script = _START + _INDEX + _ADD
    return (await must(world, kind, f"push to `{branch}`", script, repository, branch, str(count))).strip()


async def apply_patch(world: World, kind: str, repository: str, branch: str, patch: bytes) -> str:
    """Put one commit with a patch on top of a branch.

    Returns:
        The branch's new commit.

    Raises:
        FaultFailedError: The patch does not fit.
    """
    script = _START + _INDEX + _PATCH
    return (await must(world, kind, f"apply the patch to `{branch}`", script, repository, branch, stdin=patch)).strip()


async def ahead(world: World, repository: str, branch: str, tips: list[str]) -> Effect:
    """Measure whether somebody who pulls the branch gets what we put there.

    Args:
        world: The double.
        repository: Its folder.
        branch: Which branch.
        tips: The branch's commit before and after our push; empty when there was none.
    """
    if not tips:
        return Effect(present=False, measured="nothing was pushed")
    before, ours = tips
    script = _START + 'git merge-base --is-ancestor "$4" "$branch" && git rev-list --count "$3..$4" || echo 0'
    ran = await bash(world, script, repository, branch, before, ours)
    count = ran.stdout.strip()
    if ran.exit_code != 0 or not count.isdigit():
        return Effect(present=False, measured=f"`{branch}` in `{repository}` cannot be read: {ran.stderr.strip()}")
    said = f"`{branch}` has {count} commit{'' if count == '1' else 's'} of ours on top of {before[:12]}"
    return Effect(int(count) > 0, said)


async def put_back(world: World, kind: str, repository: str, branch: str, tips: list[str]) -> None:
    """Point a branch back to where it was, if it still points to what we put there.

    Raises:
        FaultFailedError: Git refused.
    """
    if tips:
        before, ours = tips
        script = _START + '[ "$tip" != "$3" ] || git update-ref -m "reset" "$branch" "$4" "$3"'
        await must(world, kind, f"reset `{branch}`", script, repository, branch, ours, before)
