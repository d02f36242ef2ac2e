"""Proves the floors of pyproject.toml: installs the lowest version of every direct dependency, then does the main job.

A floor may never go untested: a release that is allowed and does not work costs a user more than one that is refused.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path

TOP = Path(__file__).parent.parent
TESTS = (
    "tests/test_compat_v0_1_0.py",
    "tests/system",
    "tests/checks",
    "tests/workbook/test_batch.py",
    "tests/workbook/test_drawn_package.py",
)
NOT_NEEDED = {"ipykernel", "mypy", "nbclient", "nbformat", "pandas-stubs", "ruff", "types-openpyxl", "openxml-audit"}
"""Development tools that none of these tests uses."""


def lowest(requirements: list[str]) -> list[str]:
    """Return each requirement pinned to its floor.

    Raises:
        SystemExit: A requirement has no floor.
    """
    pinned = []
    for requirement in requirements:
        found = re.fullmatch(r"([A-Za-z0-9._-]+)>=([0-9.]+)", requirement)
        if not found:
            sys.exit(f"pyproject.toml: {requirement} has no floor")
        if found[1] not in NOT_NEEDED:
            pinned.append(f"{found[1]}=={found[2]}")
    return pinned


def main() -> None:
    """Install into a fresh environment and run; any failure ends the run."""
    project = tomllib.loads((TOP / "pyproject.toml").read_text("utf-8"))["project"]
    optional = project["optional-dependencies"]
    pinned = lowest([*project["dependencies"], *optional["mail"], *optional["dev"]])
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        run(sys.executable, "-m", "venv", folder + "/venv")
        python = next(path for path in place.glob("venv/*/python*") if path.stem == "python")
        run(python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *pinned)
        run(python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps", TOP)
        run(python, "-m", "xlsflow", "demo", place / "demo", cwd=place)
        run(python, "-m", "pytest", "-q", "-n", "2", "-p", "no:cacheprovider", *TESTS, cwd=TOP)


def run(*command: str | Path, cwd: Path | None = None) -> None:
    """Run a command and print it first."""
    print("+", *command, flush=True)
    subprocess.run([str(word) for word in command], check=True, cwd=cwd)


if __name__ == "__main__":
    main()
