"""The top level of a plan."""

from dataclasses import replace
from typing import Any

from wetrun.formats.decode.containers import Named
from wetrun.formats.decode.context import Cursor
from wetrun.formats.decode.objects import Fields, Key, Object
from wetrun.formats.decode.shapes import Text
from wetrun.formats.keys.claims import CLAIMS, EVIDENCE
from wetrun.formats.keys.double import DOUBLE
from wetrun.formats.keys.fleet import FLEET
from wetrun.formats.keys.quantities import SECONDS
from wetrun.formats.keys.readiness import READINESS
from wetrun.formats.keys.relations import RELATION, check_relations, related
from wetrun.formats.keys.scenarios import SCENARIO
from wetrun.formats.keys.sections import PHASES, PROCEDURE, RECOVERIES, ROLLBACK
from wetrun.formats.keys.state import STATE_PROBE
from wetrun.formats.keys.surroundings import ENVIRONMENT, SECRETS, SERVICES, TARGETS
from wetrun.formats.keys.watching import AVAILABILITY, MONITOR
from wetrun.plan.claims import PRIOR_RUNS
from wetrun.plan.double import Double, Target
from wetrun.plan.plan import Plan
from wetrun.units import Seconds

__all__ = ["PLAN"]

_NAME = Key("name", Text("name"), "What the plan is called.", required=True)
# Targets come before everything with steps: steps that name no target run on the first.
_TARGETS = Key(
    "targets",
    TARGETS,
    "The machines on which commands run; the first is the default.",
    default="`local`: this machine",
    also=("target", "hosts", "servers"),
)
_ENVIRONMENT = Key("environment", ENVIRONMENT, "Variables for every command.", also=("env", "variables", "vars"))
_SECRETS = Key(
    "secrets",
    SECRETS,
    "Values that are blanked wherever they appear, by the name of the variable in which steps find them; read from the "
    "environment or a file.",
    also=("secret",),
)
_SERVICES = Key("services", SERVICES, "The long-running programs of the system.", also=("service",))
_DOUBLE = Key("double", DOUBLE, "The copy of production that rehearsals run in.", also=("sandbox",))
_STATE = Key(
    "state",
    Named(STATE_PROBE, "state probes", kind="state probe"),
    "What says how the system is; compared after a rollback.",
    also=("probes", "baseline"),
)
_PHASES = Key("phases", PHASES, "The happy path.", required=True, also=("steps", "stages", "jobs"))
_MONITORS = Key(
    "monitors",
    Named(MONITOR, "monitors", kind="step or monitor"),
    "Values sampled throughout, with rules.",
    also=("monitor", "alerts"),
)
_WATCH = Key("watch", SECONDS, "How long the monitors go on after the last step.", default="`0s`")
_AVAILABILITY = Key("availability", AVAILABILITY, "The request by which downtime is measured.")
_SCENARIOS = Key(
    "scenarios",
    Named(SCENARIO, "scenarios", kind="scenario"),
    "The ways in which things go wrong.",
    also=("scenario", "faults"),
)
_RELATION = Key(
    "scenarios_are",
    RELATION,
    "Whether several scenarios may strike in one run, or at most one; `one_of` and `given` say it of some.",
    default="`independent`, and `simulate` shows both",
    also=("relation",),
)
_PROCEDURES = Key(
    "procedures",
    Named(PROCEDURE, "procedures", kind="procedure"),
    "Named steps outside the happy path.",
    also=("procedure", "mitigations"),
)
_ROLLBACK = Key("rollback", ROLLBACK, "The way back.", also=("rollbacks",))
_RECOVERIES = Key(
    "recoveries",
    RECOVERIES,
    "The ladder: tried in order when the rollback did not restore service.",
    also=("recovery",),
)
_READINESS = Key(
    "readiness", READINESS, "The checklist, each item tied to a measurement; for the report.", also=("checklist",)
)
_CLAIMS = Key("claims", CLAIMS, "Totals that you state, for the simulation to check.", also=("claim", "promises"))
_EVIDENCE = Key("evidence", EVIDENCE, "How the plan's numbers count beside what runs have shown.")
_FLEET = Key("fleet", FLEET, "The hosts of a rollout in waves, for `simulate`.", also=("rollout", "waves"))
# The order is that of running: a variable is known to what comes after its capture.
_KEYS: tuple[Key[Any], ...] = (
    _NAME,
    _TARGETS,
    _ENVIRONMENT,
    _SECRETS,
    _SERVICES,
    _DOUBLE,
    _STATE,
    _PHASES,
    _MONITORS,
    _WATCH,
    _AVAILABILITY,
    _SCENARIOS,
    _RELATION,
    _PROCEDURES,
    _ROLLBACK,
    _RECOVERIES,
    _READINESS,
    _CLAIMS,
    _EVIDENCE,
    _FLEET,
)


def _plan(here: Cursor, fields: Fields) -> Plan:
    local = Target(name="local")
    rollback = fields.get(_ROLLBACK)
    if fields.has(_SCENARIOS):
        check_relations(fields.at(_SCENARIOS), fields.get(_SCENARIOS) or {}, fields.want(_PHASES))
    relation = fields.get(_RELATION)
    scenarios = related(fields.at(_RELATION) if relation else None, relation, fields.get(_SCENARIOS) or {})
    return Plan(
        name=fields.want(_NAME),
        source=here.place.file,
        targets=fields.get_or(_TARGETS, {local.name: local}),
        phases=fields.want(_PHASES),
        environment=fields.get(_ENVIRONMENT) or {},
        secrets=fields.get_or(_SECRETS, ()),
        services=fields.get(_SERVICES) or {},
        double=fields.get_or(_DOUBLE, Double()),
        state=tuple((fields.get(_STATE) or {}).values()),
        monitors=tuple((fields.get(_MONITORS) or {}).values()),
        watch=fields.get_or(_WATCH, Seconds(0.0)),
        availability=fields.get(_AVAILABILITY),
        scenarios=tuple(scenarios.values()),
        relation=relation,
        procedures=fields.get(_PROCEDURES) or {},
        rollback=None if rollback is None else replace(rollback, name="rollback"),
        recoveries=fields.get_or(_RECOVERIES, ()),
        readiness=fields.get_or(_READINESS, ()),
        claims=fields.get_or(_CLAIMS, ()),
        prior_runs=fields.get_or(_EVIDENCE, PRIOR_RUNS),
        fleet=fields.get(_FLEET),
    )


PLAN = Object(
    "plan",
    "A deployment: what to do, to expect and to watch, what may go wrong, and the way back. "
    "Keys that begin with `x-` are free, for anchors.",
    _KEYS,
    _plan,
    spare="x-",
)
