"""Models from JSON: what is taken, and that every mistake is told where it stands."""

from fractions import Fraction

import pytest

from wetrun.errors import PlanError
from wetrun.simulate.exact.probabilities import absorb, absorb_exact
from wetrun.simulate.models.graph import Graph
from wetrun.simulate.models.inputs import inputs_of
from wetrun.simulate.models.laws import Constant, Empirical, Gamma, Uniform
from wetrun.simulate.models.reading import read_graph


def _complaints(text: str) -> list[tuple[str, str, str]]:
    """Of each problem: place without the file, key path, message."""
    with pytest.raises(PlanError) as caught:
        read_graph(text, "m.json")
    return [
        (str(problem.place).removeprefix("m.json:"), problem.path, problem.message) for problem in caught.value.problems
    ]


def _read(states: str) -> Graph:
    return read_graph('{"start": "a", "states": {' + states + "}}", "m.json")


def test_numbers_are_exact() -> None:
    """0.97 is 97/100 and not the float beside it; a text may be a fraction."""
    graph = _read('"a": {"next": {"b": "1/3", "c": 0.5, "d": "1/6"}}, "b": {}, "c": {}, "d": {}')
    assert graph.choices["a"].probabilities == {"b": Fraction(1, 3), "c": Fraction(1, 2), "d": Fraction(1, 6)}
    assert absorb_exact(graph)["d"] == Fraction(1, 6)


def test_laws() -> None:
    """Each is written its own way; one that can take one value only is a constant."""
    graph = _read(
        '"a": {"time": {"uniform": [1, 2]}, "next": {"b": 1}}, "b": {"time": {"constant": 3}, "next": {"c": 1}},'
        '"c": {"time": {"gamma": {"scale": 2, "shape": 1}}, "next": {"d": 1}},'
        '"d": {"time": {"empirical": [1, 5.5]}, "next": {"e": 1}},'
        '"e": {"time": {"pert": [2, 2, 2]}, "next": {"z": 1}},'
        '"z": {}'
    )
    laws = [graph.states[name].time for name in "abcde"]
    assert laws == [Uniform(1, 2), Constant(3), Gamma(1, 2), Empirical((1, 5.5)), Constant(2)]


def test_mistakes_come_together_with_their_places() -> None:
    """Who wrote five mistakes wants to hear of five, where they are."""
    text = (
        '{"start": "a", "states": {\n'
        '"a": {"time": {"unifrm": [1, 2]}, "next": {"b": 0.9, "cc": 0.05}},\n'
        '"b": {"time": {"uniform": [2, 1]}, "nxt": {"c": 1}},\n'
        '"c": {"time": {"gamma": {"shape": -1, "scale": 1}}, "next": {"d": NaN}},\n'
        '"d": {}, "d": {}}}'
    )
    assert _complaints(text) == [
        ("2:16", "states/a/time/unifrm", "unknown kind of time `unifrm`"),
        ("2:43", "states/a/next", "the probabilities sum to 0.95, not to 1"),
        ("2:54", "states/a/next/cc", "unknown state `cc`"),
        ("3:27", "states/b/time/uniform", "`low`, `high` must not fall"),
        ("3:36", "states/b/nxt", "unknown key `nxt`"),
        ("4:35", "states/c/time/gamma/shape", "`shape` is -1"),
        ("4:67", "states/c/next/d", "the number `NaN` is no probability"),
        ("5:10", "states/d", "duplicate key `d`"),
    ]


def test_lost_and_endless_states() -> None:
    """A state that is never reached is a slip of the pen; one that never ends has no answer."""
    text = '{"start": "a", "states": {"a": {"next": {"b": 0, "z": 1}}, "b": {"next": {"b": 1}}, "y": {}, "z": {}}}'
    messages = [message for _place, _path, message in _complaints(text)]
    assert messages == [
        "`b` can never end",
        "`y` can never be reached",
    ]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        "null",
        '{"start": "a"}',
        '{"start": "a", "states": {}}',
        '{"start": 3, "states": {"a": {}}}',
        '{"start": "a", "states": {"a": {"time": {"constant": 1}}}}',
        '{"start": "a", "states": {"a": {"next": {"b": 1e-99999999}}, "b": {}}}',
        '{"start": "a", "states": {"a": {"next": {"b": "1/0"}}, "b": {}}}',
        '{"start": "a", "states": {"b": {}, "a":{"next": {"b": 1}, "time": {"weibull": {"scale": 1, "shape": 0.01}}}}}',
        '{"start": "a", "states": {"b":{}, "a":{"next":{"b": 1}, "time": {"lognormal": {"median": 1, "sigma": 99}}}}}',
        '{"start": "a", "states": {"a": {"time": {"uniform": [0, 1e308]}, "next": {"b": 1}}, "b": {}}}',
        "[" * 5000,
        '{"start": "a\\x", "states": {"a": {}}}',
    ],
)
def test_nothing_crashes(text: str) -> None:
    """Whatever comes in, what comes out is a problem with a place."""
    assert all(place != "None" for place, _path, _message in _complaints(text))


def test_sums_beside_one_are_rounded_numbers() -> None:
    """Three times 0.3333333333 is meant to be 1, and is told exactly as that."""
    graph = _read('"a": {"next": {"b": 0.3333333333, "c": 0.3333333333, "d": 0.3333333333}}, "b": {}, "c": {}, "d": {}')
    assert absorb_exact(graph)["b"] == Fraction(1, 3)


def test_long_models() -> None:
    """Twenty thousand states in a row are read and answered without recursion."""
    states = ",".join(f'"s{at}": {{"next": {{"s{at + 1}": 1}}}}' for at in range(20_000))
    graph = read_graph('{"start": "s0", "states": {' + states + ', "s20000": {}}}', "m.json")
    assert absorb(graph) == {"s20000": 1}


def test_rarest_numbers() -> None:
    """1e-300 is a probability like any other, and so is its square."""
    graph = _read(
        '"a": {"next": {"b": "1e-150", "z": "' + "0." + "9" * 150 + '"}}, "b": {"next": {"c": 1}}, "c": {}, "z": {}'
    )
    assert absorb(graph)["c"] == pytest.approx(1e-150, rel=1e-12)


def test_times_have_names_of_their_own() -> None:
    """What-ifs and goals call them `STATE.time`; where a way or another state is called so, there is no such name."""
    way = '{"time": {"constant": 1}, "next": {"time": 0.5, "a.time": 0.5}}'
    states = f'"a": {way}, "time": {{"time": {{"constant": 2}}, "next": {{"end": 1}}}}, "end": {{}}'
    graph = read_graph('{"start": "a", "states": {%s, "a.time": {"next": {"end": 1}}}}' % states, "model.json")  # noqa: UP031
    assert [graph.states[name].duration for name in ("a", "time", "end")] == [None, "time.time", None]
    assert list(inputs_of(graph)) == ["a.time", "a.a.time", "time.time"]
