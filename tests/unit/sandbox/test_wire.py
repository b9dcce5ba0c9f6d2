"""Messages between controller and agent."""

import os
import socket

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wetrun.sandbox import wire

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


@given(st.dictionaries(st.text(), VALUES, max_size=5), st.integers(0, 3), st.sampled_from([0, 40_000, 3_000_000]))
def test_what_is_sent_arrives(message: wire.Message, descriptors: int, padding: int) -> None:
    """Whatever a plan holds goes through this channel, and with it the streams of its processes."""
    message["padding"] = "x" * padding
    left, right = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    given_away = [os.open("/dev/null", os.O_RDONLY) for _ in range(descriptors)]
    try:
        with left, right:
            wire.send(left, message, tuple(given_away))
            arrived, received = wire.receive(right)
            assert arrived == message
            assert [os.fstat(fd).st_rdev for fd in received] == [os.fstat(fd).st_rdev for fd in given_away]
            assert not any(os.get_inheritable(fd) for fd in received)
            wire.close_all(received)
            left.close()
            assert wire.receive(right) == (None, [])
    finally:
        wire.close_all(given_away)


def test_nothing_there_is_not_the_end() -> None:
    """A socket that does not block must not be taken for one whose other end is gone."""
    left, right = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with left, right:
        right.settimeout(0)
        with pytest.raises(BlockingIOError):
            wire.receive(right)
