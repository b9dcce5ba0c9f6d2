"""The odds: plan and evidence → forecast. Exact where an exact form exists, sampled elsewhere. Pure.

Each package imports only from those behind it: `fleets` (a rollout over many hosts), `questions` (what-ifs, sweeps,
goals), `evidence` (what runs say), `plans` (from a plan to its graph), `sampling` (random walks), `exact` (the answers
for a graph), `models` (the graph and its laws). The modules beside them put the answer for a plan together.
"""
