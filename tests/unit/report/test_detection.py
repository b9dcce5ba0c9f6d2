"""Who notices what."""

from dataclasses import replace

from sample_report import sample_report
from wetrun.plan.scenarios import Outcome
from wetrun.report.detection import CellKind, blind_spots, matrix
from wetrun.report.model import Detection, FaultReport, RehearsalReport, ScenarioReport
from wetrun.report.phrases import noticed_by


def run(
    name: str, *detections: Detection, silent: tuple[str, ...] = (), effective: bool | None = True
) -> ScenarioReport:
    fault = FaultReport(kind="service-stop", words="service-stop", strikes="Code", effective=effective)
    return ScenarioReport(
        name=name, outcome=Outcome.ROLLED_BACK, reason="", seconds=1, fault=fault, detections=detections, silent=silent
    )


def report(*runs: ScenarioReport, checks: tuple[str, ...] = ()) -> RehearsalReport:
    return replace(sample_report(), runs=runs, checks=checks)


def test_every_check_is_noticing_dead_or_untested() -> None:
    """A check that never had a fault to notice is not dead; to call it so would get good checks removed."""
    found = matrix(
        report(run("one", Detection("a", 1.0), silent=("b",)), run("two", silent=("a", "b")), checks=("a", "b", "c"))
    )
    assert (found.checks, found.dead, found.untested) == (("a", "b"), ("b",), ("c",))


def test_the_cells_tell_silent_from_not_reached() -> None:
    """A check that did not run did not fail to notice."""
    (_, cells), *_ = matrix(report(run("one", Detection("a", 2.0), Detection("b", 1.0)), checks=("a", "b", "c"))).rows
    assert [(cell.kind, cell.first) for cell in cells] == [(CellKind.NOTICED, False), (CellKind.NOTICED, True)]
    other = matrix(report(run("one", Detection("a", 2.0)), run("two", silent=("b",)), checks=("a", "b"))).rows
    assert [cell.kind for cell in other[0][1]] == [CellKind.NOTICED, CellKind.NOT_REACHED]


def test_a_fault_that_was_not_there_is_no_blind_spot() -> None:
    """Nobody can notice what did not happen; such a run says nothing about the checks."""
    absent = run("absent", silent=("a",), effective=False), run("never", effective=None)
    assert blind_spots(report(*absent)) == ()
    assert matrix(report(*absent, checks=("a",))).dead == ()
    assert [blind.name for blind in blind_spots(report(*absent, run("escaped", silent=("a",))))] == ["escaped"]


def test_a_run_that_was_cut_short_is_no_blind_spot() -> None:
    """The check that would have noticed had not run yet, or could not measure: nobody knows."""
    cut = replace(run("cut", silent=("a",)), outcome=Outcome.INCONCLUSIVE)
    assert blind_spots(report(cut)) == ()
    assert noticed_by(cut) == "—"
    seen = replace(run("seen", Detection("a", 1.0)), outcome=Outcome.INCONCLUSIVE)
    assert noticed_by(seen) == "a"


def test_checks_that_the_caller_did_not_list_are_not_lost() -> None:
    """A detection by an unlisted check is still one."""
    assert matrix(report(run("one", Detection("surprise", 1.0)))).checks == ("surprise",)
