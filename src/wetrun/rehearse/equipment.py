"""What one run needs around its sandbox: targets, monitors, the prober, and the runner that they all report to."""

import os
from collections.abc import Mapping
from pathlib import Path

from wetrun.course.run import FaultState, Run
from wetrun.errors import WetrunError
from wetrun.lean import dataclass
from wetrun.plan.plan import Plan, Secret
from wetrun.plan.scenarios import Outcome, Scenario
from wetrun.probes.sample import Sampler
from wetrun.runtime.actions import Approver, Performer
from wetrun.runtime.clock import Clock
from wetrun.runtime.disturbance import Disturbance
from wetrun.runtime.monitoring import Monitoring, Sampled
from wetrun.runtime.observing import Observer
from wetrun.runtime.ports import Fault, Network, Target, World
from wetrun.runtime.recorder import Recorder
from wetrun.runtime.runner import Runner

__all__ = ["MissingSecretError", "Surroundings", "equip", "fresh_run", "read_secrets"]


class MissingSecretError(WetrunError):
    """A secret that the plan names is nowhere to be found."""

    def __init__(self, secret: Secret) -> None:
        if secret.variable is not None:
            super().__init__(
                f"the secret `{secret.name}` is missing", hint=f"set the environment variable `{secret.variable}`"
            )
        else:
            super().__init__(f"the secret `{secret.name}` is missing", hint=f"write it into the file `{secret.file}`")
        self.secret = secret


def read_secrets(plan: Plan, known: Mapping[str, str]) -> dict[str, str]:
    """Read every secret of the plan from where it says.

    Args:
        plan: The plan.
        known: Name → value of those that are known already.

    Raises:
        MissingSecretError: One is not there.
    """
    values: dict[str, str] = {}
    for secret in plan.secrets:
        value: str | None
        if secret.name in known:
            value = known[secret.name]
        elif secret.variable is not None:
            value = os.environ.get(secret.variable)
        else:
            path = Path(plan.source).parent / Path(secret.file or "").expanduser()
            value = _kept_in(path)
        if value is None:
            raise MissingSecretError(secret)
        values[secret.name] = value
    return values


def _kept_in(path: Path) -> str | None:
    """What a file holds, without line ends behind it; None when it cannot be read as text."""
    try:
        return path.read_text().rstrip("\n")
    except (OSError, UnicodeDecodeError):
        return None


def fresh_run(plan: Plan, scenario: Scenario | None) -> Run:
    """The state before the first event."""
    if scenario is None:
        return Run(plan=plan)
    return Run(plan=plan, fault=FaultState.PENDING, tolerated=Outcome.DEPLOYED in scenario.expect.outcomes)


def _answering(recorder: Recorder, *, yes: bool) -> Approver:
    """What answers questions in a rehearsal, where nobody is asked; the record shows each question and this answer."""
    answer = "yes" if yes else "no, which takes the plan back"

    async def ask(question: str) -> bool:
        recorder.note("note", {"text": f"nobody was asked `{question}`; a rehearsal answers {answer}"})
        return yes

    return ask


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a run meets.

    Attributes:
        targets: Open, by name.
        network: Where requests go out from.
        environment: The plan's environment and secrets.
        fault: The scenario, its fault, and the world that it disturbs; None in a clean run.
    """

    targets: Mapping[str, Target]
    network: Network
    clock: Clock
    environment: Mapping[str, str]
    fault: tuple[Scenario, Fault, World] | None = None


def equip(plan: Plan, run: Run, recorder: Recorder, around: Surroundings) -> Runner:
    """Put a runner together: what performs its steps, observes its state, samples, and disturbs."""
    targets, network, clock, environment = around.targets, around.network, around.clock, around.environment
    approve, decide = _answering(recorder, yes=True), _answering(recorder, yes=False)
    performer = Performer(targets, network, clock, environment, approve=approve, decide=decide)
    runner = Runner(run, recorder, performer, Observer(plan.state, targets, network, plan.services, environment))

    def record(sample: Sampled) -> None:
        recorder.note("sample", {"monitor": sample.monitor, "value": sample.value, "why": sample.why})

    samplers = {
        monitor.name: (monitor, Sampler(monitor, targets[monitor.target], network, plan.services, environment))
        for monitor in plan.monitors
    }
    disturbance = None
    if around.fault is not None:
        scenario, fault, world = around.fault
        disturbance = Disturbance(scenario, fault, world, clock, runner.report)
    runner.equip(Monitoring(samplers, clock, runner.report, record, runner.broke), disturbance)
    return runner
