"""What other programs keep of a workbook that they save, and that nothing of what they lose harms the way back."""

from __future__ import annotations

import re
import shutil
import zipfile
from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import pytest

from tests.helpers.returns import opened_by_openpyxl, read_book
from tests.templates.packs.filling import send_back
from tests.templates.packs.round import Round
from tests.templates.test_packs import meant
from tests.workbook.outgoing_example import PACKS, example_outgoing
from xlsflow import api
from xlsflow.fileformat.key_row import KEY_PREFIX
from xlsflow.i18n import LANGS, Lang
from xlsflow.intake.hidden.stamp import identify
from xlsflow.model.consolidated_book import EarlierValue
from xlsflow.workbook.outgoing.writer import write_workbook

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.office import Office
    from tests.templates.packs.filling import Rows
    from xlsflow.intake.grid import RawWorkbook
    from xlsflow.workbook.outgoing.writer import OutgoingWorkbook

PACK, REGION = "coordination", "HD"
KEPT, PARTLY, LOST = "kept", "partly", "lost"
ROUTES = ("LibreOffice", ".ods and back", "openpyxl")
SURVIVAL = {
    "validations, their help and refusal": (KEPT, KEPT, KEPT),
    "whether a refusal warns or stops": (KEPT, KEPT, KEPT),
    "defined names": (KEPT, KEPT, KEPT),
    "stamp in the properties": (KEPT, KEPT, KEPT),
    "stamp on the hidden sheet": (KEPT, KEPT, KEPT),
    "stamp in the names": (KEPT, KEPT, KEPT),
    "hidden row of keys": (KEPT, KEPT, KEPT),
    "protection, and which cells are free": (KEPT, KEPT, KEPT),
    "what protection allows": (KEPT, LOST, KEPT),
    "conditional formats": (KEPT, KEPT, KEPT),
    "print area, titles, paper, fit": (KEPT, KEPT, KEPT),
    "print area that grows with the rows": (KEPT, LOST, LOST),
    "headers and footers": (KEPT, KEPT, KEPT),
    "hidden sheets": (KEPT, KEPT, KEPT),
    "very hidden (not offered to be shown)": (LOST, LOST, KEPT),
    "frozen panes": (KEPT, KEPT, KEPT),
    "zoom, grid lines off": (KEPT, KEPT, KEPT),
    "filters": (KEPT, KEPT, KEPT),
    "tab colours": (LOST, LOST, KEPT),
    "results of formulas": (KEPT, KEPT, LOST),
    "notes on cells that are blank again": (KEPT, KEPT, KEPT),
}
"""What -> whether it is there after a program has saved the workbook, by route.

`xlsflow/workbook/README.md` shows this table.
"""


@dataclass(frozen=True)
class File:
    """A workbook as openpyxl and as our reader see it."""

    book: Any
    shown: Any
    grid: RawWorkbook
    path: Path

    @classmethod
    def of(cls, path: Path) -> File:
        """Open a workbook: as it is, with the results of its formulas, and as a return."""
        return cls(opened_by_openpyxl(path), opened_by_openpyxl(path, data_only=True), read_book(path), path)


def validations(file: File) -> object:
    """Count the cells with an in-cell rule by sheet, sort and what is said of them."""
    found: Counter[tuple[object, ...]] = Counter()
    for sheet in file.book:
        for rule in sheet.data_validations.dataValidation:
            cells = sum(span.size["rows"] * span.size["columns"] for span in rule.sqref.ranges)
            said = rule.promptTitle, rule.prompt, rule.errorTitle, rule.error
            found[sheet.title, rule.type or "none", *said] += cells
    return found


def styles_of_refusal(file: File) -> object:
    found: Counter[str] = Counter()
    for sheet in file.book:
        for rule in sheet.data_validations.dataValidation:
            cells = sum(span.size["rows"] * span.size["columns"] for span in rule.sqref.ranges)
            found[rule.errorStyle or "stop"] += cells
    return found


def names(file: File) -> object:
    return {name for name in file.book.defined_names if not name.startswith("_xlnm")}


def stamp_in_properties(file: File) -> object:
    return identify(replace(file.grid, names={}, grids=()))[0]


def stamp_on_hidden_sheet(file: File) -> object:
    return identify(replace(file.grid, names={}, properties={}))[0]


def stamp_in_names(file: File) -> object:
    return identify(replace(file.grid, properties={}, grids=()))[0]


def key_rows(file: File) -> object:
    return [
        (grid.name, row, [cell for cell in cells if cell is not None])
        for grid in file.grid.grids
        for row, cells in enumerate(grid.rows, grid.top)
        if row in grid.hidden_rows and any(str(cell).startswith(KEY_PREFIX) for cell in cells)
    ]


def permissions(file: File) -> object:
    allowed = ("formatColumns", "formatRows", "sort", "autoFilter")
    return {(s.title, one) for s in file.book for one in allowed if not getattr(s.protection, one)}


def protection(file: File) -> object:
    sheets = {(sheet.title, "") for sheet in file.book if sheet.protection.sheet}
    cells = (cell for sheet in file.book for row in sheet.iter_rows() for cell in row)
    return sheets | {(cell.parent.title, cell.coordinate) for cell in cells if not cell.protection.locked}


def conditional_formats(file: File) -> object:
    """Count the cells under a conditional format by sheet and sort; a program may divide or join them."""
    found: Counter[tuple[str, str]] = Counter()
    for sheet in file.book:
        for ranges, rules in sheet.conditional_formatting._cf_rules.items():
            cells = sum(span.size["rows"] * span.size["columns"] for span in ranges.sqref.ranges)
            for rule in rules:
                found[sheet.title, "bar" if rule.type == "dataBar" else "formula"] += cells
    return found


def print_set_up(file: File) -> object:
    return {
        sheet.title: (
            sheet.print_area,
            sheet.print_title_rows,
            str(sheet.page_setup.paperSize),
            sheet.page_setup.orientation or "portrait",
            bool(sheet.sheet_properties.pageSetUpPr and sheet.sheet_properties.pageSetUpPr.fitToPage),
            _pages(sheet.page_setup.fitToWidth),
            _pages(sheet.page_setup.fitToHeight),
            round(sheet.page_margins.left, 2),
        )
        for sheet in file.book
        if sheet.sheet_state == "visible"
    }


def growing_print_areas(file: File) -> object:
    with zipfile.ZipFile(file.path) as archive:
        book = archive.read("xl/workbook.xml").decode()
    names = re.findall(r"<definedName ([^>]*)>([^<]*)<", book)
    return len([area for tag, area in names if "_xlnm.Print_Area" in tag and "ISBLANK" in area])


def _pages(given: object) -> int:
    """Return how many pages a sheet is fitted to; where nothing is said, one."""
    return 1 if given is None else int(str(given))


def headers_and_footers(file: File) -> object:
    return {
        sheet.title: tuple(
            (getattr(part, side).text or "").strip()
            for part in (sheet.oddHeader, sheet.oddFooter)
            for side in ("left", "center", "right")
        )
        for sheet in file.book
        if sheet.sheet_state == "visible"
    }


def hidden_sheets(file: File) -> object:
    return {sheet.title for sheet in file.book if sheet.sheet_state != "visible"}


def very_hidden_sheets(file: File) -> object:
    return {sheet.title for sheet in file.book if sheet.sheet_state == "veryHidden"}


def frozen_panes(file: File) -> object:
    return {(sheet.title, sheet.freeze_panes) for sheet in file.book if sheet.freeze_panes}


def tab_colours(file: File) -> object:
    return {sheet.title for sheet in file.book if sheet.sheet_properties.tabColor}


def filters(file: File) -> object:
    return {(sheet.title, sheet.auto_filter.ref) for sheet in file.book if sheet.auto_filter.ref}


def view(file: File) -> object:
    views = ((sheet.title, sheet.sheet_view) for sheet in file.book if sheet.sheet_state == "visible")
    return {(title, view.zoomScale or 100, bool(view.showGridLines)) for title, view in views}


def results(file: File) -> object:
    """Return the formulas of the sheets that are seen which have a result."""
    formulas = (
        cell for sheet in file.book if sheet.sheet_state == "visible" for row in sheet.iter_rows() for cell in row
    )
    return {
        (cell.parent.title, cell.coordinate)
        for cell in formulas
        if cell.data_type == "f" and file.shown[cell.parent.title][cell.coordinate].value is not None
    }


def notes(file: File) -> object:
    cells = (cell for sheet in file.book for row in sheet.iter_rows() for cell in row if cell.comment)
    return {(cell.parent.title, cell.coordinate): cell.comment.text for cell in cells}


MEASURES: dict[str, Callable[[File], Any]] = {
    "validations, their help and refusal": validations,
    "whether a refusal warns or stops": styles_of_refusal,
    "defined names": names,
    "stamp in the properties": stamp_in_properties,
    "stamp on the hidden sheet": stamp_on_hidden_sheet,
    "stamp in the names": stamp_in_names,
    "hidden row of keys": key_rows,
    "protection, and which cells are free": protection,
    "what protection allows": permissions,
    "conditional formats": conditional_formats,
    "print area, titles, paper, fit": print_set_up,
    "print area that grows with the rows": growing_print_areas,
    "headers and footers": headers_and_footers,
    "hidden sheets": hidden_sheets,
    "very hidden (not offered to be shown)": very_hidden_sheets,
    "frozen panes": frozen_panes,
    "zoom, grid lines off": view,
    "filters": filters,
    "tab colours": tab_colours,
    "results of formulas": results,
    "notes on cells that are blank again": notes,
}


def verdict(before: Any, after: Any) -> str:  # noqa: ANN401 - whatever is measured
    """Return whether something is kept whole, in part or not at all."""
    assert before
    if after == before or (isinstance(before, set) and after >= before):
        return KEPT
    return PARTLY if after else LOST


@dataclass(frozen=True)
class Shelf:
    """A workbook as it went out, what a region fills in, and the workbook as each program saved it before that.

    Attributes:
        here: The round.
        sent: The workbook.
        rows: What is filled in.
        tables: What comes of it where the workbook was filled as it went out.
        saved: Route -> the workbook, still blank.
    """

    here: Round
    sent: Path
    rows: Rows
    tables: dict[str, list[dict[str, object]]]
    saved: dict[str, Path]

    def merged(self, path: Path, folder: Path) -> tuple[dict[str, list[dict[str, object]]], list[tuple[str, str]]]:
        """Return block -> rows of the book that a single return makes, and what is to be said of it."""
        folder.mkdir(exist_ok=True)
        shutil.copy(path, folder)
        book = api.merge([folder], project=self.here.project)
        tables = {full: meant(book.tables[full], list(rows[0])) for full, rows in self.rows.items()}
        return tables, [(one.code, one.location.cell) for one in book.findings]

    def filled(self, office: Office, path: Path, back: Path) -> Path:
        """Return a workbook with the rows filled in by LibreOffice."""
        return send_back(office, path, back, self.here.opened(PACK), self.rows, "zh")


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory, office: Office) -> Shelf:
    here = Round(tmp_path_factory.mktemp("survival"))
    made = Shelf(here, here.sent(PACK, REGION), here.rows(PACK, REGION), {}, {})
    for route in ROUTES:
        made.saved[route] = by_route(route, made.sent, here.folder / f"saved-{ROUTES.index(route)}.xlsx", office)
    tables, findings = made.merged(made.filled(office, made.sent, here.folder / "filled.xlsx"), here.folder / "plain")
    assert findings == []
    made.tables.update(tables)
    return made


def by_route(route: str, path: Path, saved: Path, office: Office) -> Path:
    """Return a workbook as a program has saved it; LibreOffice opens it with a view, as for a person."""
    if route == "openpyxl":
        opened_by_openpyxl(path).save(saved)
        return saved
    if route == ".ods and back":
        path = office.convert(path, saved.with_suffix(".ods"))
    return office.convert(path, saved)


def noted(pack: str, lang: Lang) -> OutgoingWorkbook:
    """Return the content of a workbook with sample rows, the first value of each of which is a note."""
    filled = example_outgoing(pack, lang, filled=True)
    rows: dict[str, list[dict[str, object]]] = {
        block: [dict(row) for row in given] for block, given in filled.rows.items()
    }
    earlier = {
        block: [{name: EarlierValue("2026-W11", row.pop(name)) for name in [*row][:1]} for row in given]
        for block, given in rows.items()
    }
    return replace(filled, rows=rows, earlier=earlier)


def test_what_each_program_keeps_is_what_the_table_says(shelf: Shelf) -> None:
    before = File.of(shelf.sent)
    after = {route: File.of(path) for route, path in shelf.saved.items()}

    found = {
        what: tuple(verdict(there, measure(after[route])) for route in ROUTES)
        for what, measure in MEASURES.items()
        if (there := measure(before))
    }

    # A blank workbook has no notes; those of the packs have.
    assert SURVIVAL.items() - found.items() == {("notes on cells that are blank again", (KEPT, KEPT, KEPT))}
    assert found.items() <= SURVIVAL.items()


@pytest.mark.parametrize(("pack", "lang"), [(pack, lang) for pack in PACKS for lang in LANGS])
def test_every_pack_keeps_as_much(office: Office, tmp_path: Path, pack: str, lang: Lang) -> None:
    sent = tmp_path / "sent.xlsx"
    write_workbook(sent, noted(pack, lang))
    before, lost = File.of(sent), []
    assert notes(before)
    for number, route in enumerate(ROUTES):
        after = File.of(by_route(route, sent, tmp_path / f"{number}.xlsx", office))
        for what, measure in MEASURES.items():
            if (there := measure(before)) and verdict(there, measure(after)) != SURVIVAL[what][number]:
                lost.append((route, what))

    assert lost == []


@pytest.mark.parametrize("route", ROUTES)
def test_a_workbook_that_a_program_saved_is_filled_and_comes_back_the_same(
    shelf: Shelf, office: Office, tmp_path: Path, route: str
) -> None:
    back = shelf.filled(office, shelf.saved[route], tmp_path / "back.xlsx")

    assert shelf.merged(back, tmp_path / "inbox") == (shelf.tables, [])


@pytest.mark.parametrize("route", ROUTES)
def test_a_filled_workbook_that_a_program_saved_again_comes_back_the_same(
    shelf: Shelf, office: Office, tmp_path: Path, route: str
) -> None:
    filled = shelf.here.folder / "filled.xlsx"
    back = by_route(route, filled, tmp_path / "back.xlsx", office)

    assert shelf.merged(back, tmp_path / "inbox") == (shelf.tables, [])


@pytest.mark.parametrize("ending", [".ods", ".xls"])
def test_a_filled_workbook_in_another_format_comes_back_the_same(
    shelf: Shelf, office: Office, tmp_path: Path, ending: str
) -> None:
    back = office.convert(shelf.here.folder / "filled.xlsx", tmp_path / f"back{ending}")

    assert shelf.merged(back, tmp_path / "inbox") == (shelf.tables, [])
