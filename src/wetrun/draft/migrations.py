"""Schema migrations: Prisma, Alembic and Django."""

from pathlib import Path

from wetrun.draft.contribution import Contribution, Stage, StepDraft
from wetrun.draft.files import text_of, yaml_text

__all__ = ["recognise_alembic", "recognise_django", "recognise_prisma"]

_WARNING = "the rollback does not undo migrations of {tool}: add steps that restore schema and rows, or say why not"


def _contribution(tool: str, saw: str, migrate: str, status: str) -> Contribution:
    return Contribution(
        saw=saw,
        steps=((Stage.SCHEMA, StepDraft(run=migrate)),),
        state=(("migrations", yaml_text(status)),),
        warnings=(_WARNING.format(tool=tool),),
    )


def recognise_prisma(folder: Path) -> Contribution | None:
    """Recognise Prisma by its schema; without a folder of migrations there is nothing to apply."""
    if not (folder / "prisma/schema.prisma").is_file():
        return None
    if not (folder / "prisma/migrations").is_dir():
        return Contribution(saw="Prisma", steps=((Stage.SCHEMA, StepDraft(run="npx prisma generate")),))
    return _contribution("Prisma", "Prisma with migrations", "npx prisma migrate deploy", "npx prisma migrate status")


def recognise_alembic(folder: Path) -> Contribution | None:
    """Recognise Alembic by its `alembic.ini`."""
    if not (folder / "alembic.ini").is_file():
        return None
    return _contribution("Alembic", "Alembic", "alembic upgrade head", "alembic current")


def recognise_django(folder: Path) -> Contribution | None:
    """Recognise Django by a `manage.py` that sets its settings module."""
    if "DJANGO_SETTINGS_MODULE" not in (text_of(folder / "manage.py") or ""):
        return None
    return _contribution(
        "Django", "Django", "python manage.py migrate --no-input", "python manage.py showmigrations --plan"
    )
