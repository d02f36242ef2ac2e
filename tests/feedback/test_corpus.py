"""Files of strangers, marked: whatever programs have put into a workbook is in its marked copy too."""

from __future__ import annotations

import os
import random
import re
import zipfile
from collections import Counter
from functools import cache
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pytest
from openxml_audit import FileFormat, OpenXmlValidator

from tests.intake.test_corpus import CORPUS, manifest
from tests.office.libreoffice import OfficeError
from xlsflow.feedback import can_be_marked, has_marks, mark_up
from xlsflow.fileformat.cells import a1
from xlsflow.findings import Finding, Location
from xlsflow.i18n import untranslated
from xlsflow.intake.grid import RawWorkbook
from xlsflow.intake.isolation.reader_pool import Unreadable, open_returns

if TYPE_CHECKING:
    from pathlib import Path

    from tests.office import Office
    from xlsflow.intake.grid import Grid

OURS = re.compile(
    r"\[Content_Types\]\.xml|(.*/)?_rels/.*|(.*/)?(workbook|styles|comments)[^/]*\.xml|.*/(work|macro)?sheets/[^/]*\.xml|.*\.vml",
    re.IGNORECASE,
)
"""Parts that marks may change."""
LOOSE = frozenset(
    ("s", "r", "spans", "ref", "tabSelected", "activeTab", "firstSheet", "localSheetId", "count", "sqref", "min", "max")
)
"""Attributes that marks may change: styles, addresses where there were none, how far a filter reaches, counts."""
BOX = re.compile(rb"<v:(?:shape|line|rect)\b(?!type).*?</v:(?:shape|line|rect)>", re.DOTALL)
BIG = 300_000
"""Bytes of a file, unpacked, that the audit and LibreOffice take too long for in every run of the tests."""
CODES = ("required_blank", "rule_warned", "read_as")

Cells = dict[tuple[int, int], object]


def inflated(path: Path) -> int:
    """Return how many bytes the parts of a file hold."""
    with zipfile.ZipFile(path) as archive:
        return sum(info.file_size for info in archive.infolist())


@cache
def honest() -> list[str]:
    """Return the files of the corpus that are workbooks of XML parts; none where there is no corpus."""
    return sorted(f for f, row in manifest().items() if row["expected"] == "opens" and row["container"] == "ooxml")


CASES = honest() or ["there-is-no-corpus-here"]
SMALL = [file for file in CASES if not honest() or inflated(CORPUS / file) < BIG]
NOT_FOR_LIBREOFFICE = {"issue_530.xlsx", "Zip-Windows-Directory-Separator.xlsx", "comment03.xlsx"}
"""What LibreOffice 7.4 does not open: a part of no known type, names with backslashes, a note in the last cell."""
NEVER_ENDS, SECONDS = "comment03.xlsx", 10
"""What LibreOffice is busy with until it is ended, and after how long it is."""


@pytest.fixture(scope="module")
def corpus() -> dict[str, RawWorkbook | Unreadable]:
    """Open the files in one go."""
    if not honest():
        assert "XLSFLOW_CORPUS" not in os.environ, "the corpus is not where XLSFLOW_CORPUS says"
        pytest.skip(f"there is no corpus at {CORPUS}")
    return dict(zip(honest(), open_returns([CORPUS / file for file in honest()]), strict=True))


def planted(file: str, book: RawWorkbook) -> list[Finding]:
    """Return findings at cells that are filled, at blank ones, at the first, and over a range, the same every time."""
    chance = random.Random(file)  # noqa: S311 - nothing secret
    found = []
    for grid in book.grids:
        spots = chance.sample(sorted(cells(grid)), min(5, len(cells(grid))))
        spots += [(chance.randrange(40), chance.randrange(12)) for _ in range(3)]
        for n, (row, col) in enumerate(dict.fromkeys([*spots, (0, 0)])):
            place = Location(file, grid.name, a1(row, col), "b", f"f{col}", untranslated("Label"))
            found.append(Finding(CODES[n % 3], place, "=1+1<&>\"'", {"sentence": "x", "read": "y"}))
        found.append(Finding("merged_rows", Location(file, grid.name, "B3:C5", "b", "m", untranslated("Label")), "v"))
    return found


def cells(grid: Grid) -> Cells:
    rows = enumerate(grid.rows, grid.top)
    return {(r, c): v for r, row in rows for c, v in enumerate(row, grid.left) if v is not None}


def parts(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as archive:
        return {info.filename: archive.read(info) for info in archive.infolist() if not info.is_dir()}


Flat = tuple[tuple[str, ...], tuple[tuple[str, str], ...], str]


def flat(data: bytes) -> list[Flat]:
    """Return every element of a part in its order: the way to it, its attributes, its text.

    What marks are there to change is left out: a cell that is nothing but a format, and the range of a filter.
    """
    found: list[Flat] = []

    def walk(element: ET.Element, above: tuple[str, ...]) -> None:
        way = (*above, element.tag)
        attributes = tuple(sorted((k, v) for k, v in element.attrib.items() if k not in LOOSE))
        name = element.tag.rpartition("}")[2]
        text = "" if element.get("name") == "_xlnm._FilterDatabase" else (element.text or "").strip()
        if not (name == "c" and not len(element)) and not (name == "definedNames" and not len(element)):
            found.append((way, attributes, text))
        for child in element:
            walk(child, way)

    walk(ET.fromstring(data), ())  # noqa: S314 - what the guard has let through
    return found


def lost(before: bytes, after: bytes) -> Flat | bytes | None:
    """Return the first element of a part that is not there any more, or not in its place."""
    if (
        before.lstrip(b"\xef\xbb\xbf \r\n").startswith((b"<xml", b"<?xml"))
        and b"urn:schemas-microsoft-com:vml" in before
    ):
        return next((box for box in BOX.findall(before) if box not in after), None)
    left = iter(flat(after))
    return next((one for one in flat(before) if one not in left), None)


def kept(before: dict[str, bytes], after: dict[str, bytes]) -> None:
    """Assert that every part is there, unchanged but for those that marks must touch, and all elements in those."""
    assert before.keys() <= after.keys()
    for name, data in before.items():
        if data != after[name]:
            assert OURS.fullmatch(name.replace("\\", "/")), name
            assert lost(data, after[name]) is None, name


@pytest.mark.parametrize("file", CASES)
def test_a_stranger_s_file_is_marked_and_cleaned_without_loss(
    file: str, corpus: dict[str, RawWorkbook | Unreadable], tmp_path: Path
) -> None:
    opened, source = corpus[file], CORPUS / file
    assert isinstance(opened, RawWorkbook)
    assert can_be_marked(source)
    copy, clean = tmp_path / source.name, tmp_path / f"clean {source.name}"

    mark_up(source, copy, planted(file, opened), "zh")
    mark_up(copy, clean, [], "zh")

    assert has_marks(copy)
    assert not has_marks(clean)
    kept(parts(source), parts(copy))
    kept(parts(source), parts(clean))
    assert parts(clean).keys() - parts(source).keys() <= {"xl/styles.xml"}
    (again,) = open_returns([copy])
    assert isinstance(again, RawWorkbook), again
    read = {grid.name: cells(grid) for grid in again.grids}
    for grid in opened.grids:
        assert {spot: repr(v) for spot, v in cells(grid).items()} == {
            spot: repr(read[grid.name].get(spot)) for spot in cells(grid)
        }


def audited(path: Path) -> Counter[tuple[str, str]]:
    """Return what the audit reports: the part, and what of it; which element it is changes as others are added."""
    found = OpenXmlValidator(file_format=FileFormat.MICROSOFT_365).validate(path).errors
    return Counter((one.part_uri.lower(), re.sub(r"\d+", "#", one.description)) for one in found)


@pytest.mark.parametrize("file", SMALL)
def test_the_audit_reports_nothing_on_a_copy_that_it_did_not_report_on_the_original(
    file: str, corpus: dict[str, RawWorkbook | Unreadable], tmp_path: Path
) -> None:
    opened, copy = corpus[file], tmp_path / f"copy{(CORPUS / file).suffix}"
    assert isinstance(opened, RawWorkbook)

    mark_up(CORPUS / file, copy, planted(file, opened), "en")

    assert audited(copy) - audited(CORPUS / file) == Counter()


@pytest.mark.parametrize("file", SMALL)
def test_libreoffice_opens_a_copy_and_saves_it_wherever_it_opens_the_original(
    file: str, corpus: dict[str, RawWorkbook | Unreadable], office: Office, tmp_path: Path
) -> None:
    opened, copy = corpus[file], tmp_path / f"copy{(CORPUS / file).suffix}"
    assert isinstance(opened, RawWorkbook)
    name = file.partition("__")[2]
    limit = {"seconds": SECONDS} if name == NEVER_ENDS else {}
    try:
        office.convert(CORPUS / file, tmp_path / "original.xlsx", **limit)
    except OfficeError:
        assert name in NOT_FOR_LIBREOFFICE
        return
    mark_up(CORPUS / file, copy, planted(file, opened), "en")

    saved = office.convert(copy, tmp_path / "saved.xlsx")

    assert has_marks(saved)
