"""What the documentation promises about itself."""

import re
from pathlib import Path

REPOSITORY = Path(__file__).parents[2]
LINK = re.compile(r"\]\(([^)#\s]+)[^)]*\)")
FENCED = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)


def _links(page: Path) -> list[str]:
    text = FENCED.sub("", page.read_text())
    return [link for link in LINK.findall(text) if not re.match(r"[a-z]+:", link)]


def test_every_link_leads_somewhere() -> None:
    """A dead link costs the reader's trust in all the others."""
    pages = [REPOSITORY / "README.md", *(REPOSITORY / "docs").rglob("*.md")]
    links = [(page, link) for page in pages for link in _links(page)]
    dead = [f"{page.relative_to(REPOSITORY)}: {link}" for page, link in links if not (page.parent / link).exists()]
    assert len(links) >= 20
    assert dead == []


def test_every_page_can_be_reached_from_the_index() -> None:
    """A page that nothing links to is read by nobody, and grows old unseen."""
    docs = REPOSITORY / "docs"
    seen: set[Path] = set()
    waiting = [docs / "README.md"]
    while waiting:
        page = waiting.pop()
        if page in seen or page.suffix != ".md":
            continue
        seen.add(page)
        waiting += [path for link in _links(page) if (path := (page.parent / link).resolve()).exists()]
    written = {path for path in docs.rglob("*.md") if "reference" not in path.parts}
    assert written - seen == set()
