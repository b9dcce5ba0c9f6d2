"""The request that measures downtime, as the environment makes it."""

from pathlib import Path

from tiny_plan import run_of, tiny


def test_availability_is_asked_at_the_address_that_the_environment_makes(tmp_path: Path) -> None:
    """Asked literally, `${PLACE}` has no address, and the service would seem to be down from end to end."""
    report = tiny(tmp_path, 'environment: {PLACE: app.test}\navailability: {http: "http://${PLACE}/", every: 50ms}\n')
    assert run_of(report, "clean").downtimes == ()
