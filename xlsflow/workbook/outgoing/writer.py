"""Writes one outgoing workbook: drawn by xlsxwriter, then filled; the same content gives the same bytes.

Drawing makes all that regions of one layout share. Filling adds what a region has of its own; `batch` repeats it for
many regions.
"""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING, NamedTuple

from xlsflow.workbook.outgoing.cell_xml import (
    TYPES_PART,
    escape,
    note_parts,
    replace_marks,
    texts_sheet,
    with_note_types,
)
from xlsflow.workbook.outgoing.drawn_package import BOOK_PART, DrawnPackage, FormatNumbers, sheet_part, write_samples
from xlsflow.workbook.outgoing.hidden_sheets import (
    draw_hidden_sheets,
    draw_properties,
    hidden_rows,
    stamp_marks,
    stamp_names,
)
from xlsflow.workbook.outgoing.pieces import Piece, pack, write_parts
from xlsflow.workbook.outgoing.plan import AS_OF, OutgoingWorkbook, Plan, plan
from xlsflow.workbook.outgoing.row_splitting import extra_rows
from xlsflow.workbook.outgoing.sheet_drawer import SheetDrawer
from xlsflow.workbook.outgoing.sheet_filler import SheetFiller
from xlsflow.workbook.outgoing.sheets import draw_sheet, fill_sheet
from xlsflow.workbook.self_check.completeness import count_sheet, count_sheets, recount_sheets
from xlsflow.workbook.self_check.dropdown_lists import Dropdowns
from xlsflow.workbook.style import texts
from xlsflow.workbook.style.form_formats import FormFormats
from xlsflow.workbook.style.formats import drawing

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from xlsflow.workbook.self_check.completeness import SheetCounts

__all__ = ["DrawnWorkbook", "OutgoingWorkbook", "build", "build_parts", "write_workbook"]

_PROPERTY_PARTS = ("docProps/core.xml", "docProps/custom.xml")


def write_workbook(path: Path, outgoing: OutgoingWorkbook) -> None:
    """Write one region's workbook, or the project workbook.

    Args:
        path: The file; one that exists is replaced.
        outgoing: The content of the workbook.

    Raises:
        OutputError: The file cannot be written there.
    """
    write_parts(path, build_parts(outgoing))


def build(outgoing: OutgoingWorkbook) -> bytes:
    """Return the bytes of a workbook."""
    return pack(build_parts(outgoing))


def build_parts(outgoing: OutgoingWorkbook) -> Mapping[str, Sequence[Piece]]:
    """Return the parts of a workbook, in pieces."""
    drawn = DrawnWorkbook(outgoing)
    return drawn.fill(outgoing, drawn.sheets)


class DrawnWorkbook:
    """A workbook as xlsxwriter drew it, to be filled for regions of the same layout.

    Attributes:
        sheets: Its sheets, without the hidden ones.
    """

    def __init__(self, outgoing: OutgoingWorkbook) -> None:
        """Draw a workbook in the layout of an outgoing workbook."""
        planned = plan(outgoing)
        if outgoing.for_print:
            planned = plan(outgoing, extra_rows(planned))
        self._dropdowns = Dropdowns(planned)
        counts = count_sheets(planned, self._dropdowns)
        drawing = _draw(planned, self._dropdowns, counts, range(len(planned.sheets)))
        package = self._package = drawing.package
        self._numbers = drawing.numbers
        # Numbers of formats are the same in every sheet, whichever workbook was drawn first: formats depend on the
        # templates alone, and xlsxwriter numbers them in the order of their first use.
        self.sheets = [
            SheetFiller(drawer, package.sheet(drawer.number), self._numbers.cells) for drawer in drawing.drawers
        ]
        numbers = range(len(self.sheets), len(self.sheets) + len(drawing.hidden))
        self._hidden = [
            (number, name, package.halves(number)) for number, name in zip(numbers, drawing.hidden, strict=True)
        ]
        self._hidden_rows: dict[int, Sequence[Sequence[str]]] = {}
        self._pieces: dict[str, Sequence[Piece]] = {name: [Piece(xml)] for name, xml in package.parts.items()}

    def redraw(self, outgoing: OutgoingWorkbook, number: int) -> SheetFiller:
        """Return a sheet drawn again, for a workbook whose tables have other numbers of rows.

        Args:
            outgoing: The workbook.
            number: The number of the sheet, from 0.

        Raises:
            LookupError: The sheet needs a format that the workbook does not have.
        """
        planned = plan(outgoing)
        # A dropdown may refer to a column of another sheet, whose number of rows differs too.
        dropdowns = self._dropdowns.for_plan(planned)
        counts = count_sheet(planned, number, dropdowns)
        drawing = _draw(planned, dropdowns, {planned.sheets[number].tab: counts} if counts else {}, [number])
        drawing.package.renumber(number, drawing.numbers, self._package, self._numbers)
        return SheetFiller(drawing.drawers[0], drawing.package.sheet(number), self._numbers.cells)

    def fill(self, outgoing: OutgoingWorkbook, sheets: Sequence[SheetFiller]) -> Mapping[str, Sequence[Piece]]:
        """Return the parts of a region's workbook, in pieces.

        Args:
            outgoing: The content of the workbook.
            sheets: Its sheets, with as many rows as it needs.
        """
        planned = Plan(outgoing, tuple(sheet.sheet_plan for sheet in sheets))
        drawn_counts = {sheet.sheet_plan.tab: sheet.own_counts for sheet in sheets if sheet.own_counts}
        counts, dropdowns = recount_sheets(planned, drawn_counts), self._dropdowns.for_plan(planned)
        parts = dict(self._pieces)
        for sheet in sheets:
            sheet.start(planned, counts)
            fill_sheet(sheet)
            parts[sheet_part(sheet.number)] = sheet.pieces()
            if sheet.notes:
                author = texts.EARLIER_AUTHOR.say(outgoing.lang)
                parts |= {n: [Piece(xml)] for n, xml in note_parts(sheet.number, sheet.notes, author).items()}
        if noted := [sheet.number for sheet in sheets if sheet.notes]:
            parts[TYPES_PART] = [Piece(with_note_types(self._package.parts[TYPES_PART], noted))]
        for number, name, halves in self._hidden:
            rows = hidden_rows(name, outgoing, dropdowns)
            if self._hidden_rows.get(number) != rows:  # lists are mostly the same for all regions
                self._hidden_rows[number] = rows
                self._pieces[sheet_part(number)] = [Piece(texts_sheet(*halves, rows))]
            parts[sheet_part(number)] = self._pieces[sheet_part(number)]
        marks = stamp_marks(outgoing)
        for part in _PROPERTY_PARTS:
            parts[part] = [Piece(replace_marks(self._package.parts[part], marks))]
        names = _defined_names(planned, dropdowns, sheets)
        # xlsxwriter decides which names there are and in which order; every one gets its own reference here, so that
        # none keeps the rows of another region.
        refer_to = [
            sheets[int(name.sheet)].own_name(name.name) if name.sheet else escape(names[name.name].removeprefix("="))
            for name in self._package.names
        ]
        parts[BOOK_PART] = [Piece(self._package.with_names(refer_to))]
        return parts


class _Drawing(NamedTuple):
    package: DrawnPackage
    drawers: Sequence[SheetDrawer]
    hidden: Sequence[str]
    numbers: FormatNumbers


def _draw(planned: Plan, dropdowns: Dropdowns, counts: Mapping[str, SheetCounts], numbers: Iterable[int]) -> _Drawing:
    """Draw some sheets of a workbook; the others stay empty, so that each has its number."""
    file = BytesIO()
    with drawing(file) as book:
        # All sheets exist, also the empty ones: the number of a sheet is part of names and of the ids of data bars.
        formats = FormFormats(book)
        sheets = [book.add_worksheet(sheet.tab) for sheet in planned.sheets]
        drawers = [SheetDrawer(sheets[number], number, planned, formats, dropdowns, counts) for number in numbers]
        for drawer in drawers:
            draw_sheet(drawer)
        hidden = draw_hidden_sheets(book, planned.outgoing)
        write_samples(book.worksheets()[-1], formats)  # rows of hidden sheets are replaced, so they leave no trace
        draw_properties(book, planned.outgoing)
        for name, refers_to in _defined_names(planned, dropdowns, drawers).items():
            book.define_name(name, refers_to)
    package = DrawnPackage(file)
    return _Drawing(package, drawers, hidden, package.format_numbers(len(sheets) + len(hidden) - 1, formats))


def _defined_names(
    planned: Plan, dropdowns: Dropdowns, sheets: Sequence[SheetDrawer | SheetFiller]
) -> Mapping[str, str]:
    """Return the names of a workbook with what they refer to."""
    day = planned.outgoing.as_of
    as_of = f"=DATE({day.year},{day.month},{day.day})" if day else "=TODAY()"  # unless a field defines it
    names = {name: refers_to for sheet in sheets for name, refers_to in sheet.names.items()}
    return {AS_OF: as_of, **names, **dropdowns.names(), **stamp_names(planned.outgoing)}
