"""How monitors, probes and the availability request are written, and what they become."""

from typing import Any

import pytest
import yaml

from wetrun.errors import PlanError
from wetrun.formats.yaml_plan import read_plan
from wetrun.plan.expectations import Quantity, Range
from wetrun.plan.monitors import Above, HttpField, HttpSample, LogLines, Monitor, ProcessMemory, Seen, Slope
from wetrun.plan.plan import Plan
from wetrun.plan.state import Allowed, FileTree, ProcessList, StateProbe
from wetrun.plan.steps import Http, Run, Sql


def _plan(**parts: Any) -> Plan:
    tree = {"name": "a", "services": {"notes": {"process": "x"}}, "phases": [{"name": "A", "steps": ["x"]}], **parts}
    return read_plan(yaml.safe_dump(tree), file="plan.yaml", fault_kinds=None)


def _monitor(sample: dict[str, Any], *rules: str, **keys: Any) -> Monitor:
    written = [{"when": rule, "then": "note"} for rule in rules]
    return _plan(monitors={"m": {"sample": sample, "rules": written, **keys}}).monitors[0]


MEMORY = {"process": "notes"}


@pytest.mark.parametrize(
    ("when", "meant"),
    [
        ("> 80MB", Above(Range(low=80e6, low_open=True))),
        (">80MB", Above(Range(low=80e6, low_open=True))),
        ("> 80MB for 5m", Above(Range(low=80e6, low_open=True), 300.0)),  # type: ignore[arg-type]
        ("< 1kB", Above(Range(high=1000.0, high_open=True))),
        ("80-100MB", Above(Range(80e6, 100e6))),
        ("slope > 6MB/min over 3m", Slope(Range(low=1e5, low_open=True), 180.0)),  # type: ignore[arg-type]
        ("slope > 1MB / s over 30s", Slope(Range(low=1e6, low_open=True), 30.0)),  # type: ignore[arg-type]
    ],
)
def test_conditions_on_memory(when: str, meant: object) -> None:
    """A slope per minute that is taken per second raises the alarm sixty times too late."""
    monitor = _monitor(MEMORY, when)
    assert monitor.rules[0].condition == meant
    assert monitor.rules[0].text == when
    assert monitor.quantity is Quantity.BYTES


def test_samples() -> None:
    """Each way to sample, with its default."""
    assert _monitor(MEMORY, "> 1MB").sample == ProcessMemory("notes", tree=True)
    assert _monitor({**MEMORY, "value": "rss"}, "> 1MB").sample == ProcessMemory("notes", tree=False)
    url = "https://notes.test/"
    assert _monitor({"http": url}, "> 1s").sample == HttpSample(Http(url), HttpField.LATENCY)
    assert _monitor({"http": url, "value": "status"}, ">= 500").sample == HttpSample(Http(url), HttpField.STATUS)
    assert _monitor({"http": url, "json": "a.b"}, "> 1").sample == HttpSample(Http(url), HttpField.JSON, "a.b")
    assert _monitor({"log": "a.log"}, "any line matches /x/").sample == LogLines("a.log")
    assert _monitor({"log": "a.log"}, "any line matches /a/b/").rules[0].condition == Seen("a/b")
    assert _monitor({"run": "df"}, "< 2GB").sample == Run("df")
    assert _monitor({"sql": "select 1", "database": "a.db"}, "> 1").sample == Sql("select 1", "a.db")


@pytest.mark.parametrize(
    ("sample", "when", "quantity"),
    [
        ({"http": "https://notes.test/"}, "> 500ms", Quantity.SECONDS),
        ({"run": "x"}, "> 3 for 5m", Quantity.NUMBER),
        ({"run": "x"}, "> 3s for 5m", Quantity.SECONDS),
        ({"run": "x"}, "slope > 3MB/min over 5m", Quantity.BYTES),
        ({"run": "x"}, "slope > 3/min over 5m", Quantity.NUMBER),
        ({"http": "https://notes.test/", "json": "a"}, "> 3", Quantity.NUMBER),
    ],
)
def test_what_a_monitor_measures(sample: dict[str, Any], when: str, quantity: Quantity) -> None:
    """For commands and queries only the rules' units can say it."""
    assert _monitor(sample, when).quantity is quantity


@pytest.mark.parametrize(
    ("sample", "rules"),
    [
        (MEMORY, ["> 80"]),
        (MEMORY, ["> 80ms"]),
        ({"run": "x"}, ["> 80MB", "> 3s"]),
        ({"http": "https://notes.test/"}, ["any line matches /x/"]),
        ({"log": "a.log"}, ["> 3"]),
        (MEMORY, ["slope > 5MB over 3m"]),
        (MEMORY, ["slope > 5MB/min"]),
        (MEMORY, ["> 80MB for 0s"]),
        (MEMORY, [" for 5m"]),
    ],
)
def test_conditions_that_cannot_come_true_are_mistakes(sample: dict[str, Any], rules: list[str]) -> None:
    """A rule that never fires looks like safety."""
    with pytest.raises(PlanError) as caught:
        _monitor(sample, *rules)
    assert caught.value.problems[0].path.startswith("monitors/m/rules/")


def _probe(written: Any) -> StateProbe:
    return _plan(state={"p": written}).state[0]


def test_probes() -> None:
    """Each way to look at the state."""
    assert _probe("git rev-parse HEAD").observe == Run("git rev-parse HEAD")
    assert _probe({"tree": ".", "ignore": ".git"}).observe == FileTree(".", (".git",))
    assert _probe({"processes": "notes"}).observe == ProcessList("notes")
    assert _probe({"http": "https://notes.test/", "json": "a.b"}).selector == "a.b"
    assert _probe({"run": "x", "select": "a"}).selector == "a"
    allowed = _probe({"run": "x", "allow": {"reason": "r", "paths": "a*", "tolerance": 2}, "limit": "5s"})
    assert allowed.allowed == Allowed("r", ("a*",), 2.0)
    assert allowed.limit == 5.0


def test_availability() -> None:
    """Downtime is measured by this request; its defaults decide what counts as down."""
    found = _plan(availability={"http": "https://notes.test/", "method": "HEAD"}).availability
    assert found is not None
    assert found.request == Http("https://notes.test/", "HEAD")
    assert (found.every, found.limit, found.status) == (0.25, 2.0, None)
