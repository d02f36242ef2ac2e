"""Finds the definitions and the samples: inside an installed package, or at the top of the repository."""

from __future__ import annotations

from pathlib import Path


def resource(name: str) -> Path:
    """Return the folder or file that travels with xlsflow under this name (`workbook_templates`).

    Raises:
        FileNotFoundError: xlsflow was installed without it.
    """
    package = Path(__file__).parent.parent
    for folder in (package, package.parent):
        if (folder / name).exists():
            return folder / name
    raise FileNotFoundError(package / name)
