"""Conclusions: sentences in plain words, each with the numbers and the runs that it comes from."""

from collections.abc import Iterator

from wetrun.course.evidence import counted
from wetrun.plan.scenarios import HARMFUL, LED_BACK, Outcome
from wetrun.report.detection import blind_spots, is_told, matrix
from wetrun.report.phrases import downtime
from wetrun.report.results.model import Conclusion, ConclusionKind, Group, Stands
from wetrun.report.results.source import Source
from wetrun.report.results.wording import how_many, listed, odds, seconds

__all__ = ["conclusions"]

_PROVEN, _FAILED, _ESCAPED = ConclusionKind.PROVEN, ConclusionKind.FAILED, ConclusionKind.ESCAPED
_ASSUMED, _FOUND = ConclusionKind.ASSUMED, ConclusionKind.FOUND


def conclusions(source: Source, groups: tuple[Group, ...]) -> tuple[Conclusion, ...]:
    """What follows from a rehearsal, in the order in which a person would ask.

    Args:
        source: The rehearsal.
        groups: Its statements, judged.
    """
    return (
        *_deploys(source),
        *_noticed(source),
        *_led_back(source),
        *_slowest(source),
        *_blind_checks(source),
        *_odds(source),
        *_assumed(source),
        *_statements(groups),
    )


def _deploys(source: Source) -> Iterator[Conclusion]:
    clean = source.clean
    if clean is None:
        yield Conclusion(
            _ASSUMED, "Only assumed: that the plan deploys when nothing goes wrong; the clean run was left out"
        )
        return
    took = f"after {seconds(clean.seconds)}"
    match clean.outcome:
        case Outcome.DEPLOYED:
            felt = "" if clean.downtime is None else f", downtime {downtime(clean)}"
            yield Conclusion(_PROVEN, f"The plan deploys when nothing goes wrong: {took}{felt}", (clean.name,))
        case Outcome.DEPLOYED_DEGRADED:
            yield Conclusion(_FOUND, f"The plan deploys, but degraded, {took}: {clean.reason}", (clean.name,))
        case Outcome.INCONCLUSIVE:
            yield Conclusion(_ASSUMED, f"Whether the plan deploys could not be measured: {clean.reason}", (clean.name,))
        case _:
            text = f"The plan does not deploy even when nothing goes wrong: {clean.outcome.value}, {clean.reason}"
            yield Conclusion(_FAILED, text, (clean.name,))


def _noticed(source: Source) -> Iterator[Conclusion]:
    present, blind = [run for run in source.present if is_told(run)], blind_spots(source.report)
    if not present:
        return
    whole = not blind and len(present) == len(source.present)
    names = tuple(run.name for run in blind)
    if blind:
        text = f"{len(blind)} of {counted(len(present), 'fault')} escaped every check: {listed(names)}"
        yield Conclusion(_ESCAPED, text, names)
    noticed = [(run.detected_after, run) for run in present if run.detected_after is not None]
    if noticed:
        after, run = max(noticed, key=lambda one: one[0])
        first = min(run.detections, key=lambda one: one.after)
        many = f"{counted(len(noticed), 'fault')} noticed" + (", every one" if whole else "")
        text = f"{many}; the slowest was `{run.name}`, after {seconds(after)} by {first.check}"
        yield Conclusion(_PROVEN if whole else _FOUND, text, (run.name,))
    safe = (run for run in present if run.outcome not in {*HARMFUL, Outcome.INCONCLUSIVE})
    surprised = tuple(run.name for run in safe if run.as_expected is False)
    if surprised:
        yield Conclusion(_FOUND, f"Ended safely, but not as the plan expects: {listed(surprised)}", surprised)


def _led_back(source: Source) -> Iterator[Conclusion]:
    harmed = [run for run in source.faulty if run.outcome in {Outcome.NOT_RESTORED, Outcome.STUCK}]
    back = [run for run in source.faulty if run.outcome in LED_BACK]
    total = len(harmed) + len(back)
    if harmed:
        names = tuple(run.name for run in harmed)
        probes = tuple(
            dict.fromkeys(
                one.probe
                for run in harmed
                for last in run.comparisons[-1:]
                for one in last.differences
                if one.allowed is None
            )
        )
        what = f"; {listed(probes)} stayed changed" if probes else ""
        text = f"{len(harmed)} of {counted(total, 'way')} back did not lead back: {listed(names)}{what}"
        yield Conclusion(_FAILED, text, names)
    elif back:
        compared = len({probe for run in back for one in run.comparisons for probe in one.probes})
        text = f"Every way back led back, in {counted(total, 'run')}; {counted(compared, 'state probe')} compared"
        yield Conclusion(_PROVEN, text)
    ladder = tuple(run.name for run in back if run.outcome is Outcome.RECOVERED)
    if ladder:
        text = f"The rollback by itself was not enough after {listed(ladder)}: a recovery restored the rest"
        yield Conclusion(_FOUND, text, ladder)


def _slowest(source: Source) -> Iterator[Conclusion]:
    back = [(run.recovered_after, run.name) for run in source.faulty if run.recovered_after is not None]
    down = [(run.downtime, run.name) for run in source.report.runs if run.downtime]
    if back:
        took, name = max(back)
        text = f"The slowest way back took {seconds(took)} from the first notice (`{name}`; {len(back)} led back)"
        yield Conclusion(_FOUND, text, (name,))
    if down:
        took, name = max(down)
        yield Conclusion(_FOUND, f"The longest downtime was {seconds(took)} (`{name}`)", (name,))


def _blind_checks(source: Source) -> Iterator[Conclusion]:
    found = matrix(source.report)
    if found.dead:
        names = [check.replace("`", "") for check in found.dead]
        text = f"{counted(len(names), 'check')} ran while faults were there and never noticed one: {listed(names)}"
        yield Conclusion(_ASSUMED, text)
    if found.untested:
        names = [check.replace("`", "") for check in found.untested]
        yield Conclusion(
            _ASSUMED, f"Nothing is known of {counted(len(names), 'check')}: no fault was there for {listed(names)}"
        )
    synthetic = tuple(run.name for run in source.faulty if run.fault is not None and run.fault.synthetic)
    if synthetic:
        yield Conclusion(
            _ASSUMED, f"Synthetic (a command replaced by a scripted failure): {listed(synthetic)}", synthetic
        )


def _odds(source: Source) -> Iterator[Conclusion]:
    foreseen = source.foreseen
    if foreseen is None or foreseen.success is None or foreseen.harm is None:
        return
    yield Conclusion(_FOUND, f"By the odds, it deploys with a probability of {odds(foreseen.success)}")
    yield Conclusion(
        _FOUND, f"A harmful end (not restored, stuck or escaped) has a probability of {odds(foreseen.harm)}"
    )
    if foreseen.costly:
        yield Conclusion(_FOUND, f"The largest risk by the odds: {foreseen.costly[0]}")


def _assumed(source: Source) -> Iterator[Conclusion]:
    foreseen = source.foreseen
    chances = 0 if foreseen is None else len(foreseen.chances)
    if chances:
        yield Conclusion(
            _ASSUMED, f"Only assumed: the probability of {counted(chances, 'scenario')}; no rehearsal can show it"
        )
    unshown = [] if foreseen is None else [name for name, one in foreseen.choices.items() if not one.runs]
    if unshown:
        names = [name.removesuffix(".succeeds") for name in unshown]
        yield Conclusion(_ASSUMED, f"Only assumed: that {listed(names)} helps; no run carried it out")
    if source.facts is not None and source.facts.unverified:
        count = counted(len(source.facts.unverified), "expectation")
        yield Conclusion(_ASSUMED, f"Only assumed: {count} of the document in prose, which no machine can check")


def _statements(groups: tuple[Group, ...]) -> Iterator[Conclusion]:
    rows = [row for group in groups for row in group.rows if row.stands is not Stands.NOT_CLAIMED]
    if not rows:
        return
    parts = [how_many(count, stands) for stands in Stands if (count := sum(row.stands is stands for row in rows))]
    yield Conclusion(_FOUND, f"Of {counted(len(rows), 'statement')} of the plan, {', '.join(parts)}")
    wrong = [row for row in rows if row.stands is Stands.DOES_NOT_FOLLOW]
    if wrong:
        names = [f"{row.subject} {row.what}".strip() for row in wrong]
        about = tuple(dict.fromkeys(row.run for row in wrong if row.run is not None))
        yield Conclusion(_FAILED, f"Does not follow: {listed(names)}", about, decides=False)
