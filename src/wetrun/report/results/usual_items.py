"""The checklist that every rehearsal has, whatever the plan lists."""

from collections.abc import Iterator, Sequence

from wetrun.course.evidence import counted
from wetrun.plan.scenarios import Outcome
from wetrun.report.detection import blind_spots, is_told, matrix
from wetrun.report.model import ScenarioReport
from wetrun.report.results.model import Item, Shown
from wetrun.report.results.source import Source
from wetrun.report.results.wording import listed

__all__ = ["usual_items"]

_SECRET = "secret-in-text"  # noqa: S105 - the name of a rule


def usual_items(source: Source) -> Iterator[Item]:
    """What has to be so before any deployment, in the order in which a person would ask."""
    yield _rehearsed(source)
    yield _struck(source)
    yield _noticed(source)
    yield _restored(source)
    yield _as_expected(source)
    yield _checks(source)
    yield _monitors(source)
    yield _secrets(source)
    if source.facts is not None:
        yield _prose(source)
    yield _fidelity(source)


def _rehearsed(source: Source) -> Item:
    text = "Every scenario of the plan was rehearsed, and the clean run"
    if not source.plan.scenarios:
        return Item(text, Shown.NOT_SHOWN, "the plan has no scenario")
    left = source.report.left_out
    done = f"{len(source.faulty)} of {counted(len(source.plan.scenarios), 'scenario')}"
    return Item(text, Shown.NO, f"{done}; left out: {listed(left)}") if left else Item(text, Shown.YES, done)


def _struck(source: Source) -> Item:
    missing = [run.name for run in source.faulty if run.fault is not None and not run.fault.effective]
    return _counted("Every fault was measured to be there", source.faulty, missing, "not there", unknown=True)


def _noticed(source: Source) -> Item:
    text = "Every fault was noticed"
    blind = [run.name for run in blind_spots(source.report)]
    lost = [run.name for run in source.present if not is_told(run)]
    if lost and not blind:
        return Item(text, Shown.NOT_SHOWN, f"could not be measured: {listed(lost)}")
    return _counted(text, source.present, blind, "noticed by nobody")


def _restored(source: Source) -> Item:
    text = "Every way back led back"
    ended = [run for run in source.faulty if run.comparisons or run.outcome in {Outcome.STUCK, Outcome.NOT_RESTORED}]
    wrong = [run.name for run in ended if run.restored is False or run.outcome is Outcome.STUCK]
    unclear = [run.name for run in ended if run.restored is None and run.name not in wrong]
    if unclear and not wrong:
        return Item(text, Shown.NOT_SHOWN, f"could not be measured after {listed(unclear)}")
    return _counted(text, ended, wrong, "not restored")


def _as_expected(source: Source) -> Item:
    stated = [run for run in source.faulty if run.as_expected is not None]
    wrong = [run.name for run in stated if not run.as_expected and run.outcome is not Outcome.INCONCLUSIVE]
    lost = [run.name for run in stated if run.outcome is Outcome.INCONCLUSIVE]
    text = "Every scenario ended as the plan expects"
    if lost and not wrong:
        return Item(text, Shown.NOT_SHOWN, f"could not be measured: {listed(lost)}")
    return _counted(text, stated, wrong, "ended otherwise")


def _counted(
    text: str, runs: Sequence[ScenarioReport], wrong: Sequence[str], how: str, *, unknown: bool = False
) -> Item:
    if not runs:
        return Item(text, Shown.NOT_SHOWN, "no run could show it")
    if wrong:
        return Item(text, Shown.NOT_SHOWN if unknown else Shown.NO, f"{how}: {listed(wrong)}")
    return Item(text, Shown.YES, f"{len(runs)} of {len(runs)}")


def _checks(source: Source) -> Item:
    text = "Every check was seen to notice a fault at least once"
    found = matrix(source.report)
    quiet = [*found.dead, *found.untested]
    every = [*found.checks, *found.untested]
    if not every:
        return Item(text, Shown.NOT_SHOWN, "no check could notice anything")
    if quiet:
        names = [check.replace("`", "") for check in quiet]
        evidence = f"{len(every) - len(quiet)} of {len(every)}; never {listed(names)}"
        return Item(text, Shown.NOT_SHOWN, evidence)
    return Item(text, Shown.YES, f"{len(every)} of {len(every)}")


def _monitors(source: Source) -> Item:
    text = "Every monitor is alive"
    names = [monitor.name for monitor in source.plan.monitors]
    if not names:
        return Item(text, Shown.NOT_SHOWN, "the plan has no monitor")
    alive: dict[str, int] = dict.fromkeys(names, 0)
    for run in source.report.runs:
        for one in run.monitors:
            if one.name in alive:
                alive[one.name] += sum(value is not None for _, value in one.samples)
    dead = [name for name, samples in alive.items() if not samples]
    if dead:
        return Item(text, Shown.NO, f"not one sample came from {listed(dead)}")
    return Item(text, Shown.YES, f"{sum(alive.values())} samples from {counted(len(names), 'monitor')}")


def _secrets(source: Source) -> Item:
    text = "No secret stands in the text"
    found = [one for one in source.findings if one.rule == _SECRET]
    if found:
        return Item(
            text, Shown.NO, f"{counted(len(found), 'secret')} in the text, the first on line {found[0].place.line}"
        )
    named = len(source.plan.secrets)
    return Item(text, Shown.YES, f"`wetrun check` finds none; the plan names {counted(named, 'secret')}")


def _prose(source: Source) -> Item:
    text = "Every expectation of the document can be checked by a machine"
    count = 0 if source.facts is None else len(source.facts.unverified)
    if count:
        return Item(text, Shown.NOT_SHOWN, f"{counted(count, 'expectation')} in prose: unverified")
    return Item(text, Shown.YES, "none is prose")


def _fidelity(source: Source) -> Item:
    text = "The double is like production"
    compared = [one for one in source.report.fidelity if one.same is not None]
    differing = [one.what for one in compared if not one.same]
    if not compared:
        return Item(text, Shown.NOT_SHOWN, "it was not compared with production")
    if differing:
        return Item(text, Shown.NO, f"{listed(differing)} differ")
    return Item(text, Shown.YES, f"{counted(len(compared), 'thing')} compared")
