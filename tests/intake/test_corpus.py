"""The corpus: files of others and hostile ones, kept outside the repository; each read in full or refused by name."""

from __future__ import annotations

import csv
import os
from collections import Counter
from functools import cache
from pathlib import Path

import pytest

from tests.helpers.counting import addresses, counted
from tests.helpers.documents import TOP
from xlsflow.fileformat.cells import CellError, Uncalculated
from xlsflow.findings import Finding, Location
from xlsflow.i18n import LANGS
from xlsflow.intake.grid import RawWorkbook
from xlsflow.intake.isolation.reader_pool import Unreadable, open_returns

CORPUS = Path(os.environ.get("XLSFLOW_CORPUS") or TOP.parent / "shared" / "corpus")
FITTING = {
    "alloc-bomb": {"file_damaged"},
    "corrupt": {"file_damaged"},
    "empty": {"file_empty"},
    "encrypted": {"file_password"},
    "encrypted-xls-ods": {"file_password"},
    "encrypted-xlsx": {"file_password"},
    "fods": {"file_is_flat_xml"},
    "fuzz-crash": {"file_damaged", "file_incomplete"},
    "lock-file": {"file_is_lock"},
    "numbers-file": {"file_is_numbers"},
    "path-traversal": {"file_leads_outside"},
    "rare-producer": {"file_damaged"},
    "tool-crash": {"file_damaged"},
    "truncated": {"file_incomplete"},
    "wrong-extension": {"file_is_text"},
    "xml-bomb": {"file_has_doctype"},
    "xml-bomb-xxe": {"file_has_doctype"},
    "xxe": {"file_has_doctype"},
    "zip-bomb": {"file_inflates"},
    "zip-duplicate-entry": {"file_part_twice"},
    # One by one, where the kind says only that it is something else.
    "real/calamine__issue_594_dos.ods": {"file_too_many_cells"},
    "synthetic/csv_renamed_a.xlsx": {"file_is_text"},
    "synthetic/docx_renamed_a.xlsx": {"file_is_word"},
    "synthetic/html_renamed_a.xls": {"file_is_web_page"},
    "synthetic/lnk_shortcut_a.xlsx": {"file_is_shortcut"},
    "synthetic/login_page_a.xlsx": {"file_is_web_page"},
    "synthetic/pdf_renamed_a.xlsx": {"file_is_pdf"},
    "synthetic/rar_renamed_a.xlsx": {"file_is_archive"},
    "synthetic/tsv_utf16_renamed_a.xls": {"file_is_text"},
    "synthetic/zip_of_xlsx_a.xlsx": {"file_is_archive"},
    "real/exceldatareade__TestFail_Binary.xls": {"file_is_picture"},
}
"""File or kind of file -> what its refusal says."""


@cache
def manifest() -> dict[str, dict[str, str]]:
    """Return the rows of the corpus by file; none where there is no corpus."""
    path = CORPUS / "MANIFEST.csv"
    if not path.exists():
        return {}
    with path.open(encoding="utf-8-sig", newline="") as stream:
        return {row["file"]: row for row in csv.DictReader(stream)}


CASES = sorted(manifest()) or ["there-is-no-corpus-here"]


@pytest.fixture(scope="module")
def corpus() -> dict[str, RawWorkbook | Unreadable]:
    """Open the whole corpus in one go; where there is none its tests are skipped by name, not passed."""
    if not manifest():
        assert "XLSFLOW_CORPUS" not in os.environ, "the corpus is not where XLSFLOW_CORPUS says"
        pytest.skip(f"there is no corpus at {CORPUS}")
    return dict(zip(manifest(), open_returns([CORPUS / file for file in manifest()]), strict=True))


@pytest.mark.parametrize("file", CASES)
def test_a_file_of_the_corpus_is_opened_in_full_or_refused_for_what_it_is(
    file: str, corpus: dict[str, RawWorkbook | Unreadable]
) -> None:
    row, opened = manifest()[file], corpus[file]
    if isinstance(opened, Unreadable):
        assert row["expected"] != "opens", opened
        fitting = FITTING.get(file) or FITTING.get(row["kind"])
        assert fitting or row["expected"] != "refuse", "a kind of file that has no row in the table"
        assert opened.code in (fitting or {opened.code})
        assert opened.code not in {"reader_died", "file_too_slow", "file_needs_memory"}
        finding = Finding(opened.code, Location(file=opened.file), facts=opened.facts)
        assert all(opened.file in finding.message(lang) and "…" not in finding.message(lang) for lang in LANGS)
        return
    assert row["expected"] != "refuse"
    if opened.format in {"xlsx", "xlsm"}:
        assert addresses(opened) == counted(CORPUS / file)
    else:
        known = (row[f"{reader}_cells"] for reader in ("calamine", "pandas"))
        most = max((int(count) for count in known if count.isdigit()), default=0)
        assert sum(map(len, addresses(opened).values())) >= most


def test_errors_and_formulas_without_result_are_kept_apart_from_blanks_throughout_the_corpus(
    corpus: dict[str, RawWorkbook | Unreadable],
) -> None:
    books = [book for book in corpus.values() if isinstance(book, RawWorkbook)]
    kinds = Counter(type(value) for book in books for grid in book.grids for row in grid.rows for value in row)
    assert kinds[CellError] > 100
    assert kinds[Uncalculated] > 0


def test_of_a_thousand_honest_workbooks_at_most_five_are_refused(corpus: dict[str, RawWorkbook | Unreadable]) -> None:
    honest = [f for f, row in manifest().items() if row["expected"] == "opens" and row["container"] in {"ooxml", ""}]
    refused = [file for file in honest if isinstance(corpus[file], Unreadable)]
    assert len(honest) > 70
    assert len(refused) <= 0.005 * len(honest), refused


def test_files_are_read_alike_with_and_without_the_hostile_ones_among_them(
    corpus: dict[str, RawWorkbook | Unreadable],
) -> None:
    honest = [file for file, row in manifest().items() if row["expected"] == "opens"]
    assert [corpus[file] for file in honest] == list(open_returns([CORPUS / file for file in honest]))
