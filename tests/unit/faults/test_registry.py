"""Faults found by entry points, and built from what a plan says."""

import subprocess
import sys
from pathlib import Path
from textwrap import dedent

import pytest

from wetrun.errors import WetrunError
from wetrun.faults import registry
from wetrun.faults.reference import reference
from wetrun.plan.expectations import JsonValue
from wetrun.plan.faults import FaultParameter, ParameterType
from wetrun.plan.scenarios import FaultSpec
from wetrun.runtime.ports import Fault


def test_every_parameter_says_what_it_means() -> None:
    """The reference, the schema and the plan's errors show nothing but this sentence."""
    for kind, parameters in registry.catalogue().items():
        for parameter in parameters:
            assert parameter.doc.endswith("."), f"{kind}/{parameter.name}"


def test_units_come_from_the_fields() -> None:
    """A delay of `300ms` and one of `300` seconds must not be confused on the way."""
    delay = {parameter.name: parameter for parameter in registry.parameters_of("network-delay")}
    assert delay["port"] == FaultParameter("port", ParameterType.INTEGER, True, "The port that production has.")  # noqa: FBT003
    assert delay["delay"].type is ParameterType.DURATION
    assert not delay["jitter"].required
    leak = {parameter.name: parameter.type for parameter in registry.parameters_of("memory-leak")}
    assert leak == {"service": ParameterType.TEXT, "rate": ParameterType.BYTES}


@pytest.mark.parametrize(
    ("kind", "parameters", "message", "hint"),
    [
        ("network-dealy", {}, "unknown fault `network-dealy`", "`network-delay`"),
        ("network-delay", {"port": 1, "dely": 1}, "no parameter `dely`", "`delay`"),
        ("network-delay", {"port": 1}, "needs the parameter `delay`", "held back"),
        ("network-delay", {"port": 1, "delay": "300"}, "`300`, which is not a duration", "unit"),
        ("network-delay", {"port": "http", "delay": 1}, "wants `port` to be of type integer", None),
        ("network-delay", {"port": 70000, "delay": 1}, "`port` of 70000", None),
        ("network-delay", {"port": 80, "delay": True}, "wants `delay`", None),
        ("memory-leak", {"service": "a", "rate": 0}, "`rate` above 0", None),
        ("process-kill", {"match": "("}, "no regular expression", None),
        ("command-fails", {"command": "/bin/ls"}, "bare name", None),
        ("command-fails", {"command": "ls", "exit": 0}, "`exit` of 0", None),
        ("extra-commits", {"repository": "/r", "count": 0}, "`count`", None),
        ("environment-missing", {"file": ".env", "name": "A B"}, "`name` of `A B`", None),
    ],
)
def test_a_mistake_in_a_fault_says_which_and_what_to_do(
    kind: str, parameters: dict[str, JsonValue], message: str, hint: str | None
) -> None:
    """A fault that is built wrong would strike wrong, or in the middle of a rehearsal not at all."""
    with pytest.raises(WetrunError) as caught:
        registry.build(FaultSpec(kind, parameters))
    assert message in str(caught.value)
    assert hint is None or hint in (caught.value.hint or "")


def test_values_may_be_ready_or_as_people_write_them() -> None:
    """The plan's reader hands over seconds and bytes, the Python API gets what its user types."""
    written = registry.build(FaultSpec("network-delay", {"port": 80, "delay": "300ms"}))
    assert written == registry.build(FaultSpec("network-delay", {"port": 80, "delay": 0.3}))
    assert isinstance(written, Fault)
    assert not registry.is_synthetic(written)
    assert registry.is_synthetic(registry.build(FaultSpec("command-hangs", {"command": "ls"})))


def test_another_package_brings_a_fault_by_the_same_door(tmp_path: Path) -> None:
    """Whoever has a disturbance of their own must not have to change wetrun for it."""
    package = tmp_path / "lockout.py"
    package.write_text(
        dedent("""
        from wetrun.plan.faults import FaultParameter, ParameterType

        class Lockout:
            kind, synthetic = "lockout", False
            parameters = (FaultParameter("why", ParameterType.TEXT),)
            def __init__(self, why="closed"): self.why = why
            async def prepare(self, world): ...
            async def inject(self, world): ...
            async def took_effect(self, world): ...
            async def clear(self, world): ...
            async def gone(self, world): ...

        class Half:
            kind, synthetic = "half", False
        """)
    )
    metadata = tmp_path / "lockout-1.dist-info"
    metadata.mkdir()
    (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: lockout\nVersion: 1\n")
    (metadata / "entry_points.txt").write_text("[wetrun.faults]\nlockout = lockout:Lockout\nhalf = lockout:Half\n")
    program = dedent("""
        from wetrun.faults import registry
        from wetrun.plan.scenarios import FaultSpec
        print("lockout" in registry.kinds(), registry.parameters_of("lockout")[0].name)
        print(registry.build(FaultSpec("lockout", {"why": "night"})).why)
        try:
            registry.parameters_of("half")
        except registry.UnusableFaultError as problem:
            print(problem)
    """)
    ran = subprocess.run(
        [sys.executable, "-c", program], env={"PYTHONPATH": str(tmp_path)}, capture_output=True, text=True, check=True
    )
    assert ran.stdout.splitlines() == [
        "True why",
        "night",
        "the fault `half` from `lockout:Half` cannot be used: it has no `prepare`",
    ]


def test_the_reference_is_what_the_classes_say() -> None:
    """A page that was written by hand describes the faults of last year."""
    page = Path(__file__).parents[3] / "docs/reference/faults.md"
    assert page.read_text(encoding="utf-8") == reference(), "run `make docs`"
    for kind in registry.kinds():
        section = reference().split(f"## `{kind}`")[1].split("## ")[0]
        assert all(f"- **{part}**" in section for part in ("Does", "Needs", "Measured")), kind
