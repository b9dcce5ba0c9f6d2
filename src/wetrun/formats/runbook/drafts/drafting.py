"""A whole runbook as a plan in the making."""

import re
from collections.abc import Sequence

from wetrun.errors import Place
from wetrun.formats.runbook.commands.listed import Listed
from wetrun.formats.runbook.contents.claiming import Parts, drafted_claims
from wetrun.formats.runbook.contents.material import Material, Part
from wetrun.formats.runbook.document.outline import Section
from wetrun.formats.runbook.drafts.faulting import Surroundings
from wetrun.formats.runbook.drafts.happy import Happy
from wetrun.formats.runbook.drafts.measuring import readiness_of
from wetrun.formats.runbook.drafts.phase_times import PhaseTimes
from wetrun.formats.runbook.drafts.stepping import Steps, acceptable_times
from wetrun.formats.runbook.drafts.surroundings import Machines, hosts_of, services_of
from wetrun.formats.runbook.drafts.telling import Teller
from wetrun.formats.runbook.drafts.watching import monitors_of, unwatched, watch_of
from wetrun.formats.writing.names import Names, slug
from wetrun.formats.writing.tree import Branch, Draft, Leaf, Listing, drafted
from wetrun.lean import dataclass
from wetrun.plan.facts import Unverified

__all__ = ["Drafted", "draft"]


@dataclass(frozen=True, slots=True)
class Drafted:
    """A plan in the making, and what in it no machine can check; `plan` is None when there is no command to run."""

    plan: Branch | None
    unverified: tuple[Unverified, ...]


def draft(material: Material, sections: Sequence[Section], file: str, text: str) -> Drafted:
    """Put a plan together from what was gathered.

    Args:
        material: Everything, by purpose.
        sections: The runbook's sections.
        file: The runbook's name.
        text: Its text.
    """
    shown = [command for told in material.scenarios for command in told.shown]
    steps = Steps(file, acceptable_times(shown))
    machines = Machines(file)
    happy = _phases(material.phases, steps, machines, PhaseTimes(material.numbers, sections), file)
    if not happy.phases.items:
        return Drafted(None, tuple(steps.unverified))
    services = services_of(material, file)
    around = Surroundings(next(iter(services), None), text)
    material.unused += unwatched(material.decisions, around.service)
    machines.settle()
    teller = Teller(file, material, steps, happy, around, machines)
    rollback = teller.rollback()
    monitors = monitors_of(material, around.service, has_rollback=rollback is not None)
    teller.monitored = monitors is not None
    scenarios = teller.scenarios()
    teller.other_procedures()
    recoveries = teller.recoveries(teller.procedures)
    top = Place(file, 1, 1)
    entries: dict[str, Draft | None] = {
        "name": _name(sections, file),
        "targets": Branch(dict(machines.targets), next(iter(machines.targets.values())).place)
        if machines.targets
        else None,
        "services": Branch(dict(services), next(iter(services.values())).place) if services else None,
        "double": _double(material, machines, file),
        "state": _state(material, top, machines.main),
        "phases": happy.phases,
        "monitors": monitors,
        "watch": None if monitors is None else watch_of(material),
        "availability": _availability(material.phases, file),
        "scenarios": Branch(scenarios, next(iter(scenarios.values())).place) if scenarios else None,
        "procedures": Branch(teller.procedures, next(iter(teller.procedures.values())).place)
        if teller.procedures
        else None,
        "rollback": rollback,
        "recoveries": Listing(recoveries, recoveries[0].place) if recoveries else None,
        "readiness": readiness_of(material, happy, has_rollback=rollback is not None),
        "claims": _claims(material, happy),
    }
    kept = {key: value for key, value in entries.items() if value is not None}
    return Drafted(
        Branch(kept, top), tuple(sorted((*material.unverified, *steps.unverified), key=lambda each: each.place))
    )


def _name(sections: Sequence[Section], file: str) -> Leaf:
    section = next((section for section in sections if section.heading), None)
    title = section.heading if section is not None else file.rsplit("/", 1)[-1].rsplit(".", 1)[0]
    return Leaf(slug(title), Place(file, section.line + 1 if section else 1, 1), stated=section is not None)


def _phases(parts: Sequence[Part], steps: Steps, machines: Machines, taking: PhaseTimes, file: str) -> Happy:
    happy = Happy(Listing([], Place(file, 1, 1)))
    names: set[str] = set()
    given = Names("{name} ({number})")
    for part in parts:
        name = _phase_name(part.section, names, given)
        drafted_ = _steps(part.commands, steps, machines, happy, name)
        if not drafted_:
            continue
        names.add(name)
        place = Place(file, part.section.line + 1, 1)
        entries: dict[str, Draft] = {"name": Leaf(name, place)}
        expected = taking.of(part.section, place)
        if expected is not None:
            entries["expected"] = expected
        entries["steps"] = Listing(drafted_, place)
        happy.phases.items.append(Branch(entries, place))
        if part.section.number is not None:
            happy.numbers.setdefault(part.section.number.split(".")[0], name)
        if not happy.changing and any(
            "changes" not in step.entries and "wait" not in step.entries
            for step in drafted_
            if isinstance(step, Branch)
        ):
            happy.changing = name
    first = happy.phases.items[0] if happy.phases.items else None
    if not happy.changing and isinstance(first, Branch):
        leaf = first.entries["name"]
        happy.changing = str(leaf.value) if isinstance(leaf, Leaf) else ""
    return happy


def _steps(commands: Sequence[Listed], steps: Steps, machines: Machines, happy: Happy, phase: str) -> list[Draft]:
    found: list[Draft] = []
    for listed in commands:
        is_step, target = machines.runs_on(listed)
        if not is_step:
            steps.unverified += steps.login(listed)
            continue
        step = steps.step(listed, target)
        found.append(step)
        happy.steps.setdefault(listed.text, (phase, step))
    return found


def _phase_name(section: Section, taken: set[str], given: Names) -> str:
    printable = section.title or "Deploy"
    if not printable.isprintable():
        printable = "".join(letter if letter.isprintable() else " " for letter in printable)
    name = " ".join(printable.replace("/", " and ").split())[:80].strip() or "Deploy"
    return given.free(name, taken)


def _double(material: Material, machines: Machines, file: str) -> Draft | None:
    hosts = hosts_of(material, machines.targets, file)
    if hosts is None:
        return None
    entries: dict[str, Draft] = {"hosts": hosts}
    users = [
        str(address.value).split("@", 1)[0]
        for target in machines.targets.values()
        if isinstance(address := target.entries.get("ssh"), Leaf)
    ]
    named = [user for user in dict.fromkeys(users) if re.fullmatch(r"[a-z_][a-z0-9_-]{0,31}", user) and user != "root"]
    if named:
        entries["users"] = drafted(named, next(iter(machines.targets.values())).place)
    return Branch(entries, hosts.place)


def _state(material: Material, place: Place, target: str | None) -> Branch:
    commands = [command.text for part in material.phases for command in part.commands]
    entries: dict[str, Draft] = {}
    if any(re.match(r"(?:sudo )?git (?:pull|fetch|checkout|reset|clone|merge)\b", command) for command in commands):
        entries["commit"] = Leaf("git rev-parse HEAD", place, "the commands use git", stated=False)
    if target is not None and "commit" in entries:
        probe = {"run": "git rev-parse HEAD", "target": target}
        entries["commit"] = drafted(probe, place, "the commands use git", stated=False)
    guess = "name what makes your system what it is"
    ignore = [".git", "node_modules/.cache", "log", "logs", "tmp", "*.log"]
    where = {} if target is None else {"target": target}
    entries["files"] = drafted({"tree": ".", "ignore": ignore, **where}, place, guess, stated=False)
    return Branch(entries, place)


_GET = re.compile(r"^curl (?:-[sfSLk]+ )*[\"']?(?P<url>https?://[^\s\"'<>{}$|]+)[\"']?(?:\s|$)")
# Who fetches a script to run it, or a file to keep it, does not look whether the service answers.
_KEEPS = re.compile(
    r"\|\s*(?:sudo\s+(?:-\S+\s+)*)?(?:\w+=\S+\s+)*(?:(?:ba|z)?sh|tee|tar|gpg|apt-key)\b|\s(?:>{1,2}|-[oO])\s*(?!/dev/null)\S"
)


def _availability(parts: Sequence[Part], file: str) -> Draft | None:
    for part in parts:
        for listed in part.commands:
            match = _GET.match(listed.text)
            if match is not None and _KEEPS.search(listed.text) is None:
                place = Place(file, listed.line + 1, listed.column + 1)
                guess = "the first page that the runbook asks for"
                return drafted({"http": match["url"]}, place, guess)
    return None


def _claims(material: Material, happy: Happy) -> Draft | None:
    told = [each.section.title for each in material.scenarios] + [each.section.title for each in material.recoveries]
    return drafted_claims(material.numbers, Parts(told, happy.order()))
