"""The verb `report`: a consolidated workbook, written anew in every form, with nothing but the workbook at hand."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

import xlsflow
from tests.helpers.returned_rows import AS_OF, PROJECT, ROUND, a_return, task
from tests.helpers.two_rounds import enter_round
from xlsflow import View, XlsflowError
from xlsflow.api import merge_to
from xlsflow.cli import main
from xlsflow.system import libreoffice

if TYPE_CHECKING:
    from xlsflow.i18n import Lang

EARLIER = datetime(2026, 11, 13, 18)  # noqa: DTZ001 - project time


def merged(out: Path, as_of: datetime = AS_OF, lang: Lang = "zh", previous: Path | None = None) -> Path:
    merge_to([ROUND / "inbox"], out, project=PROJECT, view=View(as_of, lang=lang, previous=previous))
    return out


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the sample round merged, in a folder where nothing else is."""
    return merged(tmp_path_factory.mktemp("book") / "book.xlsx")


def object_of(path: Path) -> dict[str, object]:
    found: dict[str, object] = json.loads(path.read_text("utf-8"))
    return found


def test_the_report_of_a_book_is_the_book_that_merge_wrote(book: Path, tmp_path: Path) -> None:
    xlsflow.report(book, tmp_path / "again.xlsx", view=View())

    assert (tmp_path / "again.xlsx").read_bytes() == book.read_bytes()


def test_the_report_in_the_other_language_is_what_merge_writes_in_it(book: Path, tmp_path: Path) -> None:
    xlsflow.report(book, tmp_path / "en.xlsx", view=View(lang="en"))

    assert (tmp_path / "en.xlsx").read_bytes() == merged(tmp_path / "merged.xlsx", lang="en").read_bytes()


def test_the_report_of_an_earlier_moment_is_what_merge_writes_for_it(book: Path, tmp_path: Path) -> None:
    xlsflow.report(book, tmp_path / "earlier.xlsx", view=View(EARLIER))

    # Which findings there are was settled by the day that the files were checked on; the rest looks from the moment.
    late = xlsflow.open_book(book).overdue(EARLIER)
    xlsflow.report(book, tmp_path / "earlier.json", view=View(EARLIER))
    listed = object_of(tmp_path / "earlier.json")["lists"]
    assert isinstance(listed, dict)
    assert [row["key"] for row in listed["overdue"]["rows"]] == late["key"].tolist()
    assert object_of(tmp_path / "earlier.json")["instant"] == "2026-11-13T18:00:00+08:00"


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("ending", [".html", ".md", ".json"])
def test_a_report_is_written_in_the_form_that_its_ending_says(
    ending: str, lang: Lang, book: Path, tmp_path: Path
) -> None:
    out = tmp_path / f"report{ending}"

    assert xlsflow.report(book, out, view=View(lang=lang)) == out

    text = out.read_text("utf-8")
    title = {"zh": "冬季新品联合铺货 汇总报告", "en": "Winter Launch: consolidated report"}[lang]
    begins = {".html": "<!DOCTYPE html>", ".md": f"# {title}", ".json": "{"}[ending]
    assert text.startswith(begins)
    assert title in text
    assert "_ledger" not in text
    assert "\r" not in text


def test_a_page_brings_all_that_it_needs_with_it(book: Path, tmp_path: Path) -> None:
    page = xlsflow.report(book, tmp_path / "report.html").read_text("utf-8")

    assert not [
        word for word in ("<script src", "<link", "http://", "https://", "url(", "import(", "fetch(") if word in page
    ]


def test_a_pdf_shows_the_overview_first_and_leaves_the_data_out(book: Path, tmp_path: Path) -> None:
    out = xlsflow.report(book, tmp_path / "report.pdf")

    text = subprocess.run(["pdftotext", "-layout", out, "-"], check=True, capture_output=True).stdout.decode()
    pages = text.split("\f")
    assert "汇总报告" in pages[0]
    assert "校验发现" in text
    assert "_ledger" not in text
    assert "本周完成内容" not in text


def test_without_libreoffice_a_pdf_is_one_sentence_and_no_file(
    book: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(libreoffice, "_usual_paths", lambda: ())
    assert shutil.which("soffice") is None

    with pytest.raises(XlsflowError) as stopped:
        xlsflow.report(book, tmp_path / "report.pdf")

    assert "LibreOffice" in str(stopped.value)
    assert not list(tmp_path.iterdir())


def test_an_unknown_ending_is_refused_before_anything_is_read(tmp_path: Path) -> None:
    with pytest.raises(XlsflowError, match=r"report\.docx.*\.html"):
        xlsflow.report(tmp_path / "missing.xlsx", tmp_path / "report.docx")


def test_what_has_become_overdue_since_the_round_before_is_listed_apart(tmp_path: Path) -> None:
    rows = [task(1, due=datetime(2026, 11, 10)), task(2, due=datetime(2026, 11, 18)), task(3)]  # noqa: DTZ001
    one = a_return(tmp_path / "hd.xlsx", "HD", *rows)
    before, next_round = tmp_path / "before.xlsx", tmp_path / "project.xlsx"
    shutil.copy(PROJECT, next_round)
    enter_round(next_round, "2026-W48")
    merge_to([one], before, project=PROJECT, view=View(EARLIER))
    merge_to([one], tmp_path / "now.xlsx", project=next_round, view=View(AS_OF, previous=before))
    xlsflow.report(tmp_path / "now.xlsx", tmp_path / "now.json", view=View(previous=before))
    xlsflow.report(tmp_path / "now.xlsx", tmp_path / "same.xlsx", view=View(previous=before))

    late = object_of(tmp_path / "now.json")["lists"]["overdue"]["rows"]  # type: ignore[index]
    assert {row["key"]: row["change"] for row in late} == {"HD-2026-001": "continuing", "HD-2026-002": "new"}
    assert (tmp_path / "same.xlsx").read_bytes() == (tmp_path / "now.xlsx").read_bytes()


def test_the_command_needs_no_project_workbook(book: Path, tmp_path: Path) -> None:
    alone = tmp_path / "alone"
    alone.mkdir()
    shutil.copy(book, alone / "book.xlsx")

    done = CliRunner().invoke(
        main, ["report", str(alone / "book.xlsx"), "--out", str(alone / "r.html"), "--as-of", "2026-11-25T09:00",
               "--lang", "en"]
    )  # fmt: skip

    assert (done.exit_code, done.output.strip()) == (0, f"Wrote {alone / 'r.html'}")
    assert "2026-11-25 09:00 (UTC+08:00)" in (alone / "r.html").read_text("utf-8")


@pytest.mark.parametrize(
    ("lang", "said"), [("zh", "不是 xlsflow 生成的汇总工作簿"), ("en", "is not a consolidated workbook")]
)
def test_the_command_says_in_one_sentence_what_is_no_book(lang: str, said: str, tmp_path: Path) -> None:
    done = CliRunner().invoke(
        main, ["report", str(PROJECT), "--out", str(tmp_path / "r.html"), "--lang", lang], catch_exceptions=False
    )

    assert done.exit_code == 2
    assert said in done.output
    assert done.output.count("\n") == 1


@pytest.mark.parametrize(("lang", "said"), [("zh", "新增逾期"), ("en", "newly overdue")])
def test_help_speaks_the_language_of_the_system(lang: str, said: str) -> None:
    shown = subprocess.run(
        ["xlsflow", "report", "--help"], check=True, capture_output=True, env={"PATH": _path(), "XLSFLOW_LANG": lang}
    )

    assert said in " ".join(shown.stdout.decode().split())


def _path() -> str:
    return f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
