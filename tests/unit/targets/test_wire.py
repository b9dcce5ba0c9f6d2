"""The protocol between controller and supervisor: nothing that a command prints or is called can be misread."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wetrun.course.results import Ending, Output
from wetrun.targets import wire


@given(st.text(max_size=300), st.text(max_size=300))
def test_different_keys_have_different_names(one: str, other: str) -> None:
    """Two steps that share a claim would mean that the second one never runs."""
    assert (wire.encode_key(one) == wire.encode_key(other)) == (one == other)


@given(st.text())
def test_names_are_safe_in_a_folder(key: str) -> None:
    """A key with `/`, a newline or 300 characters must not reach outside the session folder, nor past its limits."""
    name = wire.encode_key(key)
    assert set(name) <= set(string.ascii_letters + string.digits + "_-%")
    assert name.startswith("step-")
    assert len(name) <= 160


@given(st.text(alphabet=st.characters(exclude_characters="\0", exclude_categories=["Cs"])))
def test_a_request_is_one_line_of_tabbed_fields(command: str) -> None:
    """A command with a newline or tab in it must not become two requests, or a field more."""
    line = wire.run("step-k", command, limit=1.0, outlive=False, variables={"A": command})  # type: ignore[arg-type]
    assert line.count(b"\n") == 1
    fields = line[:-1].decode().split("\t")
    assert [fields[0], fields[1], fields[5]] == ["run", "step-k", "A"]
    assert len(fields) == 7
    assert all(fields)


@given(st.binary())
def test_no_line_breaks_the_reader(line: bytes) -> None:
    """A login profile prints anything; it is not an event, and must not end the run."""
    wire.parse(line.replace(b"\n", b"") + b"\n")


def test_an_end_is_read() -> None:
    """This line is all that is known of a step."""
    event = wire.parse(b"end\tstep-k\tdone\t3\t1250000\t125\t2\t7\tea\\tb\\n\\\\\tb5:YQBi/w==\n")
    assert isinstance(event, wire.Ended)
    assert (event.key, event.exit_code, event.ending, event.seconds, event.line) == ("step-k", 3, Ending.DONE, 1.25, 2)
    assert event.stdout == Output("a\tb\n\\", 5)
    assert event.stderr == Output("a\0b�", 5)


@pytest.mark.parametrize(("reason", "ending"), [("time-limit", Ending.TIME_LIMIT), ("controller-gone", Ending.STOPPED)])
def test_an_end_from_outside_is_read(reason: str, ending: Ending) -> None:
    """Ended by somebody is not the same as ended."""
    event = wire.parse(f"end\tstep-k\tended\t{reason}\t250\t12,13\t-\t-\n".encode())
    assert isinstance(event, wire.Ended)
    assert (event.ending, event.exit_code, event.seconds, event.left) == (ending, None, 2.5, (12, 13))


def test_a_clock_that_was_set_does_not_change_how_long_a_step_took() -> None:
    """A `clock-skew` fault, or NTP, would otherwise make a step last a day, or less than nothing."""
    for micros in ("86400000000", "-86400000000", "-"):
        event = wire.parse(f"end\tstep-k\tdone\t0\t{micros}\t150\t-\t1\t-\t-\n".encode())
        assert isinstance(event, wire.Ended)
        assert event.seconds == 1.5
