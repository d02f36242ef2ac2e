"""Finds the templates and samples that ship with xlsflow, in an installed package or in a checkout."""

from __future__ import annotations

from pathlib import Path


def package_data_path(name: str) -> Path:
    """Return the path of a folder or file that ships with xlsflow (`workbook_templates`).

    Raises:
        FileNotFoundError: There is none of this name.
    """
    package = Path(__file__).parent.parent
    for folder in (package, package.parent):
        if (folder / name).exists():
            return folder / name
    raise FileNotFoundError(package / name)
