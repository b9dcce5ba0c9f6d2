"""Everything again without privileges."""

import os
from pathlib import Path

import pluggy
import pytest

from ordinary_user import OrdinaryUser

HERE = Path(__file__).parent


@pytest.mark.skipif(os.geteuid() != 0, reason="these tests are running as an ordinary user already")
def test_sandboxes_need_no_root(ordinary_user: OrdinaryUser) -> None:
    """Whoever rehearses is an ordinary user; root's rights must not be what makes it work."""
    packages = Path(pluggy.__file__).parents[1]
    loads = f"import sys; sys.path.append({str(packages)!r}); import pytest"
    if ordinary_user.run(ordinary_user.python, "-c", loads).returncode != 0:
        pytest.skip(f"`{ordinary_user.name}` cannot read pytest in `{packages}`")
    arguments = [str(HERE), "-q", "-p", "no:cacheprovider", f"--basetemp={ordinary_user.folder}/pytest"]
    program = f"{loads}; sys.exit(pytest.main({arguments!r}))"
    ran = ordinary_user.run(
        *(ordinary_user.python, "-c", program),
        cwd=HERE.parents[1],
        env={"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "PYTHONDONTWRITEBYTECODE": "1"},
        timeout=400,
    )
    assert ran.returncode == 0, ran.stdout[-10_000:] + ran.stderr[-2000:]
    assert "skipped" not in ran.stdout.replace("1 skipped", "")
