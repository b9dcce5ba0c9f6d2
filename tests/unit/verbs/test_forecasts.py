"""Forecasts are kept and scored."""

from pathlib import Path

import pytest

from wetrun.journal.port import JournalError
from wetrun.simulate.kept_forecast import KeptForecast
from wetrun.simulate.observation import Origin
from wetrun.verbs.forecasts import forecasts, keep_forecast, scores
from wetrun.verbs.status import status


def _forecast(name: str, made: float) -> KeptForecast:
    return KeptForecast(name=name, made=made, plans=("p",), origin=Origin.DEPLOYMENT, outcomes={"deployed": 1.0})


def test_forecasts_are_read_as_they_were_kept(tmp_path: Path) -> None:
    """The oldest first, whole, and in a folder that was not there before."""
    state = tmp_path / ".wetrun"
    assert forecasts(state) == ()
    kept = [_forecast("f1", 1.0), _forecast("f2", 2.0)]
    for forecast in kept:
        keep_forecast(state, forecast)
    assert forecasts(state) == tuple(kept)
    assert scores(state) == ()


def test_a_forecast_cannot_be_replaced(tmp_path: Path) -> None:
    """Whoever may change a forecast afterwards is always right."""
    keep_forecast(tmp_path, _forecast("f1", 1.0))
    with pytest.raises(JournalError):
        keep_forecast(tmp_path, _forecast("f1", 5.0))
    assert forecasts(tmp_path) == (_forecast("f1", 1.0),)


def test_forecasts_are_no_runs(tmp_path: Path) -> None:
    """`wetrun status` lists what ran, and must not take a forecast for it."""
    keep_forecast(tmp_path, _forecast("f1", 1.0))
    assert status(tmp_path) == ()
