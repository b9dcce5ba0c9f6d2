"""Probabilities that stand beside each other without a word: both readings, and their sum."""

from fractions import Fraction
from textwrap import dedent

from wetrun.formats.yaml_plan import read_plan
from wetrun.plan.plan import Plan
from wetrun.simulate.plans.compiling import compile_plan
from wetrun.simulate.plans.readings import ReadingKind, readings


def plan_with(first: str, second: str, more: str = "") -> Plan:
    text = f"""
    name: shop
    phases: [{{name: Code, steps: [{{name: pull, run: git pull}}]}}]
    scenarios:
      a: {{probability: {first}, fault: x, from: Code{more}}}
      b: {{probability: {second}, fault: x, from: Code}}
      c: {{fault: x, from: Code}}
    """
    return read_plan(dedent(text), file="wetrun.yaml", fault_kinds=None)


def test_both_readings_are_given_with_the_sum_and_the_places() -> None:
    """92 % + 8 % + 1 % adds up to 101 %: the reader needs to see what was added, and where."""
    independent, exclusive = readings(plan_with("8%", "1/3"))
    assert (independent.kind, exclusive.kind) == (ReadingKind.INDEPENDENT, ReadingKind.EXCLUSIVE)
    assert independent.undisturbed == Fraction(92, 100) * Fraction(2, 3)
    assert exclusive.undisturbed == 1 - Fraction(8, 100) - Fraction(1, 3)
    assert independent.total == exclusive.total == Fraction(8, 100) + Fraction(1, 3)
    assert [(name, str(place)) for name, place in exclusive.places] == [
        ("a", "wetrun.yaml:5:6"),
        ("b", "wetrun.yaml:6:6"),
    ]


def test_each_reading_compiles_to_what_it_says() -> None:
    """Both forecasts are computed, so both plans must be whole."""
    for reading in readings(plan_with("8%", "1/3")):
        assert reading.plan is not None
        compiled = compile_plan(reading.plan)
        quiet = Fraction(1)
        name = compiled.graph.start
        while (state := compiled.graph.states[name]).next:
            label = next((one for one in ("no", "none of them") if one in state.next), next(iter(state.next)))
            quiet *= compiled.graph.choices[state.choice].probabilities[label] if state.choice else 1
            name = state.next[label]
        assert (name, quiet) == ("deployed", reading.undisturbed)


def test_what_cannot_be_exclusive_has_no_such_reading() -> None:
    """70 % and 40 % cannot exclude each other, whatever the author meant."""
    _, exclusive = readings(plan_with("70%", "40%"))
    assert exclusive.plan is None
    assert exclusive.undisturbed is None


def test_a_plan_that_says_it_has_one_reading() -> None:
    """Who has said how scenarios relate is not asked again."""
    assert readings(plan_with("8%", "1%", ", given: {b: 5%}")) == ()
