"""The odds: the exact answer, posterior draws, and random walks beside SimPy and a plain Python loop."""

import json
import subprocess
from pathlib import Path
from statistics import median

from measuring import BIN, ROOT, Measured, Shown, environment, in_turns

__all__ = ["measure"]

_MODEL = ROOT / "examples/simulate/reference.json"
_EXACT = """
import json, resource, sys, time
from fractions import Fraction
from pathlib import Path
import numpy as np
from wetrun.simulate.exact.durations import durations
from wetrun.simulate.models.graph import Choice, Graph, State
from wetrun.simulate.models.laws import Lognormal, Pert, Triangular, Uniform
from wetrun.simulate.exact.probabilities import absorb, absorb_many
from wetrun.verbs.simulate import load_graph

def timed(work):
    began = time.process_time()
    work()
    return time.process_time() - began

CLOCKS = (None, "down", "detecting", "recovering")
KINDS = [Triangular(2 + i / 10, 3 + i / 10, 5 + i / 10) for i in range(17)]
KINDS += [Lognormal(4, 0.25), Uniform(1, 2), Pert(1, 2, 6)]

def chain(steps=1000, scenarios=12):
    states, choices = {}, {}
    for at in range(steps):
        following = f"s{at + 1}" if at + 1 < steps else "ok"
        onward = following
        if at % (steps // scenarios) == 0 and at // (steps // scenarios) < scenarios:
            onward = f"flag{at}"
            choices[onward] = Choice(onward, {"yes": Fraction(1, 10), "no": Fraction(9, 10)})
            states[onward] = State(onward, choice=onward, next={"yes": f"slow{at}", "no": following})
            states[f"slow{at}"] = State(f"slow{at}", Uniform(5, 10), frozenset({"down"}), next={"x": following})
        name = f"s{at}"
        choices[name] = Choice(name, {"ok": Fraction(9999, 10000), "bad": Fraction(1, 10000)})
        states[name] = State(name, KINDS[at % 20], choice=name, next={"ok": onward, "bad": "back"})
    states["back"] = State("back", Uniform(3, 5), frozenset({"down", "recovering"}), next={"x": "rolled back"})
    return Graph("s0", "min", states | {"ok": State("ok"), "rolled back": State("rolled back")}, choices)

graph, long = load_graph(Path(sys.argv[1])), chain()
chain_cold = timed(lambda: durations(long, CLOCKS))
cold = timed(lambda: (absorb(graph), durations(graph, CLOCKS)))
warm = [timed(lambda: (absorb(graph), durations(graph, CLOCKS))) for _ in range(50)]
generator = np.random.default_rng(1)
draws = {}
for name, choice in graph.choices.items():
    drawn = generator.dirichlet([10 * float(p) for p in choice.probabilities.values()], 10_000)
    draws[name] = dict(zip(choice.probabilities, drawn.T))
many = [timed(lambda: absorb_many(graph, draws)) for _ in range(5)]
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000
print(json.dumps({"chain": chain_cold, "cold": cold, "warm": sorted(warm)[25], "draws": sorted(many)[2], "peak": peak}))
"""
_WALKS = """
import sys, time
from pathlib import Path
from wetrun.simulate.sampling.sampling import sample
from wetrun.verbs.simulate import load_graph
graph = load_graph(Path(sys.argv[1]))
sample(graph, 65_536)
began = time.process_time()
sample(graph, 4_000_000)
print(4_000_000 / (time.process_time() - began))
"""
# The same model as a generator per trial, with the standard library's random numbers; plain, and under SimPy.
_PEER = """
import json, math, random, sys, time
model = json.load(open(sys.argv[1]))
states = model["states"]

def drawer(law):
    (kind, given), = law.items()
    if kind == "uniform":
        low, high = given
        return lambda: low + (high - low) * random.random()
    if kind == "triangular":
        low, likely, high = given
        return lambda: random.triangular(low, high, likely)
    assert kind == "lognormal"
    location, sigma = math.log(given["median"]), given["sigma"]
    return lambda: random.lognormvariate(location, sigma)

PLACES = {}
for name, state in states.items():
    ways, total = [], 0.0
    for target, probability in state.get("next", {}).items():
        total += probability
        ways.append((total, target))
    PLACES[name] = (drawer(state["time"]) if "time" in state else None, ways)

def following(ways):
    if len(ways) == 1:
        return ways[0][1]
    u = random.random()
    for total, target in ways:
        if u < total:
            return target
    return ways[-1][1]

def plain():
    name, spent = model["start"], 0.0
    while True:
        draw, ways = PLACES[name]
        if draw is not None:
            spent += draw()
        if not ways:
            return name, spent
        name = following(ways)

def process(env):
    name = model["start"]
    while True:
        draw, ways = PLACES[name]
        if draw is not None:
            yield env.timeout(draw())
        if not ways:
            return name
        name = following(ways)

def with_simpy():
    env = simpy.Environment()
    return env.run(env.process(process(env))), env.now

if sys.argv[2] == "simpy":
    import simpy
trial = with_simpy if sys.argv[2] == "simpy" else plain
trials = int(sys.argv[3])
began = time.process_time()
good = sum(trial()[0] == "SUCCESS" for _ in range(trials))
rate = trials / (time.process_time() - began)
assert abs(good / trials - 0.96430793660932) < 0.02
print(rate)
"""
_THREADS = """
import sys
from pathlib import Path
import numpy as np
from wetrun.simulate.sampling.sampling import sample
from wetrun.verbs.simulate import load_graph
graph = load_graph(Path(sys.argv[1]))
one, two = (sample(graph, 1_000_000, seed=5, threads=threads) for threads in (1, 2))
print(float(all(
    one.outcomes[name].count == two.outcomes[name].count
    and np.array_equal(one.outcomes[name].times[None].times, two.outcomes[name].times[None].times)
    for name in one.outcomes
)))
"""


def _said(python: Path, code: str, *arguments: str) -> str:
    ran = subprocess.run(
        [python, "-c", code, _MODEL, *arguments], capture_output=True, text=True, check=False, env=environment()
    )
    if ran.returncode:
        raise RuntimeError(ran.stderr[-2000:])
    return ran.stdout


def measure(_scratch: Path) -> list[Measured | Shown]:
    """Measure all of it; times are the processor's, which other programs disturb less; rates are per core."""
    ours, peers = BIN / "python", ROOT / "bench/.venv/bin/python"
    exact = json.loads(_said(ours, _EXACT))
    rates = in_turns(
        3,
        {
            "walks": lambda: float(_said(ours, _WALKS)),
            "plain": lambda: float(_said(ours, _PEER, "plain", "100000")),
            "simpy": lambda: float(_said(peers, _PEER, "simpy", "20000")),
        },
    )
    walks, plain, simpy = (median(rates[name]) for name in ("walks", "plain", "simpy"))
    detail = f"SimPy {simpy / 1e3:.0f} k/s, plain loop {plain / 1e3:.0f} k/s, ours {walks / 1e6:.1f} M/s"
    cold = f"the first time {exact['cold'] * 1000:.1f} ms"
    return [
        Measured("Reference model, 7 probabilities and 28 distributions", exact["warm"] * 1000, 5, "ms", cold),
        Measured("1000 steps with 12 independent scenarios, cold", exact["chain"], 0.5, "s"),
        Measured("10 000 posterior draws of the reference model", exact["draws"] * 1000, 100, "ms"),
        Measured("Memory for all of these, at its peak", exact["peak"], 300, "MB"),
        Measured("Random walks per second and core", walks / 1e6, 5, "M/s", detail, least=True),
        Measured("Random walks against SimPy", walks / simpy, 150, "times", detail, least=True),
        Measured("The same results with 1 and 2 threads", float(_said(ours, _THREADS)), 1, "times", least=True),
    ]
