"""Writes one outgoing workbook: drawn by xlsxwriter, then filled; the same edition gives the same bytes.

Drawing makes all that regions of one layout share, once. Filling puts in what each region has of its own, and can be
repeated: `batch` does so for many regions.
"""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING

from xlsxwriter import Workbook

from xlsflow.workbook.outgoing.cell_xml import escape, replace_marks, with_texts
from xlsflow.workbook.outgoing.drawn_package import (
    BOOK,
    DrawnPackage,
    FormatNumbers,
    part_of,
    read_samples,
    without_samples,
    write_samples,
)
from xlsflow.workbook.outgoing.dropdown_lists import Dropdowns
from xlsflow.workbook.outgoing.hidden_sheets import (
    add_hidden_sheets,
    hidden_rows,
    property_marks,
    set_properties,
    stamp_names,
)
from xlsflow.workbook.outgoing.pieces import Piece, pack, write_parts
from xlsflow.workbook.outgoing.plan import AS_OF, Edition, Plan, plan
from xlsflow.workbook.outgoing.row_splitting import more_rows
from xlsflow.workbook.outgoing.sheet_drawer import SheetDrawer
from xlsflow.workbook.outgoing.sheet_filler import SheetFiller
from xlsflow.workbook.outgoing.sheets import draw_sheet, fill_sheet
from xlsflow.workbook.self_check.completeness import recounted, tallies, tally
from xlsflow.workbook.style.form_formats import Ink
from xlsflow.workbook.style.formats import WORKBOOK_OPTIONS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from xlsflow.workbook.self_check.completeness import Tally

__all__ = ["DrawnWorkbook", "Edition", "build", "parts_of", "write_edition"]

_PROPERTIES = ("docProps/core.xml", "docProps/custom.xml")


def write_edition(path: Path, edition: Edition) -> None:
    """Write one region's workbook, or the project workbook.

    Args:
        path: The file; one that exists is replaced.
        edition: What the workbook is made of.

    Raises:
        OutputError: The file cannot be written there.
    """
    write_parts(path, parts_of(edition))


def build(edition: Edition) -> bytes:
    """Return the bytes of a workbook."""
    return pack(parts_of(edition))


def parts_of(edition: Edition) -> Mapping[str, Sequence[Piece]]:
    """Return the parts of a workbook in their order, in pieces."""
    drawn = DrawnWorkbook(edition)
    return drawn.fill(edition, drawn.sheets)


@dataclass(frozen=True)
class _Drawing:
    """What xlsxwriter has drawn.

    Attributes:
        package: The file.
        drawers: The sheets that were drawn.
        hidden: The names of the sheets that nobody sees.
        numbers: The numbers of the formats.
    """

    package: DrawnPackage
    drawers: Sequence[SheetDrawer]
    hidden: Sequence[str]
    numbers: FormatNumbers


class DrawnWorkbook:
    """A workbook as it was drawn, to be filled for regions of the same layout.

    Attributes:
        sheets: Its sheets.
    """

    def __init__(self, edition: Edition) -> None:
        """Draw a workbook that is laid out for an edition."""
        planned = plan(edition)
        if edition.for_print:
            planned = plan(edition, more_rows(planned))
        self._dropdowns = Dropdowns(planned)
        drawing = _draw(planned, self._dropdowns, tallies(planned, self._dropdowns), range(len(planned.sheets)))
        package = self._package = drawing.package
        self._hidden, self._numbers = drawing.hidden, drawing.numbers
        self.sheets = [SheetFiller(drawer, package.sheet(drawer.number), self._numbers) for drawer in drawing.drawers]
        self._pieces: dict[str, Sequence[Piece]] = {name: [Piece(text)] for name, text in package.parts.items()}
        first = len(self.sheets)
        self._halves = {first + place: package.halves(first + place) for place in range(len(self._hidden))}
        last = first + len(self._hidden) - 1
        self._halves[last] = without_samples(self._halves[last])

    def redraw(self, edition: Edition, number: int) -> SheetFiller:
        """Return a sheet that is drawn again, for an edition whose tables have other numbers of rows.

        Args:
            edition: The edition.
            number: Which sheet, from 0.

        Raises:
            LookupError: The sheet needs a format that the workbook does not have.
        """
        planned = plan(edition)
        lists = self._dropdowns.again(planned)
        counted = tally(planned, number, lists)
        counts = {planned.sheets[number].tab: counted} if counted else {}
        drawing = _draw(planned, lists, counts, [number])
        drawing.package.adopt(number, drawing.numbers, self._package, self._numbers)
        return SheetFiller(drawing.drawers[0], drawing.package.sheet(number), self._numbers)

    def fill(self, edition: Edition, sheets: Sequence[SheetFiller]) -> Mapping[str, Sequence[Piece]]:
        """Return the parts of a region's workbook in their order, in pieces.

        Args:
            edition: What the workbook is made of.
            sheets: Its sheets, laid out for it.
        """
        planned = Plan(edition, tuple(sheet.here for sheet in sheets))
        counts = recounted(planned, {sheet.here.tab: sheet.tally for sheet in sheets if sheet.tally})
        dropdowns = self._dropdowns.again(planned)
        parts = dict(self._pieces)
        for sheet in sheets:
            sheet.begin(planned, counts)
            fill_sheet(sheet)
            parts[part_of(sheet.number)] = sheet.pieces()
        for name, (number, halves) in zip(self._hidden, self._halves.items(), strict=True):
            parts[part_of(number)] = [Piece(with_texts(halves, hidden_rows(name, edition, dropdowns)))]
        marks = property_marks(edition.stamp)
        for name in _PROPERTIES:
            parts[name] = [Piece(replace_marks(self._package.parts[name], marks))]
        parts[BOOK] = [Piece(self._book_xml(_names(planned, dropdowns, sheets), sheets))]
        return parts

    def _book_xml(self, names: Mapping[str, str], sheets: Sequence[SheetFiller]) -> str:
        """Return the part that holds the defined names."""
        texts = [
            sheets[int(name.sheet)].local_name(name.name) if name.sheet else escape(names[name.name].removeprefix("="))
            for name in self._package.names
        ]
        return self._package.with_names(texts)


def _draw(planned: Plan, dropdowns: Dropdowns, counts: Mapping[str, Tally], numbers: Iterable[int]) -> _Drawing:
    """Draw sheets of a workbook; its other sheets stay empty, so that each has the number that it is to have."""
    edition = planned.edition
    file = BytesIO()
    with Workbook(file, dict(WORKBOOK_OPTIONS)) as book:
        ink = Ink(book)
        sheets = [book.add_worksheet(here.tab) for here in planned.sheets]
        drawers = [SheetDrawer(sheets[number], number, planned, ink, dropdowns, counts) for number in numbers]
        for drawer in drawers:
            draw_sheet(drawer)
        hidden = add_hidden_sheets(book, edition)
        write_samples(book.worksheets()[-1], ink)
        set_properties(book, edition)
        for name, refers_to in _names(planned, dropdowns, drawers).items():
            book.define_name(name, refers_to)
    package = DrawnPackage(file)
    samples = package.parts[part_of(len(sheets) + len(hidden) - 1)]
    return _Drawing(package, drawers, hidden, read_samples(samples, ink))


def _names(planned: Plan, dropdowns: Dropdowns, sheets: Sequence[SheetDrawer | SheetFiller]) -> Mapping[str, str]:
    """Return the names of a workbook with what they refer to."""
    names = {name: refers_to for sheet in sheets for name, refers_to in sheet.names.items()}
    if AS_OF not in names:
        names[AS_OF] = _fixed_day(planned.edition)
    return {**names, **dropdowns.names(), **stamp_names(planned.edition.stamp)}


def _fixed_day(edition: Edition) -> str:
    """Return the as-of day of a workbook without a cell for it."""
    day = edition.as_of
    return f"=DATE({day.year},{day.month},{day.day})" if day else "=TODAY()"
