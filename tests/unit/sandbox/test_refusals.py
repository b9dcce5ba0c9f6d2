"""What is said when the kernel refuses a sandbox."""

import errno

import pytest

from wetrun.errors import WetrunError
from wetrun.sandbox.refusals import refusal


@pytest.mark.parametrize(
    ("stage", "number", "what", "says", "hint"),
    [
        ("namespaces", errno.ENOSPC, "unshare 0x10000000", "max_user_namespaces", "sysctl user.max_user_namespaces"),
        ("world", errno.EINVAL, "mount overlay on /x", "overlay", "modprobe overlay"),
        ("world", errno.ENOSYS, "mount_setattr", "too old", "5.12"),
        ("world", errno.EPERM, "mount proc on /proc", "forbidden", "--security-opt"),
        ("namespaces", errno.EIO, "", "refused", "whose kernel allows it"),
    ],
)
def test_a_refusal_names_the_cause_and_the_way_out(stage: str, number: int, what: str, says: str, hint: str) -> None:
    """Most people meet namespaces here for the first time; the setting to change has to be in the message."""
    problem = refusal(stage, number, what)
    assert isinstance(problem, WetrunError)
    assert problem.exit_code == 2
    assert says in str(problem)
    assert problem.hint is not None
    assert "--isolation none" in problem.hint
    assert hint in problem.hint
