"""What travels with xlsflow is found wherever it is installed."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from xlsflow.system.package_data import package_data_path

TOP = Path(__file__).parents[2]
NAMES = ("samples", "workbook_templates")


def test_a_checkout_finds_them_at_its_top() -> None:
    assert [package_data_path(name) for name in NAMES] == [TOP / name for name in NAMES]


def test_what_does_not_travel_is_known_by_its_name() -> None:
    with pytest.raises(FileNotFoundError, match="no_such_thing"):
        package_data_path("no_such_thing")


def test_an_installed_wheel_carries_them_whole(tmp_path: Path) -> None:
    """The lock file of the samples too, which ignore files usually leave out."""
    command = [
        sys.executable,
        "-m",
        "pip",
        "wheel",
        "--quiet",
        "--no-deps",
        "--no-build-isolation",
        "-w",
        str(tmp_path),
        str(TOP),
    ]
    subprocess.run(command, check=True, timeout=120)
    with zipfile.ZipFile(next(tmp_path.glob("*.whl"))) as wheel:
        wheel.extractall(tmp_path / "there")
    code = f"""
from xlsflow.system.package_data import package_data_path
print(*map(package_data_path, {NAMES}), sep="\\n")
"""
    environment = os.environ | {"PYTHONPATH": str(tmp_path / "there"), "PYTHONIOENCODING": "utf-8"}
    done = subprocess.run(
        [sys.executable, "-c", code],
        check=True,
        timeout=60,
        capture_output=True,
        encoding="utf-8",
        env=environment,
        cwd=tmp_path,
    )

    found = [Path(line) for line in done.stdout.splitlines()]
    assert found == [tmp_path / "there" / "xlsflow" / name for name in NAMES]
    assert [_files(folder) for folder in found] == [_files(TOP / name) for name in NAMES]


def _files(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
