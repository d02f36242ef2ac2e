"""What is kept of a workbook that was made, to be filled again: its sheets in pieces, its names.

Whatever is written anew is written from the cells that the sheet holds, by what writes them when the workbook is made
by itself: so it cannot but be the same.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, cast

from xlsxwriter.worksheet import CellStringTuple

from xlsflow.workbook.batch.package_parts import (
    PRINTED,
    Piece,
    cut,
)
from xlsflow.workbook.outgoing.sheet_writer import Hand
from xlsflow.workbook.outgoing.sheets import (
    draw_sheet,
    fill_sheet,
)
from xlsflow.workbook.self_check.completeness import count_sheet

if TYPE_CHECKING:
    from xlsflow.workbook.batch.package_parts import PartsWorkbook
    from xlsflow.workbook.outgoing.dropdown_lists import Dropdowns
    from xlsflow.workbook.outgoing.plan import Plan
    from xlsflow.workbook.outgoing.worksheet import GrowingWorksheet
    from xlsflow.workbook.self_check.completeness import SheetCounts

_ROW = re.compile(r'<row r="([0-9]+)"(?:[^>]*/>|.*?</row>)', re.DOTALL)
_PRINT_AREA = "_xlnm.Print_Area"
OwnNames = Mapping[int, tuple[str, str]]
"""Place of a name among the workbook's -> the name, what it refers to."""


class Sheet:
    """A sheet in pieces, those renewed in which something has changed.

    Attributes:
        hand: The sheet.
        pieces: Its pieces.
    """

    def __init__(self, hand: Hand, book: PartsWorkbook, text: str, names: OwnNames) -> None:
        """Cut a sheet into pieces.

        Args:
            hand: The sheet.
            book: Its workbook, closed.
            text: The sheet as it stands in the file.
            names: The names that lead to it.
        """
        self.hand = hand
        hand.touched.clear()
        self._book, self._names = book, names
        self._known = _known(book)
        texts = [*cut(text)]
        self.pieces = [Piece(text) for text in texts]
        self._rows = [{int(row[1]): row[0] for row in _ROW.finditer(text)} for text in texts]
        self._before = [text.partition("<row ")[0] for text in texts]
        self._place = {row: place for place, rows in enumerate(self._rows) for row in rows}
        self._printed = next(place for place, text in enumerate(texts) if text.startswith(PRINTED))

    def fill(self, plan: Plan, counts: Mapping[str, SheetCounts]) -> None:
        """Fill the sheet for another edition, and renew what then is another."""
        self.hand.plan, self.hand.counts = plan, counts
        fill_sheet(self.hand)
        places = set()
        for row in self.hand.touched:
            place = self._place[row + 1]
            self._rows[place][row + 1] = self.hand.sheet.row_xml(row)
            places.add(place)
        self.hand.touched.clear()
        for place in places:
            self.pieces[place] = Piece(self._before[place] + "".join(self._rows[place].values()))
        printed = self.hand.sheet.print_xml()
        if printed != self._before[self._printed]:
            self._before[self._printed] = printed
            self.pieces[self._printed] = Piece(printed)

    def names(self) -> Mapping[int, str]:
        """Return the place of every name that leads to this sheet, with what it refers to."""
        return {
            place: self.hand.sheet.print_area_range if name == _PRINT_AREA else refers_to
            for place, (name, refers_to) in self._names.items()
        }

    def is_sound(self) -> bool:
        """Return whether filling has asked for no look and no shared text that the workbook had not."""
        return _known(self._book) == self._known

    def redrawn(self, plan: Plan, dropdowns: Dropdowns) -> Sheet | None:
        """Return this sheet with other numbers of rows in its tables; None where more would change by that.

        Args:
            plan: The plan of the edition that asks for them.
            dropdowns: The lists of the workbook.
        """
        old, book, place = self.hand, self._book, cast("int", self.hand.sheet.index)
        here, lists, columns = plan.sheets[place], dropdowns.again(plan), len(dropdowns.columns)
        counted = count_sheet(plan, place, lists)
        counts = {} if counted is None else {here.tab: counted}
        with book.known_texts() as texts:
            count = texts.unique_count
            hand = Hand(book.another(old.sheet), plan, here, old.ink, lists, counts, {})
            draw_sheet(hand)
            fill_sheet(hand)
            if texts.unique_count != count or _shared_texts(hand) != _shared_texts(old):
                return None
        text = hand.sheet.whole_xml()
        if not self.is_sound() or len(lists.columns) != columns:
            return None
        refer = {**hand.names, **(counted.names() if counted else {}), **lists.ranges}
        names = {place: (name, _refers_to(hand.sheet, name, refer, to)) for place, (name, to) in self._names.items()}
        return Sheet(hand, book, text, names)


def sheet_of(hand: Hand, book: PartsWorkbook) -> Sheet:
    """Return a sheet of a workbook that was made and closed."""
    return Sheet(hand, book, book.parts[part_of(hand.sheet)], _own_names(hand, book))


def _known(book: PartsWorkbook) -> tuple[int, int, int]:
    """Return how many looks, looks of rules, and uses of shared texts a workbook knows."""
    return len(book.xf_format_indices), len(book.dxf_format_indices), book.str_table.count


def _shared_texts(hand: Hand) -> int:
    """Return how many cells of a sheet hold a text of the table that all sheets share."""
    return sum(isinstance(cell, CellStringTuple) for cells in hand.sheet.table.values() for cell in cells.values())


def _refers_to(sheet: GrowingWorksheet, name: str, refer: Mapping[str, str], before: str) -> str:
    """Return what a name that leads to a sheet refers to; those of xlsxwriter's own it tells itself."""
    own = {
        "_xlnm._FilterDatabase": sheet.autofilter_area,
        "_xlnm.Print_Titles": sheet.repeat_row_range,
        _PRINT_AREA: sheet.print_area_range,
    }
    return own[name] if name in own else refer.get(name, before).lstrip("=")


def _own_names(hand: Hand, book: PartsWorkbook) -> OwnNames:
    """Return the names that lead to a sheet: their place among the workbook's, the name, what it refers to."""
    cells = hand.here.at("")
    return {
        place: (name, refers_to)
        for place, (name, sheet, refers_to, _) in enumerate(book.defined_names)
        if sheet == hand.sheet.index or (sheet < 0 and cells in refers_to)
    }


def part_of(sheet: GrowingWorksheet) -> str:
    """Return the name of a sheet's part."""
    return f"xl/worksheets/sheet{cast('int', sheet.index) + 1}.xml"
