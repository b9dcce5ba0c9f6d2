"""The odds of a plan file or a runbook, with what its record shows counted in."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from os import PathLike
from pathlib import Path as FilePath
from typing import TYPE_CHECKING, Literal

from wetrun.odds.forecast import Forecast, written
from wetrun.odds.mistakes import check_levels, check_number, told
from wetrun.odds.values import Probability, what_if_texts
from wetrun.plan.expectations import JsonValue
from wetrun.simulate.exact.forecast import QUANTILES

if TYPE_CHECKING:
    from wetrun.plan.plan import Plan as ReadPlan
    from wetrun.simulate.evidence.scores import Summary
    from wetrun.simulate.plan_forecast import PlanForecast as Found

__all__ = ["Evidence", "Plan", "PlanForecast"]

Evidence = Literal["rehearsals", "deployments", "none"]
"""Which runs are counted in; the two kinds are never counted together."""


class Plan:
    """A plan, as `wetrun simulate` takes it."""

    def __init__(self, plan: "ReadPlan", state: FilePath) -> None:
        self._plan, self._state = plan, state

    @classmethod
    @told()
    def read(cls, path: str | PathLike[str] | None = None, *, double: str | PathLike[str] | None = None) -> "Plan":
        """Read a plan file or a Markdown runbook.

        Args:
            path: The file; None finds `wetrun.yaml` from the working directory upwards.
            double: For a runbook: the folder with the scripts of its double.

        Raises:
            OddsError: It cannot be read, or has mistakes; all of them, with their lines and columns.
        """
        from wetrun.verbs.reading import load_plan, locate_plan

        place = locate_plan(None if path is None else FilePath(path))
        plan = load_plan(place, double=None if double is None else FilePath(double))
        return cls(plan, place.parent / ".wetrun")

    def __repr__(self) -> str:
        return f"<Plan {self.name!r}>"

    @property
    def name(self) -> str:
        """What the plan is called."""
        return self._plan.name

    @told()
    def forecast(
        self,
        *,
        what_if: Mapping[str, Probability] | None = None,
        evidence: Evidence = "rehearsals",
        pool_changed: bool = False,
        state: str | PathLike[str] | None = None,
        levels: Sequence[float] = (),
        seed: int = 0,
    ) -> "PlanForecast":
        """Compute the odds; nothing is written, and no system is touched.

        Args:
            what_if: Inputs that are set to other values, by the plan's own key paths, as in
                `{"scenario.slow-database.probability": 0.2, "rollback.takes": "2-5m"}`.
            evidence: Which runs are counted in.
            pool_changed: Count runs of a changed plan, tool or double, too.
            state: The folder of the record; None means `.wetrun` beside the plan.
            levels: Quantiles that will be asked for, beyond the .999; each in (0, 1).
            seed: Of the draws behind the intervals; ≥ 0.

        Raises:
            OddsError: There is no such input, it cannot have that value, or the record cannot be read.
        """
        from wetrun.simulate.evidence.observation import Origin
        from wetrun.verbs.simulate_plan import known_of, nothing_known, scored, simulate_plan

        check_number("seed", seed, 0)
        folder = self._state if state is None else FilePath(state)
        origin = Origin.DEPLOYMENT if evidence == "deployments" else Origin.REHEARSAL
        known = (
            nothing_known() if evidence == "none" else known_of(self._plan, folder, origin=origin, changed=pool_changed)
        )
        found = simulate_plan(
            self._plan, known, what_if=what_if_texts(what_if or {}), seed=seed, levels=check_levels(levels)
        )
        return PlanForecast(found, scored(folder) if folder.is_dir() else None)


class PlanForecast(Forecast):
    """The answer for a plan; times are in seconds.

    Attributes:
        success: The probability that it deploys, degraded or not.
        success_interval: Its credible interval (`low`, `high`, `level`).
        claims: What the plan promises, each with its `standing`, the number that is `computed`, its `interval`, and the
            `evidence`; as text, in one sentence.
        sensitivities: What each input costs (`cost`, in probability of success), the costliest first.
        paths: The likeliest ways to outcomes in which it does not deploy: `words`, `probability`, `outcome`.
        warnings: What a reader should know before believing a number.
    """

    def __init__(self, found: "Found", scores: "Summary | None") -> None:
        super().__init__(found.graph, found.odds, found.intervals)
        self.success, self.success_interval = found.success, found.success_interval
        self.claims, self.sensitivities, self.paths = found.claims, found.sensitivities, found.paths
        self.warnings = found.warnings
        self._whole, self._scores = found, scores

    def to_dict(
        self,
        *,
        exact: bool = False,
        quantiles: Sequence[float | str] = QUANTILES,
        within: Sequence[float | str] = (),
    ) -> dict[str, JsonValue]:
        """The whole answer as `wetrun simulate --json` tells it: also intervals, evidence, readings, the fleet.

        Args:
            exact: Give fractions, too.
            quantiles: As for `Forecast.to_dict`.
            within: Likewise, in seconds.

        Raises:
            OddsError: A level is not between 0 and 1, or a time is no number.
        """
        from wetrun.report.forecast_json import forecast_json

        return forecast_json(
            replace(self._whole, odds=self._told(exact=exact)), *written(quantiles, within), self._scores
        )
