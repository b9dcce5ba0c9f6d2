"""Models built from Python values: what they mean, and what is refused."""

import json
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models import REFERENCE, REFERENCE_ODDS
from wetrun import odds
from wetrun.odds import (
    Constant,
    Empirical,
    Exponential,
    Gamma,
    Lognormal,
    Model,
    OddsError,
    Pert,
    State,
    Triangular,
    Uniform,
    Weibull,
)


def _retry(again: float = 0.25) -> Model:
    return Model(
        {"try": State(2, {"done": 1 - again, "wait": again}), "wait": State(1, "try", ["idle"]), "done": State()}
    )


def _refused(states: dict[str, Any], **options: Any) -> list[tuple[str, str]]:
    with pytest.raises(OddsError) as caught:
        Model(states, **options)
    assert all(problem.place is None for problem in caught.value.problems)
    return [(problem.path, problem.message) for problem in caught.value.problems]


def test_the_reference_model_has_its_known_answers() -> None:
    """The numbers that a probabilistic model checker's exact engine gives, through the door that users take."""
    answer = Model.read(REFERENCE).forecast()
    assert {name: one.exact for name, one in answer.outcomes.items()} == REFERENCE_ODDS
    for name, one in answer.outcomes.items():
        assert one.probability == pytest.approx(float(REFERENCE_ODDS[name]), rel=1e-12)
    assert answer.time.mean == pytest.approx(36.817966614935, abs=1e-9)
    told = answer.time.quantiles([0.05, 0.5, 0.95, 0.99, 0.999])
    assert told == pytest.approx([33.10177, 36.65010, 43.33560, 46.89896, 49.88150], abs=2e-4)


def test_a_model_of_the_same_values_is_the_same_model() -> None:
    """A file and Python values that say the same have one meaning, down to the fractions."""
    document = json.loads(REFERENCE.read_text())
    read = Model.read(REFERENCE)
    assert Model.from_dict(document).to_dict() == read.to_dict()
    again = Model(read.states, start=read.start, unit=read.unit)
    assert again.to_dict() == read.to_dict()
    assert again.forecast().to_dict(exact=True) == read.forecast().to_dict(exact=True)


SOON: Any = "5m"
THING: Any = object()

LAWS = [
    Constant(2.5),
    Uniform(1, 2),
    Triangular(1, 2, 4),
    Pert(1, 2, 4),
    Lognormal(2, 0.5),
    Exponential(0.3),
    Gamma(2, 3),
    Weibull(1.5, 2),
    Empirical((1.0, 2.0, 2.0)),
]


@pytest.mark.parametrize("law", LAWS, ids=lambda law: type(law).__name__)
def test_every_law_comes_back(law: odds.Law) -> None:
    """What is written as JSON and read again is the same law; one that is lost would change every time."""
    model = Model({"a": State(law, "b"), "b": State()})
    assert model.states["a"].time == law
    assert Model.from_dict(model.to_dict()).states == model.states


@given(st.lists(st.integers(1, 10**6), min_size=2, max_size=5))
def test_fractions_come_back(parts: list[int]) -> None:
    """Exact probabilities stay exact through JSON, whatever their denominators."""
    ways = {f"end {at}": Fraction(part, sum(parts)) for at, part in enumerate(parts)}
    model = Model({"a": State(None, ways), **{name: State() for name in ways}})
    assert Model.from_dict(json.loads(json.dumps(model.to_dict()))).states["a"].next == ways
    assert {name: one.exact for name, one in model.forecast().outcomes.items()} == ways


@pytest.mark.parametrize("half", [0.5, "1/2", "0.5", Fraction(1, 2), Decimal("0.5"), np.float64(0.5), np.float32(0.5)])
def test_probabilities_of_any_kind(half: Any) -> None:
    """Whoever computes with NumPy or decimals need not convert by hand."""
    three: Any = np.int64(3)
    model = Model({"a": State(three, {"b": half, "c": half}), "b": State(), "c": State()})
    answer = model.forecast()
    assert answer.outcomes["b"].exact == Fraction(1, 2)
    assert answer.time.mean == 3
    other = model.what_if({"a.b": half}).forecast()
    assert other.outcomes["c"].exact == Fraction(1, 2)


def test_a_loop_in_closed_form() -> None:
    """A retry is geometric: the mean, the spread and every atom are known."""
    answer = _retry().forecast()
    again = 0.25
    assert answer.outcomes["done"].exact == 1
    assert answer.time.mean == pytest.approx(2 + 3 * again / (1 - again), rel=1e-12)
    assert answer.time.sd == pytest.approx(3 * again**0.5 / (1 - again), rel=1e-12)
    for rounds in range(6):
        assert answer.time.cdf(2 + 3 * rounds) == pytest.approx(1 - again ** (rounds + 1), rel=1e-9)
    idle = answer.tags["idle"].if_any
    assert idle is not None
    assert idle.probability == pytest.approx(again, rel=1e-9)
    assert idle.mean == pytest.approx(1 / (1 - again), rel=1e-9)


def test_every_mistake_is_told_with_its_path() -> None:
    """All in one go, at the key that is wrong: nobody mends a model of a hundred states by trial."""
    found = _refused(
        {
            "a": State(Uniform(3, 1), {"b": 0.5, "c": 0.4}),
            "b": State(-1, "nowhere"),
            "c": State(1, {"d": 1.5}),
            "d": State(5),
        }
    )
    assert found == [
        ("states/a/time/uniform", "`low`, `high` must not fall"),
        ("states/a/next", "the probabilities sum to 0.9, not to 1"),
        ("states/b/time/constant", "`value` is -1"),
        ("states/b/next/nowhere", "unknown state `nowhere`"),
        ("states/c/next/d", "the number `1.5` is no probability"),
        ("states/d/time", "a state without `next` is an end, and takes no time"),
    ]


@pytest.mark.parametrize(
    ("states", "path"),
    [
        ({}, "states"),
        ({"a": State(1, "a")}, "states/a"),
        ({"a": State(), "b": State()}, "states/b"),
        ({"a": State(float("nan"), "b"), "b": State()}, "states/a/time/constant"),
        ({"a": State(1, {"b": float("nan")}), "b": State()}, "states/a/next/b"),
        ({"a": State(1, {"b": True}), "b": State()}, "states/a/next/b"),
        ({"a": State(SOON, "b"), "b": State()}, "states/a/time/constant"),
        ({"a": State(THING, "b"), "b": State()}, "states/a/time/constant"),
        ({"a": State(1, "b", "down"), "b": State()}, "states/a/tags"),
        ({"a": State(Lognormal(0, 1), "b"), "b": State()}, "states/a/time/lognormal/median"),
    ],
)
def test_refused(states: dict[str, Any], path: str) -> None:
    """No nonsense becomes a model, and what is wrong is found at its path."""
    assert [at for at, _ in _refused(states)] == [path]


def test_a_file_is_refused_with_line_and_column(tmp_path: Path) -> None:
    """The same exception, also for a file that is none; with the place in it where there is one."""
    file = tmp_path / "model.json"
    file.write_text('{"start": "a",\n "states": {"a": {"next": {"b": 1}}}}')
    with pytest.raises(OddsError, match="unknown state `b`") as caught:
        Model.read(file)
    place = caught.value.problems[0].place
    assert place is not None
    assert (place.file, place.line, place.column) == (str(file), 2, 28)
    assert f"{file}:2:28" in str(caught.value)
    with pytest.raises(ValueError, match="cannot read the model") as lost:
        Model.read(tmp_path / "other.json")
    assert isinstance(lost.value, OddsError)


def test_what_if_sets_odds_and_times() -> None:
    """All together; a time is a law or a number in the model's unit, or a text with a unit."""
    changed = _retry().what_if({"try.done": "90%", "wait.time": Uniform(1, 3), "try.time": 5})
    assert changed.states["try"] == State(Constant(5), {"done": Fraction(9, 10), "wait": Fraction(1, 10)})
    assert changed.states["wait"].time == Uniform(1, 3)
    assert _retry().what_if({"try.time": "2-5m"}).states["try"].time == Uniform(120, 300)


@pytest.mark.parametrize(
    "settings",
    [
        {"try.donne": 0.5},
        {"try.done": 1.5},
        {"try.done": -0.5},
        {"try.done": 0},
        {"try.done": Uniform(1, 2)},
        {"try.done": float("nan")},
        {"try.time": -1},
        {"try.time": Uniform(2, 1)},
        {"try.time": "soon"},
        {"try.done": 0.5, "try.wait": 0.6},
    ],
    ids=str,
)
def test_what_cannot_be_set(settings: Any) -> None:
    """A what-if that would give nonsense, or a walk without an end, is refused by the same exception."""
    with pytest.raises(OddsError):
        _retry().what_if(settings)


def test_a_sweep_is_a_row_of_what_ifs() -> None:
    """Each row is the answer of that what-if; the last input changes fastest."""
    model = _retry()
    rows = model.sweep({"try.done": [0.5, "3/4"], "wait.time": "1s..10s"})
    assert len(rows) == 20
    assert rows[0].values == (Fraction(1, 2), Constant(1))
    assert rows[-1].values == (Fraction(3, 4), Constant(10))
    for row in (rows[3], rows[14]):
        done, wait = row.values
        assert isinstance(done, Fraction)
        assert isinstance(wait, Constant)
        alone = model.what_if({"try.done": done, "wait.time": wait}).forecast()
        assert row.outcomes["done"] == pytest.approx(alone.outcomes["done"].probability, rel=1e-12)
        assert row.times["mean"] == pytest.approx(alone.time.mean, rel=1e-12)
        assert row.times["p95"] == pytest.approx(alone.time.quantile(0.95), rel=1e-9)
    with pytest.raises(OddsError):
        model.sweep({"try.done": []})


def test_sensitivities_are_the_slopes_of_what_ifs() -> None:
    """A derivative that no change of the model shows would be a number about nothing."""
    model = Model.read(REFERENCE)
    effect = next(one for one in model.sensitivities().probabilities if one.label == "database down")
    step = Fraction(1, 10**6)
    up, low = (model.what_if({"database up or down.database down": Fraction(1, 100) + by}) for by in (step, -step))
    for name in model.outcomes:
        slope = (up.forecast().outcomes[name].exact - low.forecast().outcomes[name].exact) / (2 * step)
        assert effect.outcomes[name] == pytest.approx(float(slope), rel=1e-9, abs=1e-15)


def test_paths_are_the_likeliest_first() -> None:
    """Their probabilities are products along the way; an outcome that is none is refused."""
    found = Model.read(REFERENCE).paths("OUTAGE", "PARTIAL", count=3)
    assert [one.outcome for one in found] == ["PARTIAL"] * 3
    assert [one.probability for one in found] == sorted((one.probability for one in found), reverse=True)
    assert _retry().paths(count=2)[1].words == ("wait", "try", "done")
    assert _retry().paths(count=2)[1].probability == pytest.approx(0.25 * 0.75)
    with pytest.raises(OddsError, match="did you mean `OUTAGE`"):
        Model.read(REFERENCE).paths("OUTAGES")


def test_samples_agree_with_the_exact_answer() -> None:
    """Within seven standard errors: once in 10¹¹ by chance; the same for any number of threads."""
    model = Model.read(REFERENCE)
    answer = model.forecast()
    walked, other = (model.sample(150_000, seed=5, threads=threads) for threads in (1, 2))
    for name, one in walked.outcomes.items():
        assert abs(one.probability - answer.outcomes[name].probability) < 7 * one.error
        assert other.outcomes[name].probability == one.probability
    assert walked.time.average is not None
    assert abs(walked.time.average.value - answer.time.mean) < 7 * walked.time.average.error
    down = walked.tags["down"].average
    assert down is not None
    assert abs(down.value - answer.tags["down"].mean) < 7 * down.error
    assert model.sample(10**9, error=0.01).trials < 10**6


@pytest.mark.parametrize(
    "options",
    [{"trials": 0}, {"trials": 9, "seed": -1}, {"trials": 9, "threads": 0}, {"trials": 9, "error": 0.0}],
    ids=str,
)
def test_samples_that_cannot_be(options: Any) -> None:
    """A sample of nothing has no answer."""
    with pytest.raises(OddsError):
        _retry().sample(**options)
