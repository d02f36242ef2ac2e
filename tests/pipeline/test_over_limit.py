"""A consolidated workbook that is beyond a limit: the sentence says which, and how to raise it."""

from __future__ import annotations

import random
import shutil
import zipfile
from pathlib import Path

import pytest

from xlsflow import api
from xlsflow.errors import Refused
from xlsflow.system.package_data import package_data_path

ROUND = package_data_path("samples") / "round"


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A consolidated workbook."""
    path = tmp_path_factory.mktemp("book") / "book.xlsx"
    api.merge_to([ROUND / "inbox"], path, project=ROUND / "project.xlsx")
    return path


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize(
    ("asked", "setting"),
    [
        ("file_bytes=1K", "file_bytes"),
        ("total_bytes=1K", "total_bytes"),
        ("cells=5", "cells"),
        ("answer_bytes=10", "answer_bytes"),
    ],
)
def test_the_sentence_names_the_limit(
    book: Path, asked: str, setting: str, lang: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("XLSFLOW_LIMITS", asked)
    with pytest.raises(Refused) as stopped:
        api.report(book, tmp_path / "report.html")

    assert stopped.value.code == "book_over_limit"
    said = stopped.value.say("zh" if lang == "zh" else "en")
    assert "…" not in said
    assert f"XLSFLOW_LIMITS={setting}=" in said


def test_a_book_grown_large_is_read_back(book: Path, tmp_path: Path) -> None:
    large = tmp_path / "large.xlsx"
    shutil.copy(book, large)
    with zipfile.ZipFile(large, "a") as package:
        package.writestr("xl/media/picture.bin", random.Random(1).randbytes(8 << 20))  # noqa: S311 - filler
    assert api.report(large, tmp_path / "a.md").read_bytes() == api.report(book, tmp_path / "b.md").read_bytes()
