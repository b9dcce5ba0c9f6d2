"""Forecasts are kept and scored."""

from pathlib import Path

import pytest

from wetrun.journal.port import JournalError
from wetrun.simulate.evidence.kept_forecast import KeptForecast
from wetrun.simulate.evidence.observation import Origin
from wetrun.verbs.forecasts import forecasts, keep_forecasts, scores
from wetrun.verbs.status import status


def _forecast(name: str, made: float, deployed: float = 1.0) -> KeptForecast:
    outcomes = {"deployed": deployed, "rolled-back": 1 - deployed}
    return KeptForecast(name=name, made=made, plans=("p",), origin=Origin.DEPLOYMENT, outcomes=outcomes)


def test_forecasts_are_read_as_they_were_kept(tmp_path: Path) -> None:
    """The oldest first, whole, and in a folder that was not there before."""
    state = tmp_path / ".wetrun"
    assert forecasts(state) == ()
    kept = [_forecast("f1", 1.0), _forecast("f2", 2.0, 0.5)]
    keep_forecasts(state, kept[:1])
    keep_forecasts(state, kept[1:])
    assert forecasts(state) == tuple(kept)
    assert scores(state) == ()


def test_a_forecast_cannot_be_replaced(tmp_path: Path) -> None:
    """Whoever may change a forecast afterwards is always right."""
    keep_forecasts(tmp_path, [_forecast("f1", 1.0)])
    with pytest.raises(JournalError):
        keep_forecasts(tmp_path, [_forecast("f1", 5.0, 0.5)])
    assert forecasts(tmp_path) == (_forecast("f1", 1.0),)


def test_forecasts_are_no_runs(tmp_path: Path) -> None:
    """`wetrun status` lists what ran, and must not take a forecast for it."""
    keep_forecasts(tmp_path, [_forecast("f1", 1.0)])
    assert status(tmp_path) == ()


def test_a_forecast_that_says_nothing_new_is_not_written_again(tmp_path: Path) -> None:
    """Whoever asks ten times a day must not fill the folder, and the first time is what counts."""
    keep_forecasts(tmp_path, [_forecast("f1", 1.0)])
    keep_forecasts(tmp_path, [_forecast("f2", 2.0)])
    assert forecasts(tmp_path) == (_forecast("f1", 1.0),)
