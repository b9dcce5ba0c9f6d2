"""Scenarios, procedures, the rollback and the recoveries of a runbook, as parts of a plan."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Container, Sequence
from dataclasses import field

from wetrun.errors import Place
from wetrun.formats.runbook.commands.listed import Listed
from wetrun.formats.runbook.contents.material import Material, Part, Told
from wetrun.formats.runbook.contents.stating import response_of
from wetrun.formats.runbook.document.outline import Section
from wetrun.formats.runbook.drafts.faulting import Fault, Surroundings, guess_fault, unguessed_fault
from wetrun.formats.runbook.drafts.happy import Happy
from wetrun.formats.runbook.drafts.stepping import Steps
from wetrun.formats.runbook.drafts.striking import Strikes, Struck, labels_of
from wetrun.formats.runbook.drafts.surroundings import Machines
from wetrun.formats.runbook.quantities.amounts import duration_text, sayable, share_text
from wetrun.formats.writing.names import Names, slug
from wetrun.formats.writing.tree import Branch, Draft, Leaf, Listing, drafted
from wetrun.lean import dataclass
from wetrun.plan.facts import Decision, Fact, Measure

__all__ = ["Teller"]

_TIMES = {Measure.DURATION, Measure.ADDED, Measure.DETECTION, Measure.RECOVERY}

_EXPECTED_ACTION = re.compile(r"^(?:- )?expected action\s*:\s*(?P<action>.+)$", re.IGNORECASE)


@dataclass(slots=True)
class Teller:
    """Makes the parts of a plan that are not the happy path; the rollback first, since others depend on it."""

    file: str
    material: Material
    steps: Steps
    happy: Happy
    around: Surroundings
    machines: Machines
    has_rollback: bool = False
    monitored: bool = False
    names: Names = field(default_factory=Names)
    procedures: dict[str, Draft] = field(default_factory=dict[str, Draft])
    stated: dict[tuple[str, Measure], list[Fact]] = field(init=False)
    decided: list[Decision] = field(init=False)
    strikes: Strikes = field(init=False)

    def __post_init__(self) -> None:
        """Sort what is stated by what it is about: a long runbook has thousands of both."""
        self.stated = {}
        for fact in self.material.numbers:
            if fact.measure in _TIMES and not sayable(fact.low, fact.high):
                continue
            self.stated.setdefault((fact.subject, fact.measure), []).append(fact)
        self.decided = sorted(self.material.decisions, key=lambda decision: decision.place)

    def scenarios(self) -> dict[str, Draft]:
        """Every scenario that is told; mitigations and further rollbacks become procedures."""
        found: dict[str, Draft] = {}
        if self.material.scenarios:
            self.strikes = Strikes(self.happy, labels_of(self.material.scenarios))
        for told in self.material.scenarios:
            name = self.names.free(slug(told.section.title), found)
            found[name] = self._scenario(name, told)
        return found

    def rollback(self) -> Draft | None:
        """The rollback: of its own section, else of the first scenario that shows one."""
        commands = [command for part in self.material.rollbacks for command in part.commands]
        sections = [part.section for part in self.material.rollbacks]
        if not commands:
            told = next((told for told in self.material.scenarios if told.rollback), None)
            if told is None:
                return None
            commands, sections = told.rollback, [told.section]
        made = self._procedure(sections, commands, (Measure.RECOVERY, Measure.DURATION))
        self.has_rollback = made is not None
        return made

    def recoveries(self, taken: Container[str]) -> list[Draft]:
        """The ladder, in the order of the text."""
        found: dict[str, Draft] = {}
        rungs: list[Draft] = []
        for part in self.material.recoveries:
            drafted_ = self._procedure([part.section], part.commands, (Measure.RECOVERY, Measure.DURATION))
            if drafted_ is not None:
                name = self.names.free(slug(part.section.title), _Any(found, taken, ("rollback",)))
                found[name] = drafted_
                place = drafted_.place
                rungs.append(Branch({"name": Leaf(name, place), **drafted_.entries}, place, remarks=drafted_.remarks))
        return rungs

    def other_procedures(self) -> None:
        """Troubleshooting sections and tests become procedures that nothing calls yet."""
        for part, lead in (
            *((part, "") for part in self.material.procedures),
            *((part, "test-") for part in self.material.tests),
        ):
            self._add(lead + slug(part.section.title), part)

    def _add(self, name: str, part: Part, measures: tuple[Measure, ...] = (Measure.DURATION,)) -> str | None:
        made = self._procedure([part.section], part.commands, measures)
        if made is None:
            return None
        name = self.names.free(name, _Any(self.procedures, ("rollback",)))
        self.procedures[name] = made
        return name

    def _procedure(
        self, sections: Sequence[Section], commands: Sequence[Listed], measures: tuple[Measure, ...]
    ) -> Branch | None:
        if not commands:
            return None
        place = Place(self.file, sections[0].line + 1, 1)
        entries: dict[str, Draft] = {}
        titles = {section.title for section in sections}
        takes = self._fact(titles, *measures)
        if takes is not None and (takes.high or takes.low or 0) > 0:
            guess = None if takes.low is not None and takes.high is not None else "only one end is stated"
            entries["takes"] = Leaf(duration_text(takes.low, takes.high), takes.place, guess)
        succeeds = self._fact(titles, Measure.SUCCESS)
        share = None if succeeds is None else _share(succeeds)
        if succeeds is not None and share is not None:
            entries["succeeds"] = Leaf(share_text(share[0]), succeeds.place, share[1])
        steps = self._steps(commands)
        if not steps:
            return None
        entries["steps"] = Listing(steps, place)
        return Branch(entries, place, remarks=[section.heading for section in sections])

    def _steps(self, commands: Sequence[Listed]) -> list[Draft]:
        self.machines.begin()
        found: list[Draft] = []
        for command in commands:
            is_step, target = self.machines.runs_on(command)
            found += [self.steps.step(command, target)] if is_step else []
        return found

    def _fact(self, subjects: set[str], *measures: Measure) -> Fact | None:
        for measure in measures:
            # Each list is in the order of the text.
            found = [facts[0] for subject in subjects if (facts := self.stated.get((subject, measure)))]
            if found:
                return min(found, key=lambda fact: fact.place)
        return None

    def _scenario(self, name: str, told: Told) -> Branch:
        place = Place(self.file, told.section.line + 1, 1)
        entries: dict[str, Draft] = {}
        chance = self._fact({told.section.title}, Measure.PROBABILITY)
        share = None if chance is None else _share(chance)
        if chance is not None and share is not None:
            entries["probability"] = Leaf(share_text(share[0]), chance.place, share[1])
        fault, why, struck = self._fault(told)
        entries["fault"] = drafted(fault, place, why)
        entries["from"] = Leaf(struck.where, Place(self.file, struck.line + 1, 1), struck.guess)
        mitigation = self._mitigation(name, told, struck.shown if struck.exact else None)
        expect = self._expected(told, place, struck, mitigates=mitigation)
        if self.monitored and "memory-leak" in fault and "detected_by" not in expect.entries:
            expect.entries["detected_by"] = Leaf("memory", place, "the monitor whose limits the runbook states")
        if expect.entries:
            entries["expect"] = expect
        return Branch(entries, place, remarks=[told.section.heading, *(words.text for words in told.words[:2])])

    def _fault(self, told: Told) -> tuple[Fault, str, Struck]:
        """What breaks, why it is a guess, and where it strikes; each may depend on the other."""
        guessed = guess_fault(told, self.around)
        if guessed is None:
            guessed = unguessed_fault(told, self.happy.changes_by(self.strikes.of(told, "").where))
        return *guessed, self.strikes.of(told, next(iter(guessed[0])))

    def _mitigation(self, name: str, told: Told, step: str | None) -> bool:
        """A mitigation in commands becomes a procedure; the step that it belongs to calls it. Whether it does."""
        if self.material.rollbacks and told.rollback:
            self._add(f"rollback-{name}", Part(told.section, told.rollback))
        made = self._add(f"{name}-response", Part(told.section, told.mitigation), (Measure.ADDED, Measure.RECOVERY))
        if (
            made is None
            or step is None
            or not any(m.above and "itigat" in m.above[0].text for m in told.mitigation[:1])
        ):
            return False
        branch = self.happy.by_name[step]
        guess = "the scenario shows this step failing, and this as its mitigation"
        branch.entries.setdefault("on_failure", drafted({"mitigate": made}, self.procedures[made].place, guess))
        return True

    def _expected(self, told: Told, place: Place, struck: Struck, *, mitigates: bool) -> Branch:
        entries: dict[str, Draft] = {}
        response, line, guess = self._response(told, mitigates=mitigates)
        if response == "rollback" and not self.has_rollback:
            response, line, guess = "hold", None, "the runbook shows no rollback of its own"
        if response is not None:
            said = place if line is None else Place(self.file, line + 1, 1)
            entries["response"] = Leaf(response, said, guess)
        if struck.shown is not None and response not in {"continue", "note"}:
            why = "the step whose failure is shown" if struck.exact else "it runs nearly what is shown to fail"
            entries["detected_by"] = Leaf(struck.shown, place, why)
        added = self._fact({told.section.title}, Measure.ADDED)
        if added is not None and (added.high or added.low or 0) > 0:
            entries["added"] = Leaf(duration_text(added.low, added.high), added.place)
        recovery = [f for f in self.stated.get((told.section.title, Measure.RECOVERY), ()) if f.high]
        detection = self._fact({told.section.title}, Measure.DETECTION)
        if detection is not None and (detection.high or detection.low or 0) > 0:
            entries["detected_after"] = Leaf(
                duration_text(detection.low, detection.high), detection.place, _limit(detection)
            )
        if recovery and response in {"rollback", "mitigate", "hold"}:
            most = max(fact.high or 0.0 for fact in recovery) + ((detection.high or 0.0) if detection else 0.0)
            if sayable(most, most):
                entries["within"] = Leaf(duration_text(most, most), recovery[-1].place, "time to detect and to recover")
        return Branch(entries, place)

    def _response(self, told: Told, *, mitigates: bool) -> tuple[str | None, int | None, str | None]:
        """The response, the line (from 0) that says it where one does, and why it is a guess."""
        for words in told.words:
            action = _EXPECTED_ACTION.match(words.text)
            if action is not None:
                if response := response_of(action["action"]):
                    return response, words.line, None
                break
        decided = self._decided(told)
        if told.rollback or "rollback" in decided or any("git reset" in listed.text for listed in told.mitigation):
            return "rollback", None, "it shows a rollback"
        if mitigates:
            return "mitigate", None, "it shows a mitigation"
        found = response_of("\n".join(words.text for words in told.words))
        if found is None:
            return None, None, None
        line = next((words.line for words in told.words if response_of(words.text) == found), None)
        return found, line, "from the words of the section"

    def _decided(self, told: Told) -> set[str | None]:
        """The responses of the decisions that stand between a scenario's first and last line."""
        lines = [words.line + 1 for words in told.words]
        if not lines:
            return set()
        first = bisect_left(self.decided, min(lines), key=lambda decision: decision.place.line)
        last = bisect_right(self.decided, max(lines), key=lambda decision: decision.place.line)
        return {decision.response for decision in self.decided[first:last]}


def _limit(fact: Fact) -> str | None:
    """Why a time is a guess that is stated as a limit (`< 1 minute`); None when it is not."""
    if fact.low is None:
        return "stated as a limit; the longest that it allows"
    return "stated as a limit; the shortest that it allows" if fact.high is None else None


def _share(fact: Fact) -> tuple[float, str | None] | None:
    """A probability as a plan has it, and why it is a guess; None when it is none."""
    low, high = fact.low, fact.high
    if low is not None and high is not None:
        middle = (low + high) / 2
        return None if high > 1 else (middle, None if low == high else f"the middle of {fact.text}")
    share = low if low is not None else high
    return None if share is None or share > 1 else (share, f"stated as a limit: {fact.text}")


class _Any:
    """Several collections of names as one."""

    def __init__(self, *parts: Container[str]) -> None:
        self._parts = parts

    def __contains__(self, name: object, /) -> bool:
        return isinstance(name, str) and any(name in part for part in self._parts)
