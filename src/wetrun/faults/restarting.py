"""How a service that a fault took down comes back: by its supervisor, by the plan, or by its `start` command."""

from wetrun.faults.measuring import PATIENCE, bash, until
from wetrun.faults.problems import FaultFailedError
from wetrun.faults.processes import numbers, of_service
from wetrun.plan.double import Service
from wetrun.runtime.ports import Effect, World

__all__ = ["back", "bring_back"]


async def bring_back(world: World, service: Service, *, had_run: bool) -> None:
    """Start a service that ran before, unless it runs or nothing says how.

    Raises:
        FaultFailedError: Its `start` command failed, and it does not run.
    """
    if not had_run or service.start is None or await of_service(world, service):
        return
    ran = await bash(world, service.start, limit=60.0)
    if ran.exit_code != 0 and not await of_service(world, service):
        raise FaultFailedError("start", f"start `{service.name}` again", ran.stderr or f"exit code {ran.exit_code}")


async def back(world: World, service: Service, *, had_run: bool) -> Effect:
    """Measure whether a service that a fault took down runs again; see `Fault.gone`.

    Where no `start` command says how, nothing of the fault is left that could be taken away: whoever finds the service
    down has to start it.
    """
    if not had_run:
        return Effect(present=False, measured=f"`{service.name}` did not run before either")

    async def look() -> Effect:
        running = await of_service(world, service)
        if running:
            return Effect(present=False, measured=f"`{service.name}` runs (process {numbers(running)})")
        return Effect(present=True, measured=f"no process of `{service.name}` runs")

    if service.start is None:
        effect = await look()
        if effect.present:
            said = f"nothing keeps `{service.name}` down; it has no `start` command, so it is for the plan to start it"
            return Effect(present=False, measured=said)
        return effect
    return await until(world, look, present=False, patience=2 * PATIENCE)
